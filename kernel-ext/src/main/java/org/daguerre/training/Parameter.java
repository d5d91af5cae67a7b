package org.daguerre.training;

import java.util.Arrays;
import org.daguerre.tensor.Noise;

/**
 * Values that are learned, the gradient of the loss by them, and what the optimiser remembers of each: AdamW (Loshchilov and
 * Hutter 2019, arXiv 1711.05101, algorithm 2) with a moving average of the values, which is what samples.
 */
final class Parameter {

    private static final float BETA_1 = 0.9f, BETA_2 = 0.99f, EPSILON = 1e-8f;
    private static final float DECAY = 0.01f;

    final float[] value;
    final float[] gradient;
    private final float[] average;
    private final float[] mean; // m
    private final float[] square; // v

    Parameter(float[] value) {
        this.value = value;
        this.gradient = new float[value.length];
        this.average = value.clone();
        this.mean = new float[value.length];
        this.square = new float[value.length];
    }

    /** Gaussian values of a standard deviation; the seed tells one parameter's draws from another's. */
    static Parameter random(int size, double deviation, long seed) {
        return new Parameter(
                Noise.seed(seed).draw(size).tensor().times(deviation).toArray());
    }

    static Parameter zeros(int size) {
        return new Parameter(new float[size]);
    }

    /** The sum of the squares of the gradient. */
    double gradientSquared() {
        double sum = 0;
        for (float g : gradient) {
            sum += (double) g * g;
        }
        return sum;
    }

    /**
     * One step of the optimiser, after which the gradient is zero again.
     *
     * @param step from 1 on
     * @param rate the learning rate
     * @param scale what the gradient is multiplied by, 1 or less where it was too long
     * @param keep the share of the moving average that stays
     */
    void update(int step, double rate, double scale, double keep) {
        float correction1 = (float) (1 - Math.pow(BETA_1, step)), correction2 = (float) (1 - Math.pow(BETA_2, step));
        for (int i = 0; i < value.length; i++) {
            float g = (float) (scale * gradient[i]);
            mean[i] += (1 - BETA_1) * (g - mean[i]);
            square[i] += (1 - BETA_2) * (g * g - square[i]);
            float direction = mean[i] / correction1 / ((float) Math.sqrt(square[i] / correction2) + EPSILON);
            value[i] -= (float) rate * (direction + DECAY * value[i]);
            average[i] += (float) (1 - keep) * (value[i] - average[i]);
        }
        Arrays.fill(gradient, 0);
    }

    /** The same parameter with the moving average as its value, for a network that only samples. */
    Parameter averaged() {
        return new Parameter(average.clone());
    }
}
