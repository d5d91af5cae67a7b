package org.daguerre.scene;

/**
 * How often something was right, with the interval that the true rate lies in with 95 % confidence: Wilson's score interval (1927, doi
 * 10.1080/01621459.1927.10502953), which stays within [0, 1] and is sound for small n.
 *
 * @param right times it was right, 0..n
 * @param n     times it was tried
 */
public record Rate(int right, int n) {

    private static final double Z = 1.959963984540054; // 97.5 % of a normal distribution lies below

    public Rate {
        if (right < 0 || right > n) {
            throw new IllegalArgumentException("A rate has 0 to n right, not " + right + " of " + n + ".");
        }
    }

    /** Both taken together. */
    Rate plus(Rate other) {
        return new Rate(right + other.right, n + other.n);
    }

    /** The share that was right; NaN if nothing was tried. */
    public double value() {
        return (double) right / n;
    }

    /** The interval's lower end; 0 if nothing was tried. */
    public double low() {
        return n == 0 ? 0 : Math.max(0, middle() - reach());
    }

    /** The interval's upper end; 1 if nothing was tried. */
    public double high() {
        return n == 0 ? 1 : Math.min(1, middle() + reach());
    }

    private double middle() {
        return (right + Z * Z / 2) / (n + Z * Z);
    }

    private double reach() {
        return Z / (n + Z * Z) * Math.sqrt((double) right * (n - right) / n + Z * Z / 4);
    }
}
