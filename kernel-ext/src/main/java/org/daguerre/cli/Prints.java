package org.daguerre.cli;

import java.util.Locale;
import org.daguerre.image.ContactSheet;
import org.daguerre.image.Picture;
import org.daguerre.image.Theme;
import org.daguerre.pipeline.Generation;

/** A generation in one picture and in one line. */
public final class Prints {

    /** Small pictures are enlarged to at most this on a sheet of few. */
    private static final int SIDE = 256;

    private Prints() {}

    /** All pictures on one sheet, each over its seed. */
    public static Picture sheet(Generation generation, Theme theme) {
        int side = generation.count() <= 9 ? SIDE : 1;
        return ContactSheet.of(generation.pictures().stream()
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
