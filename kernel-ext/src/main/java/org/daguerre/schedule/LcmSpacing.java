package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * Timesteps of a latent consistency model: n out of those that it was distilled on, evenly spread over them and beginning
 * at the last.
 *
 * @param originalSteps timesteps used in distillation, usually 50
 * @param end zero, or sigma_min, the level of timestep 0
 */
public record LcmSpacing(int originalSteps, FinalSigma end) implements Spacing {

    /** With an end without noise. */
    public LcmSpacing(int originalSteps) {
        this(originalSteps, FinalSigma.ZERO);
    }

    public LcmSpacing {
        if (originalSteps < 1) {
            throw new IllegalArgumentException(
                    "original_inference_steps is " + originalSteps + ". Give 1 or more, usually 50.");
        }
    }

    @Override
    public Plan plan(NoiseSchedule schedule, int n) {
        if (schedule instanceof FlowSchedule) {
            return FlowSpacing.EULER.plan(schedule, n);
        }
        int stride = schedule.numTrainTimesteps() / originalSteps;
        if (n < 1 || n > originalSteps || stride < 1) {
            throw new IllegalArgumentException("steps is " + n + ". A model distilled on " + originalSteps
                    + " timesteps takes 1 to " + originalSteps + ", usually 4.");
        }
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            int skipped = (int) Math.floor(i * (originalSteps / (double) n));
            levels.add(schedule.at((originalSteps - skipped) * stride - 1));
        }
        levels.add(end == FinalSigma.ZERO ? Level.preserving(0, 1) : schedule.at(0));
        return Plan.through(schedule, levels, 1);
    }
}
