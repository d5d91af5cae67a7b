package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.List;

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

    /**
     * diffusers' FlowMatchEuler: sigma from 1 down to the least trained one in equal steps, shifted, then 0. The least sigma
     * has been shifted once before, so the last step of a shifted plan is larger than the paper's.
     */
    Plan plan(int n) {
        if (n < 1 || n > numTrainTimesteps) {
            throw new IllegalArgumentException("steps is " + n + ". Give 1 to " + numTrainTimesteps + ".");
        }
        double least = (float) shifted(1.0 / numTrainTimesteps);
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            double sigma = n == 1 ? 1 : 1 + i * (least - 1) / (n - 1);
            float moved = (float) shifted(sigma);
            levels.add(Level.flow(moved * numTrainTimesteps, moved));
        }
        levels.add(Level.flow(0, 0));
        return Plan.through(this, levels, 1);
    }

    @Override
    public String toString() {
        return "flow, shift " + shift + ", " + numTrainTimesteps + " timesteps";
    }
}
