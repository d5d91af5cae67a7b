package org.daguerre.argument;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daguerre.name.Names;
import org.daguerre.pipeline.Model;
import org.daguerre.pipeline.Request;
import org.daguerre.run.Comparison;
import org.daguerre.run.Grid;
import picocli.CommandLine.Option;

/**
 * The options of a comparison: those that take several values, parted by commas, are its axes. What is not given is as in one
 * picture.
 */
public final class ComparisonOptions {

    private static final Pattern RANGE = Pattern.compile("(-?\\d{1,18})\\.\\.(-?\\d{1,18})");
    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,18}");

    private final Choices choices;

    @Option(names = "--model", paramLabel = "NAMES", description = "models by name or folder, such as exact,tray")
    private String models;

    @Option(
            names = "--schedule",
            paramLabel = "NAMES",
            completionCandidates = MethodOptions.ScheduleNames.class,
            description = "noise schedules, some of " + Arguments.VALUES)
    private String schedules;

    @Option(names = "--guidance", paramLabel = "WS", description = "guidance scales, such as 1,3,7.5")
    private String guidances;

    @Option(names = "--seed", paramLabel = "NS", description = "seeds, such as 1,2,3 or 1..3")
    private String seeds;

    @Option(
            names = "--spacing",
            paramLabel = "NAMES",
            completionCandidates = MethodOptions.SpacingNames.class,
            description = "timesteps, some of " + Arguments.VALUES)
    private String spacings;

    @Option(
            names = "--sampler",
            paramLabel = "NAMES",
            completionCandidates = MethodOptions.SamplerNames.class,
            description = "samplers, some of " + Arguments.VALUES)
    private String samplers;

    @Option(names = "--steps", paramLabel = "NS", description = "numbers of steps, such as 5,10,20 or 4..8")
    private String steps;

    @Option(names = "--negative", paramLabel = "TEXT", description = "what guidance leads away from, in double quotes")
    private String negative;

    @Option(
            names = "--reference",
            paramLabel = "N",
            description = "the steps of the reference solution, 2 to 10000, or 0 for none (default: "
                    + Comparison.REFERENCE_STEPS + ")")
    private Integer reference;

    /** @param choices what names can stand for */
    public ComparisonOptions(Choices choices) {
        this.choices = choices;
    }

    /** Standard names alone. */
    public ComparisonOptions() {
        this(Choices.STANDARD);
    }

    /** True if nothing was given. */
    public boolean isEmpty() {
        return models == null
                && schedules == null
                && guidances == null
                && seeds == null
                && spacings == null
                && samplers == null
                && steps == null
                && negative == null
                && reference == null;
    }

    /**
     * The comparison at its start.
     *
     * @param named a model by its name
     * @param usual the model if none is named
     * @throws IllegalArgumentException if nothing varies, a value is none, or the grid is too big
     */
    public Comparison start(String prompt, Function<String, Model> named, Supplier<Model> usual) {
        List<String> modelNames = models == null ? List.of() : list("--model", models);
        Model first = modelNames.isEmpty() ? usual.get() : named.apply(modelNames.get(0));
        Request request = first.prompt(prompt);
        Comparison comparison = (negative == null ? request : request.negative(negative)).compare(grid -> {
            Grid<Request> varied = grid;
            varied = axis(varied, "model", modelNames, (asked, name) -> asked.model(named.apply(name)));
            varied = axis(varied, "schedule", schedules, choices::schedule);
            varied = axis(varied, "guidance", guidances, (asked, typed) -> asked.guidance(choices.guidance(typed)));
            varied = axis(varied, "seed", wholes("--seed", seeds), (asked, seed) -> asked.seed(Long.parseLong(seed)));
            varied = axis(varied, "sampler", samplers, choices::sampler);
            varied = axis(varied, "spacing", spacings, choices::spacing);
            varied = axis(varied, Comparison.STEPS, wholes("--steps", steps), ComparisonOptions::steps);
            if (varied.points().get(0).at().isEmpty()) {
                throw new IllegalArgumentException("no option has more than one value, so nothing is compared."
                        + " Give a list, such as --sampler ddim,heun or --steps 5,10,20.");
            }
            return varied;
        });
        return reference == null ? comparison : comparison.reference(reference);
    }

    private static Request steps(Request asked, String steps) {
        long number = Long.parseLong(steps);
        if (number != (int) number) {
            throw new IllegalArgumentException("--steps has " + number + ", more than fits. Give 1 to 1000.");
        }
        return asked.steps((int) number);
    }

    private Grid<Request> axis(
            Grid<Request> grid, String name, String typed, BiFunction<Request, String, Request> change) {
        return axis(grid, name, typed == null ? List.of() : list("--" + name, typed), change);
    }

    /** An axis if there are several values; a single one holds for all runs. */
    private static Grid<Request> axis(
            Grid<Request> grid, String name, List<String> values, BiFunction<Request, String, Request> change) {
        if (values.size() > 1) {
            return grid.axis(name, values, change);
        }
        return values.isEmpty() ? grid : grid.map(request -> change.apply(request, values.get(0)));
    }

    private static List<String> list(String option, String typed) {
        Set<String> values = new LinkedHashSet<>();
        for (String value : typed.split(",", -1)) {
            if (value.isBlank()) {
                throw new IllegalArgumentException(option + " is " + Names.quoted(typed)
                        + ", with an empty value. Give values parted by commas, without blanks.");
            }
            values.add(value.strip());
        }
        return List.copyOf(values);
    }

    /** Whole numbers, and ranges of them. */
    private static List<String> wholes(String option, String typed) {
        Map<String, String> numbers = new LinkedHashMap<>();
        for (String value : typed == null ? List.<String>of() : list(option, typed)) {
            Matcher range = RANGE.matcher(value);
            if (range.matches()) {
                long from = Long.parseLong(range.group(1));
                long to = Long.parseLong(range.group(2));
                if (to < from || to - from >= Grid.MOST) {
                    throw new IllegalArgumentException(option + " is " + Names.quoted(value) + ", "
                            + (to < from ? "a range that falls" : "a range of more than " + Grid.MOST)
                            + ". Give the smaller number first, and at most " + Grid.MOST + " numbers.");
                }
                for (long number = from; number <= to; number++) {
                    numbers.put(Long.toString(number), "");
                }
            } else if (WHOLE.matcher(value).matches()) {
                numbers.put(Long.toString(Long.parseLong(value)), "");
            } else {
                throw new IllegalArgumentException(option + " has " + Names.quoted(value)
                        + ", not a whole number. Give a list such as 5,10,20, or a range such as 4..8.");
            }
        }
        return new ArrayList<>(numbers.keySet());
    }
}
