package org.daguerre.schedule;

/**
 * The value below which a beta distributed number lies with a given probability, to 1e-14: bisection of the regularized
 * incomplete beta function, which is summed as its continued fraction (DLMF 8.17.22).
 */
final class BetaQuantile {

    private static final double TINY = 1e-300;

    private final double a;
    private final double b;
    private final double logBeta;

    BetaQuantile(double a, double b) {
        if (!(a > 0) || !(b > 0) || Double.isInfinite(a) || Double.isInfinite(b)) {
            throw new IllegalArgumentException("a is " + a + " and b is " + b + ". Give numbers above 0, usually 0.6.");
        }
        this.a = a;
        this.b = b;
        this.logBeta = logGamma(a) + logGamma(b) - logGamma(a + b);
    }

    /** The quantile of a probability in [0, 1]. */
    double of(double probability) {
        if (probability <= 0 || probability >= 1) {
            return Math.max(0, Math.min(1, probability));
        }
        double low = 0;
        double high = 1;
        for (int i = 0; i < 200 && high - low > 1e-16 * high; i++) {
            double middle = (low + high) / 2;
            if (cumulative(middle) < probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    private double cumulative(double x) {
        double front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta);
        return x < (a + 1) / (a + b + 2) ? front * fraction(x, a, b) / a : 1 - front * fraction(1 - x, b, a) / b;
    }

    /** By Lentz's method. */
    private static double fraction(double x, double a, double b) {
        double c = 1;
        double d = 1 / notZero(1 - (a + b) * x / (a + 1));
        double value = d;
        for (int m = 1; m < 1000; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / notZero(1 + even * d);
            c = notZero(1 + even / c);
            value *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / notZero(1 + odd * d);
            c = notZero(1 + odd / c);
            value *= d * c;
            if (Math.abs(d * c - 1) < 1e-16) {
                break;
            }
        }
        return value;
    }

    private static double notZero(double v) {
        return Math.abs(v) < TINY ? TINY : v;
    }

    /** Stirling's series (DLMF 5.11.1) after the argument was raised above 15. */
    private static double logGamma(double x) {
        double product = 1;
        double z = x;
        for (; z < 15; z++) {
            product *= z;
        }
        double r = 1 / (z * z);
        double series = (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r / 1188)))) / z;
        return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
    }
}
