package org.daguerre.notebook;

import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.daguerre.image.Picture;
import org.daguerre.run.Observer;
import org.daguerre.run.Progress;
import org.daguerre.run.ProgressText;

/**
 * Shows in the cell how some work comes on: a bar, the step, the time left, and what the model now takes the picture for.
 * What is over in less than half a second shows nothing; in the end one line stays.
 */
final class LiveProgress implements Observer, AutoCloseable {

    private static final long PATIENCE = 500_000_000L;
    private static final long BETWEEN_UPDATES = 100_000_000L;
    private static final long BETWEEN_CALLS = 1_000_000_000L;
    private static final long BETWEEN_PREVIEWS = 300_000_000L;

    /** A preview may be drawn when this many times its own time has gone by, so that all of them cost under a tenth. */
    private static final int PREVIEW_SHARE = 10;

    private static final int PREVIEW = 192;

    private final Place place;
    private final Work work;
    private final LongSupplier clock;
    private final long start;
    private boolean interrupted;
    private long lastUpdate;
    private long nextPreview = Long.MIN_VALUE;
    private String preview = "";
    private String label = "";

    /** @param clock nanoseconds, as {@link System#nanoTime} counts them */
    LiveProgress(KernelHost host, Work work, LongSupplier clock) {
        this.place = new Place(host);
        this.work = work;
        this.clock = clock;
        this.start = clock.getAsLong();
        work.observe().accept(this);
    }

    /** Does something and shows meanwhile how it comes on. */
    static <T> T during(KernelHost host, Work work, Supplier<T> action) {
        try (LiveProgress progress = new LiveProgress(host, work, System::nanoTime)) {
            return progress.watch(action);
        }
    }

    /** Does the work that is shown, and notices when it is interrupted. */
    <T> T watch(Supplier<T> work) {
        try {
            return work.get();
        } catch (CancellationException e) {
            interrupted = true;
            throw e;
        }
    }

    /** What goes wrong in showing progress must not end the run; an interrupt must, and it may find us decoding a preview. */
    @Override
    public void on(Progress progress) {
        try {
            show(progress);
        } catch (CancellationException interrupted) {
            throw interrupted;
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            preview = "";
        }
    }

    private void show(Progress progress) {
        label = work.label().apply(progress);
        long now = clock.getAsLong();
        long pause = progress.stepDone() ? BETWEEN_UPDATES : BETWEEN_CALLS;
        if (now - start < PATIENCE || !place.isEmpty() && now - lastUpdate < pause) {
            return;
        }
        if (progress.stepDone() && now >= nextPreview) {
            preview = work.preview().apply(progress.run());
            long drawn = clock.getAsLong();
            nextPreview = drawn + Math.max(BETWEEN_PREVIEWS, PREVIEW_SHARE * (drawn - now));
        }
        double fraction = work.fraction().applyAsDouble(progress);
        place.put(bundle(ProgressText.of(label, fraction, work.startFraction(), (now - start) / 1e9)));
        lastUpdate = clock.getAsLong();
    }

    /** A picture as HTML of one size on the page, and sent with no more pixels than are seen there. */
    static String preview(Picture estimate) {
        int longest = Math.max(estimate.width(), estimate.height());
        int width = Math.max(1, estimate.width() * PREVIEW / longest);
        int height = Math.max(1, estimate.height() * PREVIEW / longest);
        return "<img alt=\"what the model now takes the picture for\" width=\"" + width + "\" height=\"" + height
                + "\" src=\"data:image/png;base64,"
                + Base64.getEncoder()
                        .encodeToString(estimate.reducedWithin(PREVIEW).png()) + "\"/>";
    }

    private MimeBundle bundle(ProgressText text) {
        String left = text.timeLeft();
        return MimeBundle.text(text.toString())
                .html("<div><progress max=\"1\" value=\"" + String.format(Locale.ROOT, "%.3f", text.fraction())
                        + "\" style=\"width:192px\"></progress> " + MimeBundle.escape(text.label())
                        + (left.isEmpty() ? "" : ", " + left) + "<br/>" + preview + "</div>");
    }

    /** Leaves one line in the place of bar and preview, and after an interrupt what is kept. */
    @Override
    public void close() {
        work.observe().accept(progress -> {});
        if (!place.isEmpty()) {
            try {
                place.put(MimeBundle.text(lastLine()));
                if (interrupted) { // may take seconds to draw
                    place.put(work.kept().apply(lastLine()));
                }
            } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
                label = ""; // the run is worth more than its last line
            }
        }
    }

    private String lastLine() {
        if (interrupted) {
            return "interrupted at " + label + "; " + work.afterInterrupt();
        }
        double seconds = (clock.getAsLong() - start) / 1e9;
        return String.format(Locale.ROOT, "%s, %.1f s", label, seconds)
                + (work.done().getAsBoolean() ? "" : "; " + work.goesOn());
    }
}
