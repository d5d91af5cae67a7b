package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * Whole timesteps as diffusers' DDIM and DDPM choose them.
 *
 * @param timestepSpacing which timesteps
 * @param stepsOffset added to every timestep of leading spacing
 * @param setAlphaToOne end without noise; false ends at the level of timestep 0
 * @param fixedStride each step leads T / n timesteps down, whatever the spacing, as diffusers' DDIM has it: off leading
 *     spacing a step then does not end where the next one starts (diffusers issue 9261). False leads to the next timestep.
 */
public record DdimSpacing(TimestepSpacing timestepSpacing, int stepsOffset, boolean setAlphaToOne, boolean fixedStride)
        implements Spacing {

    @Override
    public Plan plan(NoiseSchedule schedule, int n) {
        if (schedule instanceof FlowSchedule) {
            return FlowSpacing.EULER.plan(schedule, n);
        }
        int trained = schedule.numTrainTimesteps();
        double[] t = timestepSpacing.whole(trained, n, stepsOffset);
        Level end = setAlphaToOne ? Level.preserving(0, 1) : schedule.at(0);
        List<Level> from = new ArrayList<>();
        List<Level> to = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            double next = fixedStride ? t[i] - trained / n : i + 1 < n ? t[i + 1] : -1;
            from.add(schedule.at(t[i]));
            to.add(next < 0 ? end : schedule.at(next));
        }
        return new Plan(schedule, from, to, 1);
    }

    @Override
    public DdimSpacing with(TimestepSpacing timestepSpacing) {
        return new DdimSpacing(timestepSpacing, stepsOffset, setAlphaToOne, fixedStride);
    }

    @Override
    public String toString() {
        return timestepSpacing.toString();
    }
}
