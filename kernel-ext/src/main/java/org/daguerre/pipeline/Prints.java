package org.daguerre.pipeline;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.daguerre.image.ContactSheet;
import org.daguerre.image.Picture;
import org.daguerre.sampler.Step;

/** What is laid out of a generation, for files and for notebooks, and what it took. */
public final class Prints {

    /** Small pictures are enlarged to at most this on a sheet of few. */
    private static final int SIDE = 256;

    private static final int FEW = 9;

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
