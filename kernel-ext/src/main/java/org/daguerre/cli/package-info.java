/** The command line: {@code ./daguerre sample "three red apples on a tray"}, and how arguments are read here and in magics. */
package org.daguerre.cli;
