package org.daguerre.training;

/** Arithmetic on batches of rows. */
final class Rows {

    private Rows() {}

    static float[][] sum(float[][] a, float[][] b) {
        float[][] sum = new float[a.length][];
        for (int row = 0; row < a.length; row++) {
            sum[row] = a[row].clone();
        }
        add(b, sum);
        return sum;
    }

    /** to += values. */
    static void add(float[][] values, float[][] to) {
        for (int row = 0; row < to.length; row++) {
            for (int i = 0; i < to[row].length; i++) {
                to[row][i] += values[row][i];
            }
        }
    }
}
