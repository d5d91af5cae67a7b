/** Tensors as ND4J arrays and back. The only package that loads ND4J, which is not needed to sample. */
package org.daguerre.nd;
