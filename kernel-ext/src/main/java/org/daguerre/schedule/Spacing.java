package org.daguerre.schedule;

/** Chooses the timesteps of a run and thereby its whole {@link Plan}. Quirks of one library's spacing live here only. */
@FunctionalInterface
public interface Spacing {

    /** A plan of {@code n} steps over a schedule. */
    Plan plan(NoiseSchedule schedule, int n);

    /** The same rule with its timesteps leading, trailing or linearly spaced. */
    default Spacing with(TimestepSpacing timestepSpacing) {
        throw new UnsupportedOperationException("this spacing has no variant " + timestepSpacing
                + ". Leave the timestep spacing out for this sampler.");
    }
}
