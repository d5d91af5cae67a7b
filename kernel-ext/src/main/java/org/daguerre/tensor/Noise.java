package org.daguerre.tensor;

import java.util.Arrays;

/**
 * Gaussian noise equal to {@code torch.manual_seed(seed)} with {@code torch.randn(shape)}, bit for bit on x86-64 with
 * AVX2 (elsewhere torch itself differs in the last bits). An immutable generator that carries its state: a draw gives the
 * numbers and the generator after them, so that a run can be continued from any of its steps.
 *
 * <p>Engine: MT19937 (Matsumoto and Nishimura 1998), seeded by the low 32 bits. Fewer than 16 values are drawn one by one
 * in double precision, with the second of each Box-Muller pair kept for the next such draw; 16 or more are drawn in
 * blocks of 16 in float32, with the Cephes polynomials for logarithm, sine and cosine and a fused multiply-add wherever
 * torch's compiler puts one.
 */
public final class Noise {

    /** Numbers drawn and the generator that continues after them. */
    public record Draw(Tensor tensor, Noise after) {}

    private static final int N = 624;
    private static final int M = 397;
    private static final int BLOCK = 16;

    private final long seed;
    private final long words;
    private final int[] state;
    private final int index;
    private final double spare;

    private Noise(long seed, long words, int[] state, int index, double spare) {
        this.seed = seed;
        this.words = words;
        this.state = state;
        this.index = index;
        this.spare = spare;
    }

    /** The generator at the start of a seed; only the low 32 bits count, as in torch. */
    public static Noise seed(long seed) {
        int[] state = new int[N];
        state[0] = (int) seed;
        for (int j = 1; j < N; j++) {
            state[j] = 1812433253 * (state[j - 1] ^ (state[j - 1] >>> 30)) + j;
        }
        return new Noise(seed, 0, state, N, Double.NaN);
    }

    /** The seed it started from. */
    public long seed() {
        return seed;
    }

    /** 32-bit words of the engine used so far. */
    public long words() {
        return words;
    }

    /** Standard normal values of the given shape, and the generator after them. */
    public Draw draw(int... shape) {
        Engine engine = new Engine();
        float[] out = new float[Tensor.size(shape)];
        if (out.length < BLOCK) {
            for (int i = 0; i < out.length; i++) {
                out[i] = (float) engine.normal();
            }
        } else {
            engine.fill(out);
        }
        return new Draw(Tensor.wrap(out, shape), engine.noise());
    }

    /** Uniform values in [0, 1), equal to {@code torch.rand(shape)}, and the generator after them. */
    public Draw uniform(int... shape) {
        Engine engine = new Engine();
        float[] out = new float[Tensor.size(shape)];
        engine.uniforms(out, 0, out.length);
        return new Draw(Tensor.wrap(out, shape), engine.noise());
    }

    /**
     * Whole numbers in [0, bound), equal to {@code torch.randint(bound, shape)}, and the generator after them.
     *
     * @param bound 1 to 2^24, so that every number is a float
     */
    public Draw integers(int bound, int... shape) {
        if (bound < 1 || bound > 1 << 24) {
            throw new IllegalArgumentException("bound is " + bound + ". Give 1 to " + (1 << 24) + ".");
        }
        Engine engine = new Engine();
        float[] out = new float[Tensor.size(shape)];
        for (int i = 0; i < out.length; i++) {
            out[i] = Integer.remainderUnsigned(engine.next(), bound);
        }
        return new Draw(Tensor.wrap(out, shape), engine.noise());
    }

    /** The same generator state gives the same numbers. */
    @Override
    public boolean equals(Object o) {
        return o instanceof Noise n
                && index == n.index
                && Double.compare(spare, n.spare) == 0
                && Arrays.equals(state, n.state);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(state) + index;
    }

    @Override
    public String toString() {
        return "Noise[seed " + seed + ", " + words + " words drawn]";
    }

    /** A scratch copy that advances during one draw. */
    private final class Engine {
        private int[] s = state;
        private int at = index;
        private double kept = spare;
        private long used = words;

        Noise noise() {
            return new Noise(seed, used, s, at, kept);
        }

        int next() {
            if (at == N) {
                twist();
            }
            used++;
            return tempered(s[at++]);
        }

        private void twist() {
            s = twisted(s);
            at = 0;
        }

        private double uniform() {
            long high = next() & 0xffffffffL;
            long both = (high << 32) | (next() & 0xffffffffL);
            return (both & ((1L << 53) - 1)) * 0x1p-53;
        }

        double normal() {
            if (!Double.isNaN(kept)) {
                double value = kept;
                kept = Double.NaN;
                return value;
            }
            double u1 = uniform();
            double u2 = uniform();
            double radius = Math.sqrt(-2 * StrictMath.log1p(-u2));
            double theta = 2 * Math.PI * u1;
            kept = radius * StrictMath.sin(theta);
            return radius * StrictMath.cos(theta);
        }

        void fill(float[] out) {
            uniforms(out, 0, out.length);
            for (int block = 0; block + BLOCK <= out.length; block += BLOCK) {
                boxMuller(out, block);
            }
            if (out.length % BLOCK != 0) {
                // torch redraws the last sixteen rather than keep a partial block
                uniforms(out, out.length - BLOCK, out.length);
                boxMuller(out, out.length - BLOCK);
            }
        }

        private void uniforms(float[] out, int from, int to) {
            used += to - from;
            for (int done = from; done < to; ) {
                if (at == N) {
                    twist();
                }
                int count = Math.min(N - at, to - done);
                for (int i = 0; i < count; i++) {
                    out[done + i] = (tempered(s[at + i]) & 0xffffff) * 0x1p-24f;
                }
                done += count;
                at += count;
            }
        }
    }

    private static int tempered(int word) {
        int y = word ^ (word >>> 11);
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >>> 18);
    }

    /** The state after, in an array of its own: so the loops run several words at once. */
    private static int[] twisted(int[] s) {
        int[] t = new int[N];
        for (int k = 0; k < N - M; k++) {
            t[k] = s[k + M] ^ twisted(s[k], s[k + 1]);
        }
        for (int k = N - M; k < N - 1; k++) {
            t[k] = t[k + M - N] ^ twisted(s[k], s[k + 1]);
        }
        t[N - 1] = t[M - 1] ^ twisted(s[N - 1], t[0]);
        return t;
    }

    private static int twisted(int high, int low) {
        int y = (high & 0x80000000) | (low & 0x7fffffff);
        return (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
    }

    // Without branches below: of random numbers the processor guesses half of them wrong, which took half of the time.

    private static void boxMuller(float[] d, int block) {
        for (int j = block; j < block + BLOCK / 2; j++) {
            float radius = (float) Math.sqrt(-2f * log(1f - d[j]));
            float theta = (float) (2 * Math.PI) * d[j + BLOCK / 2];
            float quarter = (float) (4 / Math.PI);
            int octant = ((int) (theta * quarter) + 1) & ~1;
            float x = Math.fma((float) octant, -0.78515625f, theta);
            x = Math.fma((float) octant, -2.4187564849853515625e-4f, x);
            x = Math.fma((float) octant, -3.77489497744594108e-8f, x);
            float z = x * x;
            float c = Math.fma(2.443315711809948e-5f, z, -1.388731625493765e-3f);
            c = Math.fma(c, z, 4.166664568298827e-2f) * z;
            c = Math.fma(c, z, -(z * 0.5f)) + 1f;
            float s = Math.fma(-1.9515295891e-4f, z, 8.3321608736e-3f);
            s = Math.fma(s, z, -1.6666654611e-1f) * z;
            s = Math.fma(s, x, x);
            int sine = Float.floatToRawIntBits(s);
            int cosine = Float.floatToRawIntBits(c);
            int swap = (sine ^ cosine) & -(octant >>> 1 & 1);
            float sin = Float.intBitsToFloat(sine ^ swap ^ (octant & 4) << 29);
            float cos = Float.intBitsToFloat(cosine ^ swap ^ (~(octant - 2) & 4) << 29);
            d[j] = radius * cos + 0f;
            d[j + BLOCK / 2] = radius * sin + 0f;
        }
    }

    /** Cephes {@code logf} for a normal x in (0, 1]: x = (1 + m) 2^e, 1 + m from sqrt(1/2) to sqrt(2). */
    private static float log(float x) {
        int rootHalf = 0x3f3504f3;
        int bits = Float.floatToRawIntBits(x) + 0x3f800000 - rootHalf;
        float e = (bits >>> 23) - 127;
        float m = Float.intBitsToFloat((bits & 0x007fffff) + rootHalf) - 1f;
        float z = m * m;
        float y = Math.fma(7.0376836292e-2f, m, -1.1514610310e-1f);
        y = Math.fma(y, m, 1.1676998740e-1f);
        y = Math.fma(y, m, -1.2420140846e-1f);
        y = Math.fma(y, m, 1.4249322787e-1f);
        y = Math.fma(y, m, -1.6668057665e-1f);
        y = Math.fma(y, m, 2.0000714765e-1f);
        y = Math.fma(y, m, -2.4999993993e-1f);
        y = Math.fma(y, m, 3.3333331174e-1f) * m;
        y = Math.fma(y, z, e * -2.12194440e-4f);
        y = Math.fma(-z, 0.5f, y);
        return Math.fma(e, 0.693359375f, m + y);
    }
}
