/** ONNX Runtime behind a guard: nothing that a caller or a model file does can take the process down. */
package org.daguerre.onnx;
