package org.daguerre.training;

import java.util.stream.IntStream;

/** max(x, 0), value by value. */
final class Relu implements Layer {

    private float[][] input;

    @Override
    public float[][] forward(float[][] x) {
        input = x;
        return where(x);
    }

    @Override
    public float[][] backward(float[][] gradient) {
        return where(gradient);
    }

    /** The values where the input is positive, 0 elsewhere. */
    private float[][] where(float[][] values) {
        float[][] result = new float[values.length][];
        IntStream.range(0, values.length).parallel().forEach(b -> {
            float[] y = result[b] = new float[values[b].length];
            for (int i = 0; i < y.length; i++) {
                y[i] = input[b][i] > 0 ? values[b][i] : 0;
            }
        });
        return result;
    }
}
