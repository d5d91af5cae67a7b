package org.daguerre.notebook;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.daguerre.image.Picture;
import org.daguerre.image.Theme;
import org.daguerre.pipeline.Generation;
import org.daguerre.run.Comparison;
import org.daguerre.run.Observer;
import org.daguerre.run.Progress;
import org.daguerre.run.Run;

/**
 * Something that takes steps and can be watched.
 *
 * @param observe tells an observer of every call and step
 * @param startFraction the part that was done before
 * @param fraction the part that is done, 0 to 1
 * @param label where it stands, in words
 * @param done whether nothing is left to do
 * @param preview what a run's model now takes its picture for, as HTML; empty if there is nothing to see
 * @param goesOn how one goes on with it when it stands before its end
 * @param afterInterrupt how one goes on, or back, after an interrupt
 * @param kept what is shown of it after an interrupt, below the line that says so
 */
record Work(
        Consumer<Observer> observe,
        double startFraction,
        ToDoubleFunction<Progress> fraction,
        Function<Progress, String> label,
        BooleanSupplier done,
        Function<Run, String> preview,
        String goesOn,
        String afterInterrupt,
        Function<String, MimeBundle> kept) {

    static Work of(Generation generation) {
        return of(
                generation,
                run -> LiveProgress.preview(Picture.of(
                        generation.model().decode(run.trajectory().last().denoised()))));
    }

    static Work of(Generation generation, Function<Run, String> preview) {
        boolean single = generation.count() == 1;
        return new Work(
                generation::observe,
                generation.fraction(),
                progress -> single ? progress.fraction() : generation.fraction(),
                progress -> (single
                                ? ""
                                : "picture " + (generation.runs().indexOf(progress.run()) + 1) + " of "
                                        + generation.count() + ", ")
                        + steps(progress),
                generation::done,
                preview,
                "%step or %finish goes on",
                "%finish goes on, %back returns",
                MimeBundle::text);
    }

    static Work of(Comparison comparison, Theme theme) {
        return new Work(
                comparison::observe,
                comparison.fraction(),
                progress -> comparison.fraction(),
                progress -> comparison.label(progress.run()) + ": " + steps(progress),
                comparison::done,
                run -> preview(comparison, run),
                "%compare goes on",
                "%compare goes on",
                line -> {
                    MimeBundle made = Renderings.comparison(comparison, theme);
                    return MimeBundle.text(line + "\n" + made.data().get(MimeBundle.TEXT))
                            .html("<p>" + MimeBundle.escape(line) + "</p>"
                                    + made.data().get(MimeBundle.HTML));
                });
    }

    private static String preview(Comparison comparison, Run run) {
        return comparison.entries().stream()
                .filter(entry -> entry.run() == run && entry.decode() != null)
                .findFirst()
                .map(entry -> LiveProgress.preview(
                        Picture.of(entry.decode().apply(run.trajectory().last().denoised()))))
                .orElse("");
    }

    private static String steps(Progress progress) {
        return "step " + progress.step() + " of " + progress.steps();
    }
}
