package org.daguerre.training;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A 3x3 convolution, stride 1, zeros around the picture: [in, size, size] to [out, size, size]. A picture's patches are laid
 * out as the columns of a matrix, so that it is one product of matrices ("im2col").
 */
final class Convolution implements Layer {

    private static final int TAPS = 9;

    private final int in;
    private final int out;
    private final int size;
    private final Parameter weight; // [out, in * 9]
    private final Parameter bias; // [out]
    private float[][] input;

    private Convolution(int in, int out, int size, Parameter weight, Parameter bias) {
        this.in = in;
        this.out = out;
        this.size = size;
        this.weight = weight;
        this.bias = bias;
    }

    /** Weights of variance 2 / fan-in (He et al. 2015, arXiv 1502.01852). */
    static Convolution of(int in, int out, int size, long seed) {
        Parameter weight = Parameter.random(out * in * TAPS, Math.sqrt(2.0 / (in * TAPS)), seed);
        return new Convolution(in, out, size, weight, Parameter.zeros(out));
    }

    /** One that gives zeros before it has learned: a residual block then starts as the identity. */
    static Convolution zero(int in, int out, int size) {
        return new Convolution(in, out, size, Parameter.zeros(out * in * TAPS), Parameter.zeros(out));
    }

    Convolution averaged() {
        return new Convolution(in, out, size, weight.averaged(), bias.averaged());
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight, bias);
    }

    @Override
    public float[][] forward(float[][] x) {
        input = x;
        int pixels = size * size;
        float[][] y = new float[x.length][];
        IntStream.range(0, x.length).parallel().forEach(b -> {
            y[b] = new float[out * pixels];
            for (int channel = 0; channel < out; channel++) {
                Arrays.fill(y[b], channel * pixels, (channel + 1) * pixels, bias.value[channel]);
            }
            Matrices.addProduct(weight.value, patches(x[b]), y[b], out, in * TAPS, pixels);
        });
        return y;
    }

    @Override
    public float[][] backward(float[][] gradient) {
        int pixels = size * size, rows = in * TAPS;
        float[] transposed = Matrices.transposed(weight.value, out, rows);
        float[][] toInput = new float[gradient.length][], toWeight = new float[gradient.length][];
        IntStream.range(0, gradient.length).parallel().forEach(b -> {
            float[] byPatches = new float[rows * pixels];
            Matrices.addProduct(transposed, gradient[b], byPatches, rows, out, pixels);
            toInput[b] = gathered(byPatches);
            toWeight[b] = new float[out * rows];
            float[] patches = Matrices.transposed(patches(input[b]), rows, pixels);
            Matrices.addProduct(gradient[b], patches, toWeight[b], out, pixels, rows);
        });
        for (int b = 0; b < gradient.length; b++) {
            for (int i = 0; i < weight.gradient.length; i++) {
                weight.gradient[i] += toWeight[b][i];
            }
            for (int channel = 0; channel < out; channel++) {
                float sum = 0;
                for (int p = channel * pixels; p < (channel + 1) * pixels; p++) {
                    sum += gradient[b][p];
                }
                bias.gradient[channel] += sum;
            }
        }
        return toInput;
    }

    /** [in * 9, pixels]: row (channel, dy, dx) is the channel shifted by (dy, dx). */
    private float[] patches(float[] x) {
        float[] patches = new float[in * TAPS * size * size];
        for (int row = 0; row < in * TAPS; row++) {
            shift(x, row / TAPS, row % TAPS, patches, row, true);
        }
        return patches;
    }

    /** The transpose of {@link #patches}: every pixel's gradient from all patches that it was in. */
    private float[] gathered(float[] byPatches) {
        float[] x = new float[in * size * size];
        for (int row = 0; row < in * TAPS; row++) {
            shift(x, row / TAPS, row % TAPS, byPatches, row, false);
        }
        return x;
    }

    private void shift(float[] x, int channel, int tap, float[] patches, int row, boolean scatter) {
        int dy = tap / 3 - 1, dx = tap % 3 - 1;
        int left = Math.max(0, -dx), right = size - Math.max(0, dx);
        for (int i = Math.max(0, -dy); i < size - Math.max(0, dy); i++) {
            int pixel = (channel * size + i + dy) * size + dx, patch = (row * size + i) * size;
            if (scatter) {
                System.arraycopy(x, pixel + left, patches, patch + left, right - left);
            } else {
                for (int j = left; j < right; j++) {
                    x[pixel + j] += patches[patch + j];
                }
            }
        }
    }
}
