/** How commands and magics read what was typed after their names, and the options that both have. */
package org.daguerre.argument;
