package org.daguerre.sampler;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.daguerre.name.Names;
import org.daguerre.sampler.DpmSolver.Algorithm;

/** The samplers by their standard names, each with its default options. A new sampler is one file and one line here. */
public final class Samplers {

    private static final Map<String, Supplier<Sampler>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("ddpm", Ddpm::new);
        BY_NAME.put("ddim", Ddim::new);
        BY_NAME.put("euler", Euler::new);
        BY_NAME.put("euler-ancestral", EulerAncestral::new);
        BY_NAME.put("euler-churn", EulerChurn::new);
        BY_NAME.put("heun", Heun::new);
        BY_NAME.put("restart", Restart::new);
        BY_NAME.put("kdpm2", Kdpm2::new);
        BY_NAME.put("kdpm2-ancestral", Kdpm2Ancestral::new);
        BY_NAME.put("lms", Lms::new);
        BY_NAME.put("pndm", Pndm::new);
        BY_NAME.put("ipndm", Ipndm::new);
        BY_NAME.put("deis", Deis::new);
        BY_NAME.put("dpm-2m", () -> new DpmSolverMultistep(Algorithm.DPMSOLVER, 2));
        BY_NAME.put("dpmpp-2m", DpmSolverMultistep::new);
        BY_NAME.put("dpmpp-3m", () -> new DpmSolverMultistep(Algorithm.DPMSOLVER_PP, 3));
        BY_NAME.put("dpmpp-2m-sde", () -> new DpmSolverMultistep(Algorithm.SDE_DPMSOLVER_PP, 2));
        BY_NAME.put("dpmpp-3m-sde", () -> new DpmSolverMultistep(Algorithm.SDE_DPMSOLVER_PP, 3));
        BY_NAME.put("dpm-3s", () -> new DpmSolverSinglestep(Algorithm.DPMSOLVER, 3));
        BY_NAME.put("dpmpp-2s", DpmSolverSinglestep::new);
        BY_NAME.put("dpmpp-2s-ancestral", DpmSolverPlusPlus2SAncestral::new);
        BY_NAME.put("dpmpp-sde", DpmSolverPlusPlusSde::new);
        BY_NAME.put("dpm-adaptive", DpmAdaptive::new);
        BY_NAME.put("unipc", UniPc::new);
        BY_NAME.put("sa-solver", SaSolver::new);
        BY_NAME.put("lcm", Lcm::new);
        BY_NAME.put("tcd", Tcd::new);
        BY_NAME.put("consistency", Consistency::new);
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
        return BY_NAME.get(known(name)).get();
    }

    /** The name, typed in any case; a scheduler class of diffusers is answered with its sampler. */
    static String known(String name) {
        return Names.known("sampler", name, BY_NAME.keySet(), Samplers::ofClass);
    }

    private static Optional<String> ofClass(String name) {
        return SchedulerConfig.classNames().stream()
                .filter(name::equals)
                .map(known -> SchedulerConfig.parse("{\"_class_name\": \"" + known + "\"}")
                        .sampler()
                        .toString())
                .filter(BY_NAME::containsKey)
                .findFirst();
    }
}
