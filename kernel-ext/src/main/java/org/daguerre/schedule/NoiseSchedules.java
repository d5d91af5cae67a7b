package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daguerre.name.Names;

/**
 * The noise schedules by their standard names, over 1000 timesteps and with the constants of the papers that brought them. A
 * new schedule is one line here.
 */
public final class NoiseSchedules {

    private static final int TRAINED = 1000;

    /** Those that a scheduler_config.json can ask for as its beta_schedule. */
    private static final List<String> OF_BETAS =
            List.of("linear", "scaled_linear", "cosine", "sigmoid", "laplace", "exp");

    private static final Map<String, NoiseSchedule> BY_NAME = new LinkedHashMap<>();

    static {
        DiscreteSchedule scaledLinear = NoiseSchedule.scaledLinear(TRAINED, 0.00085, 0.012);
        BY_NAME.put("linear", NoiseSchedule.linear(TRAINED, 0.0001, 0.02));
        BY_NAME.put("scaled_linear", scaledLinear);
        BY_NAME.put("cosine", NoiseSchedule.cosine(TRAINED));
        BY_NAME.put("sigmoid", NoiseSchedule.sigmoid(TRAINED, 0.0001, 0.02));
        BY_NAME.put("laplace", NoiseSchedule.laplace(TRAINED));
        BY_NAME.put("exp", NoiseSchedule.exponential(TRAINED));
        BY_NAME.put("zero_snr", scaledLinear.zeroTerminalSnr());
        BY_NAME.put("flow", NoiseSchedule.flow(TRAINED, 1));
    }

    private NoiseSchedules() {}

    /** All names, in the order in which a course meets them. */
    public static List<String> names() {
        return new ArrayList<>(BY_NAME.keySet());
    }

    /** The names of those that are a rule for betas, and so can be had over a model's own range of betas. */
    public static List<String> ofBetas() {
        return OF_BETAS;
    }

    /**
     * The schedule of a name, as its paper has it.
     *
     * @throws IllegalArgumentException if there is none; the message has the nearest name and all others
     */
    public static NoiseSchedule named(String name) {
        return BY_NAME.get(known(name, BY_NAME.keySet()));
    }

    /** One of some names, typed in any case; diffusers' squaredcos_cap_v2 is answered with cosine. */
    public static String known(String name, Collection<String> names) {
        return Names.known(
                "schedule",
                name,
                names,
                elsewhere -> Optional.of("cosine").filter(here -> elsewhere.equalsIgnoreCase("squaredcos_cap_v2")));
    }
}
