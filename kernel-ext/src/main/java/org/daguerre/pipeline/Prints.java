package org.daguerre.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daguerre.image.ContactSheet;
import org.daguerre.image.Picture;
import org.daguerre.run.Comparison;
import org.daguerre.run.Run;
import org.daguerre.sampler.Step;

/** What is laid out of a generation, for files and for notebooks, and what it took. */
public final class Prints {

    /** Small pictures are enlarged to at most this on a sheet of few. */
    private static final int SIDE = 256;

    private static final int FEW = 9;
    private static final int MOST_COLUMNS = 6;
    private static final int PAGE = 780;

    private Prints() {}

    /** All pictures as they are now, each over its seed. */
    public static ContactSheet pictures(Generation generation) {
        return sheet(
                generation.pictures(),
                generation.runs().stream()
                        .map(run -> "seed " + run.sampling().seed())
                        .toList());
    }

    /** {@link #estimates} on one sheet, each over its step. */
    public static ContactSheet path(Generation generation, int i, int most) {
        List<Picture> estimates = estimates(generation, i, most);
        return sheet(
                estimates,
                estimates.stream()
                        .map(estimate -> "step " + estimate.parameters().get("step"))
                        .toList());
    }

    /**
     * What the model took picture i for on the way, evenly spread over the steps made, the last among them.
     *
     * @param most the most pictures, 1 or more
     */
    public static List<Picture> estimates(Generation generation, int i, int most) {
        List<Step> steps = generation.runs().get(i).steps();
        int count = Math.min(most, steps.size());
        var parameters = generation.picture(i).parameters();
        return IntStream.rangeClosed(1, count)
                .map(k -> k * steps.size() / count)
                .mapToObj(step -> Picture.of(
                                generation.model().decode(steps.get(step - 1).denoised()))
                        .with(parameters)
                        .with("step", step))
                .toList();
    }

    /**
     * The pictures of the runs of a comparison that have begun, as they are now, the last axis from left to right, each over what it has on the axes; at
     * the end the reference solutions, if they fit into a row.
     *
     * @throws IllegalArgumentException if its states are no pictures, or no run has begun
     */
    public static ContactSheet comparison(Comparison comparison) {
        List<Picture> pictures = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        for (Comparison.Result result : comparison.results()) {
            Comparison.Entry entry = result.entry();
            if (entry.decode() == null) {
                throw new IllegalArgumentException("the runs are of a model that makes no pictures."
                        + " Look at their table, ComparisonTable.of(comparison).");
            }
            if (!result.hasBegun()) {
                continue;
            }
            Run run = entry.run();
            Step last = run.trajectory().last();
            Picture picture = Picture.of(entry.decode().apply(run.done() || last == null ? run.x() : last.denoised()));
            for (Map.Entry<String, String> at : entry.at().entrySet()) {
                picture = picture.with(at.getKey(), at.getValue());
            }
            pictures.add(picture);
            captions.add(entry.at().entrySet().stream()
                            .map(at -> caption(at.getKey(), at.getValue()))
                            .collect(Collectors.joining(", "))
                    + (run.done() ? "" : " (unfinished)"));
        }
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException("no run has made a step yet, there is no picture. finish() makes them.");
        }
        int columns = columns(comparison.entries());
        if (comparison.solved().size() <= columns) {
            comparison.solved().forEach((at, entry) -> {
                pictures.add(Picture.of(
                        entry.decode().apply(comparison.solution(entry).orElseThrow())));
                captions.add(Stream.concat(
                                Stream.of("reference solution"),
                                at.entrySet().stream().map(axis -> caption(axis.getKey(), axis.getValue())))
                        .collect(Collectors.joining(", ")));
            });
        }
        return ContactSheet.of(pictures.stream()
                        .map(picture -> picture.enlargedWithin(PAGE / columns))
                        .toList())
                .captions(captions)
                .columns(columns)
                .gutter(4);
    }

    private static String caption(String axis, String value) {
        return switch (axis) {
            case "steps" -> value + " steps";
            case "seed", "guidance" -> axis + " " + value;
            default -> value;
        };
    }

    /** As many as the last axis has values, but no more than stand side by side on a page. */
    private static int columns(List<Comparison.Entry> entries) {
        List<String> axes = List.copyOf(entries.get(0).at().keySet());
        int values = (int) entries.stream()
                .map(entry -> axes.isEmpty() ? "" : entry.at().get(axes.get(axes.size() - 1)))
                .distinct()
                .count();
        return Math.min(values, MOST_COLUMNS);
    }

    private static ContactSheet sheet(List<Picture> pictures, List<String> captions) {
        int side = pictures.size() <= FEW ? SIDE : 1;
        return ContactSheet.of(pictures.stream()
                        .map(picture -> picture.enlargedWithin(side))
                        .toList())
                .captions(captions);
    }

    /** Steps, calls and time of all runs, in one line. */
    public static String facts(Generation generation) {
        int made = generation.runs().stream()
                .mapToInt(run -> run.trajectory().length())
                .sum();
        int left = generation.runs().stream()
                .mapToInt(run -> run.trajectory().stepsLeft())
                .sum();
        int calls = generation.runs().stream().mapToInt(run -> run.calls()).sum();
        double milliseconds = generation.runs().stream()
                .flatMap(run -> run.facts().stream())
                .mapToDouble(facts -> facts.milliseconds())
                .sum();
        return String.format(
                Locale.ROOT,
                "%d of %d steps, %d calls of the model, %.2f s",
                made,
                made + left,
                calls,
                milliseconds / 1000);
    }
}
