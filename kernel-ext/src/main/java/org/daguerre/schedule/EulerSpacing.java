package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * Timesteps as diffusers' Euler, Heun, LMS and KDPM2 choose them: linearly spaced ones may be fractional, with sigma
 * interpolated between two trained levels. Linspace and trailing start from sigma_T eps, leading from eps itself.
 *
 * @param timestepSpacing which timesteps
 * @param stepsOffset added to every timestep of leading spacing
 * @param end zero or sigma_min
 */
public record EulerSpacing(TimestepSpacing timestepSpacing, int stepsOffset, FinalSigma end) implements Spacing {

    /** With an end without noise. */
    public EulerSpacing(TimestepSpacing timestepSpacing, int stepsOffset) {
        this(timestepSpacing, stepsOffset, FinalSigma.ZERO);
    }

    @Override
    public Plan plan(NoiseSchedule schedule, int n) {
        if (schedule instanceof FlowSchedule) {
            return FlowSpacing.EULER.plan(schedule, n);
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
        levels.add(end == FinalSigma.ZERO ? Level.preserving(0, 1) : schedule.at(0));
        return Plan.through(schedule, levels, startScale);
    }

    @Override
    public EulerSpacing with(TimestepSpacing timestepSpacing) {
        return new EulerSpacing(timestepSpacing, stepsOffset, end);
    }

    @Override
    public String toString() {
        return timestepSpacing.toString();
    }
}
