package org.daguerre.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.daguerre.image.ContactSheet;
import org.daguerre.image.Picture;
import org.daguerre.image.Theme;
import org.daguerre.pipeline.Generation;
import org.daguerre.pipeline.Request;

/** The pictures of a generation, each with the parameters that made it. */
public final class Prints {

    /** Small pictures are enlarged to at most this on a sheet of few. */
    private static final int SIDE = 256;

    private Prints() {}

    /** Picture i as it is now: finished, or what the model takes it for. */
    public static Picture of(Generation generation, int i) {
        Request request = generation.request();
        var run = generation.runs().get(i);
        return Picture.of(generation.pixels(i))
                .with("prompt", request.prompt())
                .with("negative", request.negative())
                .with("model", generation.model().name())
                .with("sampler", run.sampling().sampler())
                .with("schedule", run.sampling().schedule())
                .with("steps", run.sampling().steps())
                .with("step", run.trajectory().length())
                .with("guidance", run.sampling().guidance())
                .with("seed", run.sampling().seed());
    }

    /** All pictures. */
    public static List<Picture> all(Generation generation) {
        return IntStream.range(0, generation.count())
                .mapToObj(i -> of(generation, i))
                .toList();
    }

    /** All pictures on one sheet, each over its seed. */
    public static Picture sheet(Generation generation, Theme theme) {
        int side = generation.count() <= 9 ? SIDE : 1;
        return ContactSheet.of(all(generation).stream()
                        .map(picture -> picture.enlargedWithin(side))
                        .toList())
                .captions(generation.runs().stream()
                        .map(run -> "seed " + run.sampling().seed())
                        .toList())
                .theme(theme)
                .picture();
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
