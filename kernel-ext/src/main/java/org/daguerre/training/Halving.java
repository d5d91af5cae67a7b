package org.daguerre.training;

/** Pictures [channels, size, size] at half their size and back: the mean of each 2x2, or each value four times. */
final class Halving {

    private final int size;

    /** @param size pixels a side of the larger picture, even */
    Halving(int size) {
        this.size = size;
    }

    /** Each 2x2 becomes its sum, times a factor: 0.25 is the mean, 1 the transpose of {@link #enlarged}. */
    float[][] reduced(float[][] x, float factor) {
        int half = size / 2;
        float[][] y = new float[x.length][x[0].length / 4];
        for (int b = 0; b < x.length; b++) {
            for (int i = 0; i < x[b].length; i++) {
                int row = i / size, column = i % size;
                y[b][row / 2 * half + column / 2] += factor * x[b][i];
            }
        }
        return y;
    }

    /** Each value becomes a 2x2 of it, times a factor: 1 is "nearest", 0.25 the transpose of the mean. */
    float[][] enlarged(float[][] x, float factor) {
        int half = size / 2;
        float[][] y = new float[x.length][x[0].length * 4];
        for (int b = 0; b < x.length; b++) {
            for (int i = 0; i < y[b].length; i++) {
                int row = i / size, column = i % size;
                y[b][i] = factor * x[b][row / 2 * half + column / 2];
            }
        }
        return y;
    }
}
