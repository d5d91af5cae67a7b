/**
 * A diffusion model trained in the notebook: pictures, a network with its derivative, an optimiser, each a page to be read.
 * {@link org.daguerre.training.Training} is where to begin.
 */
package org.daguerre.training;
