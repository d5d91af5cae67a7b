/**
 * Daguerre in a Java notebook: magics, renderers and progress behind {@link org.daguerre.notebook.KernelHost}. A magic
 * parses its arguments, calls one public method of the library and returns its value.
 */
package org.daguerre.notebook;
