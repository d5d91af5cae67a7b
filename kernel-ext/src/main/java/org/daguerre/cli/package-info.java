/** The command line: {@code ./daguerre sample "three red apples on a tray"}. */
package org.daguerre.cli;
