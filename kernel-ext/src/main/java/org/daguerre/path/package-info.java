/** A run's path as data: arrays of all its steps, and the files they go to, {@code .safetensors} and {@code .npy}. */
package org.daguerre.path;
