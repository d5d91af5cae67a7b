package org.daguerre.schedule;

import java.util.Locale;

/**
 * How much noise belongs to a timestep: what the model was trained with. A cell can bring its own as a lambda,
 * {@code NoiseSchedule mine = t -> Level.preserving(t, Math.pow(Math.cos(t / 1000 * Math.PI / 2), 2))}.
 */
@FunctionalInterface
public interface NoiseSchedule {

    /** The level of a timestep in [0, numTrainTimesteps); t may be fractional. */
    Level at(double t);

    /** Timesteps the model was trained with. */
    default int numTrainTimesteps() {
        return 1000;
    }

    /**
     * The timestep at a part of the way from the least noise, 0, to the most, 1, for tables and figures: a whole one where
     * the model was trained with whole ones.
     */
    default double timestep(double part) {
        return Math.rint(part * (numTrainTimesteps() - 1));
    }

    /**
     * This schedule, if its noise grows with the timestep, as samplers need it.
     *
     * @throws IllegalArgumentException if there is a timestep with less noise than the one before
     * @throws IllegalStateException if there is a timestep without a level, as one's own schedule may err
     */
    default NoiseSchedule growing() {
        int last = numTrainTimesteps() - 1;
        double before = 0;
        for (int i = 0; i <= last; i++) {
            double t = timestep(last == 0 ? 0 : (double) i / last);
            double ratio = given(t).ratio();
            if (ratio < before) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "schedule '%s' has less noise at t = %s than at %s, sigma / alpha %.4g after %.4g."
                                + " Give one whose noise grows with t, whose alpha-bar falls.",
                        this,
                        written(t),
                        written(timestep((i - 1.0) / last)),
                        ratio,
                        before));
            }
            before = ratio;
        }
        return this;
    }

    private static String written(double t) {
        return t == Math.rint(t) ? Long.toString((long) t) : Double.toString(t);
    }

    /** The level of a timestep; without one it names schedule and timestep. */
    private Level given(double t) {
        String at = " at t = " + written(t);
        String remedy =
                ". Let it give a Level for every t from " + written(timestep(0)) + " to " + written(timestep(1)) + ".";
        Level level;
        try {
            level = at(t);
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            StackTraceElement[] frames = e.getStackTrace();
            boolean byLevel = frames.length > 0 && frames[0].getClassName().equals(Level.class.getName());
            String message = e.getMessage();
            throw new IllegalStateException(
                    "schedule '" + this + "' "
                            + (byLevel
                                    ? "has no level" + at + ": " + message
                                    : "threw " + e.getClass().getSimpleName()
                                            + (message == null ? "" : " (" + message + ")") + at + remedy),
                    e);
        }
        if (level == null) {
            throw new IllegalStateException("schedule '" + this + "' gave null" + at + remedy);
        }
        return level;
    }

    /**
     * The level with a given noise, {@link Level#scaledSigma}, and the timestep that belongs to it, found by bisection and
     * kept within the trained ones.
     */
    default Level atScaledSigma(double sigma) {
        double low = 0;
        double high = numTrainTimesteps() - 1;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (at(middle).scaledSigma() < sigma) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return at(high).withScaledSigma(sigma);
    }

    /** The level with a given noise-to-signal ratio sigma / alpha above 0, and the timestep that belongs to it. */
    default Level atRatio(double ratio) {
        return at(0).form() == Form.FLOW ? atScaledSigma(ratio / (1 + ratio)) : atScaledSigma(ratio);
    }

    /** The schedule of a standard name, such as "cosine"; {@link NoiseSchedules#names} has them. */
    static NoiseSchedule named(String name) {
        return NoiseSchedules.named(name);
    }

    /** Betas in equal steps from betaStart to betaEnd (Ho et al. 2020, arXiv 2006.11239; 1e-4 to 0.02 there). */
    static DiscreteSchedule linear(int numTrainTimesteps, double betaStart, double betaEnd) {
        return DiscreteSchedule.linear(numTrainTimesteps, betaStart, betaEnd);
    }

    /** Square roots of the betas in equal steps (Stable Diffusion, Rombach et al. 2022; 0.00085 to 0.012 there). */
    static DiscreteSchedule scaledLinear(int numTrainTimesteps, double betaStart, double betaEnd) {
        return DiscreteSchedule.scaledLinear(numTrainTimesteps, betaStart, betaEnd);
    }

    /** Alpha-bar falls as a squared cosine (Nichol and Dhariwal 2021, arXiv 2102.09672); diffusers' squaredcos_cap_v2. */
    static DiscreteSchedule cosine(int numTrainTimesteps) {
        return DiscreteSchedule.cosine(numTrainTimesteps);
    }

    /** Betas along a logistic curve from betaStart to betaEnd (GeoDiff, Xu et al. 2022, arXiv 2203.02923). */
    static DiscreteSchedule sigmoid(int numTrainTimesteps, double betaStart, double betaEnd) {
        return DiscreteSchedule.sigmoid(numTrainTimesteps, betaStart, betaEnd);
    }

    /** The Laplace schedule of noise levels (Hang et al. 2024, arXiv 2407.03297), as diffusers' DDPM has it. */
    static DiscreteSchedule laplace(int numTrainTimesteps) {
        return DiscreteSchedule.laplace(numTrainTimesteps);
    }

    /** Alpha-bar falls as e^(-12 t / T); diffusers' "exp". */
    static DiscreteSchedule exponential(int numTrainTimesteps) {
        return DiscreteSchedule.exponential(numTrainTimesteps);
    }

    /** The given betas, each in (0, 1); diffusers' trained_betas. */
    static DiscreteSchedule trainedBetas(float... betas) {
        return DiscreteSchedule.trainedBetas(betas);
    }

    /** A straight flow with shifted timesteps; shift 1 is none (Esser et al. 2024, arXiv 2403.03206). */
    static FlowSchedule flow(int numTrainTimesteps, double shift) {
        return new FlowSchedule(numTrainTimesteps, shift);
    }
}
