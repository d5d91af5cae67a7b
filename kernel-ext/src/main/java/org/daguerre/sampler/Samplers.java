package org.daguerre.sampler;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.daguerre.name.Names;

/** The samplers by their standard names, each with its default options. A new sampler is one file and one line here. */
public final class Samplers {

    private static final Map<String, Supplier<Sampler>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("ddpm", Ddpm::new);
        BY_NAME.put("ddim", Ddim::new);
        BY_NAME.put("euler", Euler::new);
        BY_NAME.put("euler-ancestral", EulerAncestral::new);
        BY_NAME.put("heun", Heun::new);
        BY_NAME.put("dpmpp-2m", DpmSolverPlusPlus2M::new);
        BY_NAME.put("pndm", Pndm::new);
        BY_NAME.put("lcm", Lcm::new);
        BY_NAME.put("unipc", UniPc::new);
    }

    private Samplers() {}

    /** All names, in the order in which a course meets them. */
    public static List<String> names() {
        return new ArrayList<>(BY_NAME.keySet());
    }

    /**
     * The sampler of a name.
     *
     * @throws IllegalArgumentException if there is none; the message has the nearest name and all others
     */
    public static Sampler named(String name) {
        return BY_NAME.get(Names.known("sampler", name, BY_NAME.keySet())).get();
    }
}
