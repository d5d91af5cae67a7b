package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Levels optimised for few steps, Sabour, Fidler and Kreis 2024, "Align Your Steps", arXiv 2404.14507: ten by their published
 * timesteps, any other number interpolated in ln sigma between them as the authors' code does. The last step leads to
 * sigma 0; where more than ten need levels below the tenth, they lie between it and the least noise of the schedule.
 *
 * @param model the model they were optimised for
 */
public record AysSpacing(Optimised model) implements Spacing {

    /** Models with published steps. */
    public enum Optimised {
        STABLE_DIFFUSION("ays", 999, 850, 736, 645, 545, 455, 343, 233, 124, 24, 0),
        STABLE_DIFFUSION_XL("ays-sdxl", 999, 845, 730, 587, 443, 310, 193, 116, 53, 13, 0);

        private final String spacing;
        /** The published ten, and the timestep of the eleventh level, which the end without noise replaces. */
        private final int[] timesteps;

        Optimised(String spacing, int... timesteps) {
            this.spacing = spacing;
            this.timesteps = timesteps;
        }
    }

    /** ays and ays-sdxl. */
    static List<String> names() {
        return Arrays.stream(Optimised.values()).map(o -> o.spacing).toList();
    }

    /** The steps of a name, if it is one of {@link #names}. */
    public static Optional<Spacing> named(String name) {
        return Arrays.stream(Optimised.values())
                .filter(o -> o.spacing.equals(name))
                .findFirst()
                .map(AysSpacing::new);
    }

    @Override
    public Plan plan(NoiseSchedule schedule, int n) {
        int[] published = model.timesteps;
        if (schedule.numTrainTimesteps() <= published[0]
                || schedule.at(published[0]).alpha() == 0
                || schedule.at(0).sigma() == 0) {
            throw new IllegalArgumentException(
                    "the steps of " + this + " were optimised over 1000 timesteps of which the"
                            + " first has some noise and the last some signal, and the model has " + schedule
                            + ". Leave the spacing out.");
        }
        if (n < 1 || n > schedule.numTrainTimesteps()) {
            throw new IllegalArgumentException("steps is " + n + ". Give 1 to " + schedule.numTrainTimesteps() + ".");
        }
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            double at = i * ((published.length - 1.0) / n);
            int low = (int) at;
            double below = Math.log(schedule.at(published[low]).scaledSigma());
            double above = Math.log(schedule.at(published[low + 1]).scaledSigma());
            levels.add(
                    at == low
                            ? schedule.at(published[low])
                            : schedule.atScaledSigma(Math.exp(below + (at - low) * (above - below))));
        }
        double startScale = levels.get(0).sigma();
        levels.add(Level.preserving(0, 1));
        return Plan.through(schedule, levels, startScale);
    }

    @Override
    public String toString() {
        return model.spacing;
    }
}
