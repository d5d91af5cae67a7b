package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * Timesteps as diffusers' DPM-Solver and UniPC choose them: linspace and leading spread n + 1 points and leave out the
 * last, so that the step to the end is as long as the others.
 *
 * @param timestepSpacing which timesteps
 * @param stepsOffset added to every timestep of leading spacing
 * @param finalSigmasZero end without noise; false ends at the level of timestep 0 (final_sigmas_type sigma_min)
 */
public record DpmSpacing(TimestepSpacing timestepSpacing, int stepsOffset, boolean finalSigmasZero) implements Spacing {

    @Override
    public Plan plan(NoiseSchedule schedule, int n) {
        if (schedule instanceof FlowSchedule flow) {
            return flow.plan(n);
        }
        int points = timestepSpacing == TimestepSpacing.TRAILING ? n : n + 1;
        double[] t = timestepSpacing.whole(schedule.numTrainTimesteps(), points, stepsOffset);
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            levels.add(schedule.at(t[i]));
        }
        levels.add(finalSigmasZero ? Level.preserving(0, 1) : schedule.at(0));
        return Plan.through(schedule, levels, 1);
    }

    @Override
    public DpmSpacing with(TimestepSpacing timestepSpacing) {
        return new DpmSpacing(timestepSpacing, stepsOffset, finalSigmasZero);
    }
}
