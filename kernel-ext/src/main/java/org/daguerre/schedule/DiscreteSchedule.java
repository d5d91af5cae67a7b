package org.daguerre.schedule;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * A variance preserving schedule given by one beta a training step: alpha-bar_t is the product of 1 - beta_s over s &lt;=
 * t. Float32 where torch's is: betas, alpha-bar (the product runs in double, each result is rounded).
 */
public final class DiscreteSchedule implements NoiseSchedule {

    private final String name;
    private final float[] betas;
    private final float[] alphasCumprod;

    private DiscreteSchedule(String name, float[] betas, float[] alphasCumprod) {
        this.name = name;
        this.betas = betas;
        this.alphasCumprod = alphasCumprod;
    }

    private static DiscreteSchedule of(String name, float[] betas) {
        if (betas.length == 0) {
            throw new IllegalArgumentException("betas is empty. Give one beta a training step, usually 1000.");
        }
        for (int t = 0; t < betas.length; t++) {
            if (!(betas[t] > 0 && 1f - betas[t] > 0)) {
                throw new IllegalArgumentException(name + " has beta " + betas[t] + " at t = " + t
                        + ". Give betas in (0, 1); zero terminal SNR alone has a last one of 1.");
            }
        }
        if (1f - betas[0] == 1) {
            throw new IllegalArgumentException(name + " has beta " + betas[0]
                    + " at t = 0. Give betas in (0, 1), the first above 6e-8, which is nothing beside 1 in float32.");
        }
        return cumulated(name, betas);
    }

    private static DiscreteSchedule cumulated(String name, float[] betas) {
        float[] alphasCumprod = new float[betas.length];
        double product = 1;
        for (int t = 0; t < betas.length; t++) {
            product *= 1f - betas[t];
            alphasCumprod[t] = (float) product;
        }
        return new DiscreteSchedule(name, betas, alphasCumprod);
    }

    static DiscreteSchedule linear(int n, double betaStart, double betaEnd) {
        return of("linear", linspace(betaStart, betaEnd, n));
    }

    static DiscreteSchedule scaledLinear(int n, double betaStart, double betaEnd) {
        float[] betas = linspace(Math.sqrt(betaStart), Math.sqrt(betaEnd), n);
        for (int t = 0; t < n; t++) {
            betas[t] *= betas[t];
        }
        return of("scaled_linear", betas);
    }

    static DiscreteSchedule cosine(int n) {
        return ofAlphaBar("cosine", n, t -> {
            double cos = StrictMath.cos((t + 0.008) / 1.008 * Math.PI / 2);
            return cos * cos;
        });
    }

    static DiscreteSchedule laplace(int n) {
        return ofAlphaBar("laplace", n, t -> {
            double lambda = -0.5 * Math.copySign(1, 0.5 - t) * StrictMath.log(1 - 2 * Math.abs(0.5 - t) + 1e-6);
            double snr = StrictMath.exp(lambda);
            return Math.sqrt(snr / (1 + snr));
        });
    }

    static DiscreteSchedule exponential(int n) {
        return ofAlphaBar("exp", n, t -> StrictMath.exp(-12 * t));
    }

    /** Betas from alpha-bar over [0, 1], capped so that no step forgets everything. */
    private static DiscreteSchedule ofAlphaBar(String name, int n, DoubleUnaryOperator alphaBar) {
        requireTimesteps(n);
        float[] betas = new float[n];
        for (int t = 0; t < n; t++) {
            double ratio = alphaBar.applyAsDouble((t + 1) / (double) n) / alphaBar.applyAsDouble(t / (double) n);
            betas[t] = (float) Math.min(1 - ratio, 0.999);
        }
        return of(name, betas);
    }

    static DiscreteSchedule sigmoid(int n, double betaStart, double betaEnd) {
        float[] betas = linspace(-6, 6, n);
        for (int t = 0; t < n; t++) {
            float logistic = (float) (1 / (1 + StrictMath.exp(-betas[t])));
            betas[t] = logistic * (float) (betaEnd - betaStart) + (float) betaStart;
        }
        return of("sigmoid", betas);
    }

    static DiscreteSchedule trainedBetas(float... betas) {
        return of("trained_betas", betas.clone());
    }

    private static void requireTimesteps(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("numTrainTimesteps is " + n + ". Give 1 or more, usually 1000.");
        }
    }

    /** torch.linspace in float32: from the start below the middle, from the end above it. */
    private static float[] linspace(double start, double end, int n) {
        requireTimesteps(n);
        float a = (float) start;
        float b = (float) end;
        float step = n == 1 ? 0 : (b - a) / (n - 1);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = i < n / 2 || n == 1 ? Math.fma(step, (float) i, a) : Math.fma(-step, (float) (n - 1 - i), b);
        }
        return values;
    }

    /**
     * Zero terminal SNR: sqrt(alpha-bar) shifted and scaled so that it ends at exactly 0 and starts as before (Lin et al.
     * 2023, arXiv 2305.08891, Algorithm 1). The model must predict v, sample or flow: epsilon says nothing at the start.
     */
    public DiscreteSchedule zeroTerminalSnr() {
        int n = betas.length;
        if (n == 1) {
            throw new IllegalArgumentException(
                    name + " has one timestep, whose noise cannot both stay and be all. Give 2 or more.");
        }
        float[] root = new float[n];
        for (int t = 0; t < n; t++) {
            root[t] = (float) Math.sqrt(alphasCumprod[t]);
        }
        float first = root[0];
        float last = root[n - 1];
        float stretch = first / (first - last);
        float[] rescaled = new float[n];
        float before = 1;
        for (int t = 0; t < n; t++) {
            float shifted = (root[t] - last) * stretch;
            float alphaBar = shifted * shifted;
            rescaled[t] = 1f - alphaBar / before;
            before = alphaBar;
        }
        return cumulated(name + ", zero terminal SNR", rescaled);
    }

    /**
     * The same schedule with another alpha-bar at its last timestep. diffusers puts 2^-24 there for samplers that divide by
     * alpha (Euler, DPM-Solver, UniPC) under zero terminal SNR.
     */
    public DiscreteSchedule withTerminalAlphasCumprod(double alphaBar) {
        float[] changed = alphasCumprod.clone();
        changed[changed.length - 1] = (float) alphaBar;
        return new DiscreteSchedule(name, betas, changed);
    }

    @Override
    public int numTrainTimesteps() {
        return betas.length;
    }

    /** The betas, a copy. */
    public float[] betas() {
        return betas.clone();
    }

    /** Alpha-bar of every timestep, a copy. */
    public float[] alphasCumprod() {
        return alphasCumprod.clone();
    }

    /**
     * The level of a timestep in [0, numTrainTimesteps - 1]. Between two timesteps the ratio sigma / alpha is interpolated
     * and rounded to float32, as diffusers' Euler samplers do.
     */
    @Override
    public Level at(double t) {
        int low = (int) Math.floor(t);
        if (!(t >= 0 && t <= betas.length - 1)) {
            throw new IllegalArgumentException(
                    "timestep " + t + " is outside the schedule. Give 0 to " + (betas.length - 1) + ".");
        }
        if (low == t) {
            return Level.preserving(t, alphasCumprod[low]);
        }
        double fraction = t - low;
        return Level.preservingRatio(t, (float) (ratio(low) + fraction * (ratio(low + 1) - ratio(low))));
    }

    /** Between two timesteps t is interpolated in the logarithm of sigma / alpha, as diffusers does. */
    @Override
    public Level atScaledSigma(double sigma) {
        if (betas.length == 1) {
            return at(0).withScaledSigma((float) sigma);
        }
        double log = Math.log(Math.max(sigma, 1e-10));
        int low = 0;
        for (int high = betas.length - 1; high - low > 1; ) {
            int middle = (low + high) >>> 1;
            if (Math.log(ratio(middle)) <= log) {
                low = middle;
            } else {
                high = middle;
            }
        }
        double below = Math.log(ratio(low));
        double above = Math.log(ratio(low + 1));
        double fraction = Math.max(0, Math.min(1, (below - log) / (below - above)));
        return Level.preservingRatio((1 - fraction) * low + fraction * (low + 1), (float) sigma);
    }

    private float ratio(int t) {
        return (float) Math.sqrt((1f - alphasCumprod[t]) / alphasCumprod[t]);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof DiscreteSchedule s
                && Arrays.equals(betas, s.betas)
                && Arrays.equals(alphasCumprod, s.alphasCumprod);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(alphasCumprod);
    }

    @Override
    public String toString() {
        return name + ", " + betas.length + " timesteps";
    }
}
