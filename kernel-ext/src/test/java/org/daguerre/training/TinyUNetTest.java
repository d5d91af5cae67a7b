package org.daguerre.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TinyUNetTest {

    private static final int[] VOCABULARY = {3, 2};
    private static final double[] T = {10, 700};
    private static final int[][] PROMPTS = {{1, 2}, {0, 1}};

    /** A loss with known derivative: the sum of the outputs, each times a fixed random number. */
    @Test
    void gradientIsWhatSmallChangesOfEveryKindOfParameterGive() {
        TinyUNet network = TinyUNet.of(8, VOCABULARY, 1);
        Random random = new Random(2);
        float[][] x = random(random, 2, 3 * 64), weights = random(random, 2, 3 * 64);
        // The last convolutions of the blocks begin at zero, which would hide what comes before them.
        for (Parameter parameter : network.parameters()) {
            for (int i = 0; i < parameter.value.length; i++) {
                parameter.value[i] += (float) (0.05 * random.nextGaussian());
            }
        }
        network.forward(x, T, PROMPTS);
        network.backward(weights);
        for (Parameter parameter : network.parameters()) {
            int best = 0;
            for (int i = 0; i < parameter.gradient.length; i++) {
                best = Math.abs(parameter.gradient[i]) > Math.abs(parameter.gradient[best]) ? i : best;
            }
            float before = parameter.value[best], h = 2e-3f;
            parameter.value[best] = before + h;
            double above = dot(network.forward(x, T, PROMPTS), weights);
            parameter.value[best] = before - h;
            double below = dot(network.forward(x, T, PROMPTS), weights);
            parameter.value[best] = before;
            double slope = (above - below) / (2 * h);
            assertEquals(slope, parameter.gradient[best], 0.05 * Math.abs(slope) + 0.02);
        }
    }

    @Test
    void pictureOfABatchIsWhatItIsAlone() {
        TinyUNet network = TinyUNet.of(8, VOCABULARY, 1);
        float[][] x = random(new Random(3), 2, 3 * 64);
        Parameter out = network.parameters().get(network.parameters().size() - 1);
        out.value[0] = 1;
        float[] second = network.forward(x, T, PROMPTS)[1];
        float[] alone = network.forward(new float[][] {x[1]}, new double[] {T[1]}, new int[][] {PROMPTS[1]})[0];
        assertArrayEquals(alone, second);
    }

    private static float[][] random(Random random, int rows, int columns) {
        float[][] values = new float[rows][columns];
        for (float[] row : values) {
            for (int i = 0; i < columns; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return values;
    }

    private static double dot(float[][] a, float[][] b) {
        double sum = 0;
        for (int row = 0; row < a.length; row++) {
            for (int i = 0; i < a[row].length; i++) {
                sum += (double) a[row][i] * b[row][i];
            }
        }
        return sum;
    }
}
