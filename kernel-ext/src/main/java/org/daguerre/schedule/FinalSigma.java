package org.daguerre.schedule;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.daguerre.name.Names;

/** How much noise a run leaves in its result. */
public enum FinalSigma {
    /** None. */
    ZERO,
    /** That of timestep 0, the least the model was trained with. */
    SIGMA_MIN,
    /** That of the last level before it: the last step then changes nothing, as in diffusers' DEIS on a ladder. */
    LAST;

    private static final List<String> OF_CONFIGS = Arrays.stream(new FinalSigma[] {ZERO, SIGMA_MIN})
            .map(FinalSigma::toString)
            .toList();

    /** zero or sigma_min, as in scheduler_config.json. */
    public static FinalSigma of(String name) {
        return valueOf(Names.known("final_sigmas_type", name, OF_CONFIGS).toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
