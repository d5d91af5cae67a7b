package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * Levels on a {@link Ladder}: the start scale and the end are those of a plan over timesteps, the levels in between are
 * placed by their noise, and the model is asked with the timesteps that belong to them.
 *
 * @param grid the plan over timesteps
 * @param ladder where the levels lie
 * @param trainedRange the ladder spans all levels the model was trained with, as diffusers' DPM-Solver and its kin have it;
 *     false spans those of the grid, as Euler and its kin
 * @param rounding how a timestep becomes a whole one
 * @param end {@link FinalSigma#LAST} ends where the ladder does; else the grid's own end holds
 */
public record LadderSpacing(Spacing grid, Ladder ladder, boolean trainedRange, Rounding rounding, FinalSigma end)
        implements Spacing {

    /** What becomes of a timestep between two whole ones. */
    public enum Rounding {
        /** It stays. */
        NONE,
        /** The nearest, halves to even. */
        NEAREST,
        /** The one below, as a cast to an integer leaves it. */
        DOWN;

        double of(double t) {
            return switch (this) {
                case NONE -> (float) t;
                case NEAREST -> Math.rint(t);
                case DOWN -> Math.floor(t);
            };
        }
    }

    @Override
    public Plan plan(NoiseSchedule schedule, int n) {
        Plan even = grid.plan(schedule, n);
        int count = even.count();
        Level first = trainedRange ? schedule.at(schedule.numTrainTimesteps() - 1) : even.from(0);
        Level last = trainedRange ? schedule.at(0) : even.from(count - 1);
        double[] sigmas = ladder.sigmas(first.scaledSigma(), last.scaledSigma(), count);
        if (sigmas == null || sigmas.length != count) {
            throw new IllegalArgumentException("ladder '" + ladder + "' has " + (sigmas == null ? "no" : sigmas.length)
                    + " levels for " + count + " steps. Return as many as it is asked for, falling.");
        }
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (!(sigmas[i] > 0) || i > 0 && sigmas[i] > sigmas[i - 1]) {
                throw new IllegalArgumentException("ladder '" + ladder + "' has " + sigmas[i] + " as its level " + i
                        + ". Give levels above 0 that fall.");
            }
            Level level = schedule.atScaledSigma(sigmas[i]);
            levels.add(new Level(rounding.of(level.t()), level.alpha(), level.sigma(), level.form(), -1, -1));
        }
        levels.add(end == FinalSigma.LAST ? levels.get(count - 1) : even.end());
        boolean scaled = even.startScale() != 1;
        return Plan.through(even.schedule(), levels, scaled ? levels.get(0).sigma() : 1);
    }

    @Override
    public LadderSpacing with(TimestepSpacing timestepSpacing) {
        return new LadderSpacing(grid.with(timestepSpacing), ladder, trainedRange, rounding, end);
    }

    @Override
    public LadderSpacing on(Ladder other) {
        return new LadderSpacing(grid, other, trainedRange, rounding, end);
    }

    @Override
    public Spacing forShape(int... shape) {
        return new LadderSpacing(grid.forShape(shape), ladder, trainedRange, rounding, end);
    }

    @Override
    public String toString() {
        return ladder.toString();
    }
}
