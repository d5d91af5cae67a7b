/** Runs, schedules and comparisons as Tablesaw tables: the numbers behind the figures. */
package org.daguerre.table;
