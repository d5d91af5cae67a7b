package org.daguerre.schedule;

import java.util.List;
import java.util.stream.Stream;

/** Chooses the levels of a run and thereby its whole {@link Plan}. Quirks of one library's spacing live here only. */
@FunctionalInterface
public interface Spacing {

    /** What a person can ask for by name: a timestep spacing, a ladder of noise levels, or aligned steps. */
    static List<String> names() {
        return Stream.of(TimestepSpacing.names(), Ladder.names(), AysSpacing.names())
                .flatMap(List::stream)
                .toList();
    }

    /** A plan of {@code n} steps over a schedule. */
    Plan plan(NoiseSchedule schedule, int n);

    /** The same rule with its timesteps leading, trailing or linearly spaced. */
    default Spacing with(TimestepSpacing timestepSpacing) {
        throw new UnsupportedOperationException("this spacing has no variant " + timestepSpacing
                + ". Leave the timestep spacing out for this sampler.");
    }

    /** The same start and end with the levels between them on a ladder. */
    default Spacing on(Ladder ladder) {
        return new LadderSpacing(this, ladder, false, LadderSpacing.Rounding.NONE, FinalSigma.ZERO);
    }

    /** The rule for a state of this shape, {@code [batch, channels, height, width]}; most do not depend on it. */
    default Spacing forShape(int... shape) {
        return this;
    }
}
