package org.daguerre.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.daguerre.name.Names;
import org.daguerre.onnx.JsonFile;
import org.daguerre.sampler.Consistency;
import org.daguerre.sampler.SchedulerConfig;
import org.daguerre.schedule.EdmSchedule;
import org.daguerre.schedule.FlowSchedule;
import org.daguerre.schedule.NoiseSchedules;
import org.daguerre.schedule.Spacing;

/**
 * A model's scheduler_config.json, and what becomes of it when one of its choices is replaced: the rest stays, as with
 * diffusers' {@code from_config}. A model that was trained as a flow stays one under every sampler.
 *
 * @param json the file with the replacements
 * @param config what it says
 * @param asked what was replaced: its key, and the name that was asked for
 */
record Scheduler(ObjectNode json, SchedulerConfig config, Map<String, String> asked) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SCHEDULE = "beta_schedule";
    private static final String CLIPPING = "clip_sample";
    private static final String SPACING = "timestep_spacing";
    private static final Map<String, String> LADDERS = Map.of(
            "karras", "use_karras_sigmas",
            "exponential", "use_exponential_sigmas",
            "beta", "use_beta_sigmas",
            "lu", "use_lu_lambdas");

    static Scheduler read(Path file) {
        ObjectNode json = JsonFile.read(file);
        return new Scheduler(json, SchedulerConfig.parse(json.toString()), Map.of());
    }

    /** The sampler of a name with the model's own options. */
    Scheduler sampler(String name) {
        ObjectNode changed = json.deepCopy();
        boolean flow = config.schedule() instanceof FlowSchedule;
        SchedulerConfig.optionsOf(name, flow).forEach((key, value) -> changed.set(key, JSON.valueToTree(value)));
        // some classes clip by default: a latent model of a class that cannot, clips under none
        if (!changed.has(CLIPPING)) {
            changed.set(CLIPPING, JSON.valueToTree(config.honoured().getOrDefault(CLIPPING, false)));
        }
        if (flow) {
            double shift = json.path("shift").asDouble(json.path("flow_shift").asDouble(1));
            changed.put("shift", shift);
            changed.put("flow_shift", shift);
            changed.put("use_flow_sigmas", true);
            changed.put("prediction_type", config.predictionType().toString());
        }
        return of(changed, asked);
    }

    /** Another beta schedule over the model's own range of betas. */
    Scheduler schedule(String name) {
        String known = NoiseSchedules.known(name, NoiseSchedules.ofBetas());
        return with(SCHEDULE, known.equals("cosine") ? "squaredcos_cap_v2" : known, known);
    }

    /** leading, trailing or linspace timesteps, aligned steps, or the levels of a ladder. */
    Scheduler spacing(String name) {
        String known = Names.known("spacing", name, Spacing.names());
        ObjectNode changed = json.deepCopy();
        LADDERS.values().forEach(key -> changed.put(key, false));
        Map<String, String> more = new LinkedHashMap<>(asked);
        more.keySet().removeAll(LADDERS.values());
        more.remove(SPACING);
        if (LADDERS.containsKey(known)) {
            changed.put(LADDERS.get(known), true);
            more.put(LADDERS.get(known), known);
        } else {
            changed.put(SPACING, known);
            more.put(SPACING, known);
        }
        return of(changed, more);
    }

    /**
     * This scheduler, if everything that was asked for has its effect.
     *
     * @throws IllegalArgumentException if a schedule or spacing was asked for that this model or sampler does not have
     */
    Scheduler checked() {
        asked.forEach((key, name) -> {
            if (!config.honoured().containsKey(key)) {
                throw new IllegalArgumentException(withoutEffect(key, name));
            }
        });
        return this;
    }

    private String withoutEffect(String key, String name) {
        boolean ofSchedule = key.equals(SCHEDULE);
        if (config.schedule() instanceof EdmSchedule && (ofSchedule || !(config.sampler() instanceof Consistency))) {
            String what = ofSchedule ? "schedule" : "spacing";
            return what + " is '" + name + "', and this model takes any sigma and has no table of timesteps. Leave the "
                    + what + " out.";
        }
        boolean flow = config.schedule() instanceof FlowSchedule;
        if (ofSchedule) {
            return "schedule is '" + name + "', and this model "
                    + (flow ? "was trained as a flow, which has no betas" : "brings its own list of trained_betas")
                    + ". Leave the schedule out.";
        }
        if (LADDERS.containsValue(key)) {
            return "spacing is '" + name + "', and " + config.sampler() + " does not take its levels from a ladder"
                    + (key.equals("use_lu_lambdas") ? " in lambda" : "")
                    + ". Leave the spacing out, or choose another sampler, such as "
                    + (key.equals("use_lu_lambdas") ? "dpmpp-2m." : "euler or dpmpp-2m.");
        }
        return flow
                ? "spacing is '" + name
                        + "', and this model was trained as a flow, whose steps are spaced by its shift."
                        + " Leave the spacing out."
                : "spacing is '" + name + "', and " + config.sampler()
                        + " takes the timesteps that its model was distilled on."
                        + " Leave the spacing out, or choose another sampler.";
    }

    private Scheduler with(String key, String value, String name) {
        ObjectNode changed = json.deepCopy();
        changed.put(key, value);
        Map<String, String> more = new LinkedHashMap<>(asked);
        more.put(key, name);
        return of(changed, more);
    }

    private static Scheduler of(ObjectNode json, Map<String, String> asked) {
        return new Scheduler(json, SchedulerConfig.parse(json.toString()), Map.copyOf(asked));
    }
}
