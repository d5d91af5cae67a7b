package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * Timesteps as diffusers' Euler, Euler ancestral and Heun choose them: linearly spaced ones may be fractional, with sigma
 * interpolated between two trained levels. The end has no noise. Linspace and trailing start from sigma_T eps, leading from
 * eps itself.
 *
 * @param timestepSpacing which timesteps
 * @param stepsOffset added to every timestep of leading spacing
 */
public record EulerSpacing(TimestepSpacing timestepSpacing, int stepsOffset) implements Spacing {

    @Override
    public Plan plan(NoiseSchedule schedule, int n) {
        if (schedule instanceof FlowSchedule flow) {
            return flow.plan(n);
        }
        int trained = schedule.numTrainTimesteps();
        double[] whole = timestepSpacing.whole(trained, n, stepsOffset);
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            levels.add(schedule.at(
                    timestepSpacing == TimestepSpacing.LINSPACE
                            ? (float) TimestepSpacing.linear(trained, n, i)
                            : whole[i]));
        }
        double startScale =
                timestepSpacing == TimestepSpacing.LEADING ? 1 : levels.get(0).sigma();
        levels.add(Level.preserving(0, 1));
        return Plan.through(schedule, levels, startScale);
    }

    @Override
    public EulerSpacing with(TimestepSpacing timestepSpacing) {
        return new EulerSpacing(timestepSpacing, stepsOffset);
    }
}
