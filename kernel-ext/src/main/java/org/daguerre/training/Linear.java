package org.daguerre.training;

import java.util.List;

/** A matrix and a bias: [in] to [out]. */
final class Linear implements Layer {

    private final int in;
    private final int out;
    private final Parameter weight; // [in, out]
    private final Parameter bias; // [out]
    private float[][] input;

    private Linear(int in, int out, Parameter weight, Parameter bias) {
        this.in = in;
        this.out = out;
        this.weight = weight;
        this.bias = bias;
    }

    static Linear of(int in, int out, long seed) {
        return new Linear(in, out, Parameter.random(in * out, Math.sqrt(1.0 / in), seed), Parameter.zeros(out));
    }

    Linear averaged() {
        return new Linear(in, out, weight.averaged(), bias.averaged());
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight, bias);
    }

    @Override
    public float[][] forward(float[][] x) {
        input = x;
        float[][] y = new float[x.length][];
        for (int b = 0; b < x.length; b++) {
            y[b] = bias.value.clone();
            Matrices.addProduct(x[b], weight.value, y[b], 1, in, out);
        }
        return y;
    }

    @Override
    public float[][] backward(float[][] gradient) {
        float[] transposed = Matrices.transposed(weight.value, in, out);
        float[][] toInput = new float[gradient.length][in];
        for (int b = 0; b < gradient.length; b++) {
            Matrices.addProduct(gradient[b], transposed, toInput[b], 1, out, in);
            Matrices.addProduct(input[b], gradient[b], weight.gradient, in, 1, out);
            for (int i = 0; i < out; i++) {
                bias.gradient[i] += gradient[b][i];
            }
        }
        return toInput;
    }
}
