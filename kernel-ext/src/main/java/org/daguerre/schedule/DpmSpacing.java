package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * Timesteps as diffusers' DPM-Solver, DEIS, UniPC and SA-Solver choose them: linspace and leading spread n + 1 points and
 * leave out the last, so that the step to the end is as long as the others.
 *
 * @param timestepSpacing which timesteps
 * @param stepsOffset added to every timestep of leading spacing
 * @param end zero or sigma_min
 * @param lambdaMinClipped timesteps with ln(alpha / sigma) below it are left out, -infinity for none; -5.1 keeps the cosine
 *     schedule from its last, singular levels
 */
public record DpmSpacing(TimestepSpacing timestepSpacing, int stepsOffset, FinalSigma end, double lambdaMinClipped)
        implements Spacing {

    /** With all timesteps. */
    public DpmSpacing(TimestepSpacing timestepSpacing, int stepsOffset, FinalSigma end) {
        this(timestepSpacing, stepsOffset, end, Double.NEGATIVE_INFINITY);
    }

    @Override
    public Plan plan(NoiseSchedule schedule, int n) {
        if (schedule instanceof FlowSchedule) {
            return FlowSpacing.DPM.plan(schedule, n);
        }
        int trained = schedule.numTrainTimesteps();
        if (n < 1 || n > trained) {
            throw new IllegalArgumentException("steps is " + n + ". Give 1 to " + trained + ".");
        }
        int last = trained;
        while (last > 1 && schedule.at(last - 1.0).lambda() < lambdaMinClipped) {
            last--;
        }
        int points = timestepSpacing == TimestepSpacing.TRAILING ? n : n + 1;
        double[] t = timestepSpacing.whole(last, trained, points, stepsOffset);
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < Math.min(n, t.length); i++) {
            levels.add(schedule.at(t[i]));
        }
        levels.add(end == FinalSigma.ZERO ? Level.preserving(0, 1) : schedule.at(0));
        return Plan.through(schedule, levels, 1);
    }

    @Override
    public DpmSpacing with(TimestepSpacing timestepSpacing) {
        return new DpmSpacing(timestepSpacing, stepsOffset, end, lambdaMinClipped);
    }

    /** The ladder spans all trained levels, and its timesteps are rounded to whole ones. */
    @Override
    public Spacing on(Ladder ladder) {
        return new LadderSpacing(this, ladder, true, LadderSpacing.Rounding.NEAREST, FinalSigma.ZERO);
    }

    @Override
    public String toString() {
        return timestepSpacing.toString();
    }
}
