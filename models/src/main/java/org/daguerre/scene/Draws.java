package org.daguerre.scene;

/**
 * Random draws by SplitMix64 (Steele, Lea and Flood 2014, doi 10.1145/2714064.2660195), whose numbers, unlike those of
 * {@code java.util.SplittableRandom}'s derived draws, are fixed by this file and not by a JDK.
 */
final class Draws {

    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    /** The draws of item {@code index} of the series {@code seed}; items are independent of each other's length. */
    Draws(long seed, long index) {
        this.state = mix(mix(seed + GAMMA) ^ mix(index * GAMMA + 1));
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Uniform in [0, 1), 53 bits. */
    double uniform() {
        return (mix(state += GAMMA) >>> 11) * 0x1.0p-53;
    }

    double between(double low, double high) {
        return low + (high - low) * uniform();
    }

    /** Uniform in low, ..., high. */
    int whole(int low, int high) {
        return low + (int) (uniform() * (high - low + 1));
    }

    boolean chance(double probability) {
        return uniform() < probability;
    }

    <T> T of(T[] choices) {
        return choices[whole(0, choices.length - 1)];
    }

    /** An index with probability proportional to its weight. */
    int weighted(double... weights) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        double left = uniform() * sum;
        for (int i = 0; i < weights.length - 1; i++) {
            left -= weights[i];
            if (left < 0) {
                return i;
            }
        }
        return weights.length - 1;
    }
}
