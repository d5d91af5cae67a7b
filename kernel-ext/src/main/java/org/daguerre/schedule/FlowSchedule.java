package org.daguerre.schedule;

/**
 * The straight path x = (1 - sigma) x0 + sigma eps with t = sigma numTrainTimesteps (rectified flow, Liu et al. 2022,
 * arXiv 2209.03003).
 *
 * @param numTrainTimesteps the t of pure noise
 * @param shift moves the steps of a plan towards noise: sigma becomes shift sigma / (1 + (shift - 1) sigma) (Esser et al.
 *     2024, arXiv 2403.03206, eq. 23); 1 is none
 */
public record FlowSchedule(int numTrainTimesteps, double shift) implements NoiseSchedule {

    public FlowSchedule {
        if (numTrainTimesteps < 1) {
            throw new IllegalArgumentException(
                    "numTrainTimesteps is " + numTrainTimesteps + ". Give 1 or more, usually 1000.");
        }
        if (!(shift > 0) || Double.isInfinite(shift)) {
            throw new IllegalArgumentException("shift is " + shift + ". Give a number above 0; 1 is no shift.");
        }
    }

    /** The level of t in [0, numTrainTimesteps]. */
    @Override
    public Level at(double t) {
        if (!(t >= 0 && t <= numTrainTimesteps)) {
            throw new IllegalArgumentException(
                    "timestep " + t + " is outside the schedule. Give 0 to " + numTrainTimesteps + ".");
        }
        return Level.flow(t, t / numTrainTimesteps);
    }

    /** Where a sigma in [0, 1] moves to. */
    public double shifted(double sigma) {
        return shift * sigma / (1 + (shift - 1) * sigma);
    }

    /** In a flow sigma is its own coordinate: t = sigma numTrainTimesteps. */
    @Override
    public Level atScaledSigma(double sigma) {
        float rounded = (float) sigma;
        return Level.flow((float) (rounded * (double) numTrainTimesteps), rounded);
    }

    @Override
    public String toString() {
        return "flow, shift " + shift + ", " + numTrainTimesteps + " timesteps";
    }
}
