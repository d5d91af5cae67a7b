package org.daguerre.argument;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.guidance.Guidance;
import org.daguerre.name.Names;
import org.daguerre.pipeline.Request;
import org.daguerre.sampler.Sampler;
import org.daguerre.sampler.Samplers;
import org.daguerre.schedule.Ladder;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.NoiseSchedules;
import org.daguerre.schedule.Spacing;

/**
 * What a typed name stands for: a standard sampler, schedule, spacing, guidance or prediction type, or a {@linkplain
 * Variables variable} that holds one of its own. A name that could mean either is refused.
 */
public final class Choices {

    /** The standard names alone. */
    static final Choices STANDARD = new Choices(Variables.NONE);

    private final Variables variables;

    public Choices(Variables variables) {
        this.variables = variables;
    }

    /** The request with a sampler: a standard one with the model's own options, or one of one's own as it is. */
    Request sampler(Request request, String name) {
        return ownSampler(name).map(request::sampler).orElseGet(() -> request.sampler(name));
    }

    /** A sampler, as its paper has it or of one's own. */
    public Sampler sampler(String name) {
        return ownSampler(name).orElseGet(() -> Samplers.named(name));
    }

    private Optional<Sampler> ownSampler(String name) {
        return own("sampler", name, Samplers.names(), Sampler.class, Sampler.Rule.class)
                .map(own -> own instanceof Sampler.Rule rule
                        ? Sampler.of(name, rule)
                        : NamedKind.sampler(name, (Sampler) own));
    }

    /** The request with a schedule: a standard one over the model's own range of betas, or one of one's own. */
    Request schedule(Request request, String name) {
        return ownSchedule(name, NoiseSchedules.ofBetas())
                .map(request::schedule)
                .orElseGet(() -> request.schedule(name));
    }

    /** A schedule, as its paper has it or of one's own. */
    public NoiseSchedule schedule(String name) {
        return ownSchedule(name, NoiseSchedules.names()).orElseGet(() -> NoiseSchedules.named(name));
    }

    private Optional<NoiseSchedule> ownSchedule(String name, Collection<String> standard) {
        return own("schedule", name, standard, NoiseSchedule.class)
                .map(own -> NamedKind.schedule(name, (NoiseSchedule) own));
    }

    /** The request with a spacing: timesteps or a ladder by name, or of one's own. */
    Request spacing(Request request, String name) {
        return own("spacing", name, Spacing.names(), Spacing.class, Ladder.class)
                .map(own -> own instanceof Ladder ladder
                        ? request.spacing(NamedKind.ladder(name, ladder))
                        : request.spacing(NamedKind.spacing(name, (Spacing) own)))
                .orElseGet(() -> request.spacing(name));
    }

    /**
     * A guidance scale, or a guidance rule of one's own.
     *
     * @throws IllegalArgumentException if the text is neither; the message says what it may be
     */
    public Guidance guidance(String typed) {
        double scale;
        try {
            scale = Double.parseDouble(typed);
        } catch (NumberFormatException e) {
            return own("guidance", typed, List.of(), Guidance.class, Guidance.Rule.class)
                    .map(own -> NamedKind.guidance(
                            typed, own instanceof Guidance.Rule rule ? Guidance.of(rule) : (Guidance) own))
                    .orElseThrow(() -> notANumber(typed));
        }
        if (!Double.isFinite(scale)) {
            throw notANumber(typed);
        }
        return Guidance.scale(scale);
    }

    private static IllegalArgumentException notANumber(String typed) {
        return new IllegalArgumentException(
                "--guidance is " + Names.quoted(typed) + ", not a number. Give a scale, 1 is"
                        + " none and 3 to 7.5 are usual; in a notebook also a variable that holds a Guidance.");
    }

    /** The request with its network's answers read in another way: a standard prediction type, or one of one's own. */
    Request prediction(Request request, String name) {
        Map<String, PredictionType> standard = new LinkedHashMap<>();
        PredictionType.standard().forEach(type -> standard.put(type.toString(), type));
        return own("prediction type", name, standard.keySet(), PredictionType.class)
                .map(own -> request.prediction(NamedKind.predictionType(name, (PredictionType) own)))
                .orElseGet(() ->
                        request.prediction(standard.get(Names.known("prediction type", name, standard.keySet()))));
    }

    /** The variable of this name, if there is one and no standard name means something else. */
    private Optional<Object> own(String kind, String name, Collection<String> standard, Class<?>... types) {
        Optional<Object> found = variables.find(name);
        if (found.isEmpty()) {
            return found;
        }
        boolean fits = List.of(types).stream().anyMatch(type -> type.isInstance(found.get()));
        boolean known = standard.stream().anyMatch(name::equalsIgnoreCase);
        if (fits && known) {
            throw new IllegalArgumentException(kind + " " + Names.quoted(name)
                    + " is a standard one, and a variable as well. Give the variable another name.");
        }
        if (!fits && !known) {
            throw new IllegalArgumentException(kind + " " + Names.quoted(name) + " is a variable of type "
                    + found.get().getClass().getSimpleName() + ". Give one of type " + simple(types[0])
                    + (standard.isEmpty() ? "." : ", or one of: " + String.join(", ", standard) + "."));
        }
        return fits ? found : Optional.empty();
    }

    private static String simple(Class<?> type) {
        return type.getSimpleName();
    }
}
