package org.daguerre.onnx;

/** A model file or folder that cannot be used. The message says what is wrong, where, and what to do about it. */
public final class ModelException extends IllegalArgumentException {

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
