package org.daguerre.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Locale;
import org.daguerre.name.Names;
import org.daguerre.sampler.Samplers;
import org.daguerre.sampler.SchedulerConfig;
import org.daguerre.schedule.NoiseSchedules;
import org.daguerre.schedule.TimestepSpacing;

/**
 * A model's scheduler_config.json, and what becomes of it when one of its choices is replaced: the rest stays, as with
 * diffusers' {@code from_config}.
 */
record Scheduler(ObjectNode json, SchedulerConfig config) {

    static Scheduler read(Path file) {
        ObjectNode json = ModelFolder.json(file);
        return new Scheduler(json, SchedulerConfig.parse(json.toString()));
    }

    /** The sampler of a name with the model's own options. */
    Scheduler sampler(String name) {
        String className = switch (name.toLowerCase(Locale.ROOT)) {
            case "ddpm" -> "DDPMScheduler";
            case "ddim" -> "DDIMScheduler";
            case "euler" -> "EulerDiscreteScheduler";
            case "euler-ancestral" -> "EulerAncestralDiscreteScheduler";
            case "heun" -> "HeunDiscreteScheduler";
            case "dpmpp-2m" -> "DPMSolverMultistepScheduler";
            case "pndm" -> "PNDMScheduler";
            case "lcm" -> "LCMScheduler";
            case "unipc" -> "UniPCMultistepScheduler";
            default -> throw new IllegalArgumentException(Samplers.named(name) + " has no scheduler class.");
        };
        return with("_class_name", className);
    }

    /** Another beta schedule over the model's own range of betas. */
    Scheduler schedule(String name) {
        String known = Names.known("schedule", name, NoiseSchedules.ofBetas());
        return with("beta_schedule", known.equals("cosine") ? "squaredcos_cap_v2" : known);
    }

    /** leading, trailing or linspace. */
    Scheduler spacing(String name) {
        return with("timestep_spacing", Names.known("spacing", name, TimestepSpacing.names()));
    }

    private Scheduler with(String key, String value) {
        ObjectNode changed = json.deepCopy();
        changed.put(key, value);
        return new Scheduler(changed, SchedulerConfig.parse(changed.toString()));
    }
}
