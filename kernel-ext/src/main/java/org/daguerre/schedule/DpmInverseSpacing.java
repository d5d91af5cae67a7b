package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Timesteps of diffusers' inverse of DPM-Solver, from a picture to its noise: those of {@link DpmSpacing} upwards, beginning at
 * timestep 0, whose noise the picture is taken to have. The end is the noisiest level; on a ladder the last step changes
 * nothing.
 *
 * @param timestepSpacing which timesteps
 * @param stepsOffset added to every timestep of leading spacing
 * @param ladder where the levels lie instead, or null
 * @param rounding how a timestep of a ladder becomes a whole one
 */
public record DpmInverseSpacing(
        TimestepSpacing timestepSpacing, int stepsOffset, Ladder ladder, LadderSpacing.Rounding rounding)
        implements Spacing {

    @Override
    public Plan plan(NoiseSchedule schedule, int n) {
        int trained = schedule.numTrainTimesteps();
        if (n < 1 || n > trained) {
            throw new IllegalArgumentException("steps is " + n + ". Give 1 to " + trained + ".");
        }
        Spacing falling = new DpmSpacing(timestepSpacing, stepsOffset, FinalSigma.ZERO);
        List<Level> levels = new ArrayList<>();
        if (ladder != null) {
            levels.addAll(new LadderSpacing(falling, ladder, true, rounding, FinalSigma.LAST)
                    .plan(schedule, n)
                    .from());
        } else {
            int points = timestepSpacing == TimestepSpacing.TRAILING ? n : n + 1;
            double[] t = timestepSpacing.whole(trained, points, stepsOffset);
            for (int i = points - n; i < points; i++) {
                levels.add(schedule.at(t[i]));
            }
        }
        Collections.reverse(levels);
        levels.add(ladder == null ? schedule.at(trained - 1) : levels.get(n - 1));
        return Plan.through(schedule, levels, 1);
    }

    @Override
    public DpmInverseSpacing with(TimestepSpacing other) {
        return new DpmInverseSpacing(other, stepsOffset, ladder, rounding);
    }

    @Override
    public String toString() {
        return timestepSpacing.toString();
    }
}
