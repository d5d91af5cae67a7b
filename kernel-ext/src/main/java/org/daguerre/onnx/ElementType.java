package org.daguerre.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/** The number types of a graph's inputs and outputs. Tensors are float32; a graph's own type is converted to and from it. */
public enum ElementType {
    FLOAT(OnnxJavaType.FLOAT, Float.BYTES),
    FLOAT16(OnnxJavaType.FLOAT16, Short.BYTES),
    INT64(OnnxJavaType.INT64, Long.BYTES),
    INT32(OnnxJavaType.INT32, Integer.BYTES);

    final OnnxJavaType java;
    final int bytes;

    ElementType(OnnxJavaType java, int bytes) {
        this.java = java;
        this.bytes = bytes;
    }

    static ElementType of(OnnxJavaType java, String where) {
        for (ElementType type : values()) {
            if (type.java == java) {
                return type;
            }
        }
        throw new ModelException(
                where + " has element type " + java + ". Export the model with float, float16, int64 or int32 there.");
    }

    /** True for whole numbers only. */
    public boolean integral() {
        return this == INT64 || this == INT32;
    }

    void write(FloatBuffer from, ByteBuffer to) {
        switch (this) {
            case FLOAT -> to.asFloatBuffer().put(from);
            case FLOAT16 -> {
                ShortBuffer halves = to.asShortBuffer();
                while (from.hasRemaining()) {
                    halves.put(Fp16Conversions.floatToFp16(from.get()));
                }
            }
            case INT64 -> {
                LongBuffer longs = to.asLongBuffer();
                while (from.hasRemaining()) {
                    longs.put((long) from.get());
                }
            }
            case INT32 -> {
                IntBuffer ints = to.asIntBuffer();
                while (from.hasRemaining()) {
                    ints.put((int) from.get());
                }
            }
        }
    }

    void read(ByteBuffer from, float[] to) {
        switch (this) {
            case FLOAT -> from.asFloatBuffer().get(to);
            case FLOAT16 -> {
                ShortBuffer halves = from.asShortBuffer();
                for (int i = 0; i < to.length; i++) {
                    to[i] = Fp16Conversions.fp16ToFloat(halves.get());
                }
            }
            case INT64 -> {
                LongBuffer longs = from.asLongBuffer();
                for (int i = 0; i < to.length; i++) {
                    to[i] = longs.get();
                }
            }
            case INT32 -> {
                IntBuffer ints = from.asIntBuffer();
                for (int i = 0; i < to.length; i++) {
                    to[i] = ints.get();
                }
            }
        }
    }
}
