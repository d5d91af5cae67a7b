package org.daguerre.sampler;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The samplers by their standard names. */
public final class Samplers {

    private static final Map<String, Supplier<Sampler>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("ddim", Ddim::new);
        BY_NAME.put("euler", Euler::new);
    }

    private Samplers() {}

    /** All names, in the order in which a course meets them. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /** The sampler of a name with its default options. */
    public static Sampler named(String name) {
        Supplier<Sampler> sampler = BY_NAME.get(name);
        if (sampler == null) {
            throw new IllegalArgumentException(
                    "sampler '" + name + "' is unknown. Give one of: " + String.join(", ", names()) + ".");
        }
        return sampler.get();
    }
}
