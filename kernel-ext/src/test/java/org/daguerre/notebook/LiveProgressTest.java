package org.daguerre.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.imageio.ImageIO;
import org.daguerre.image.Picture;
import org.daguerre.image.Theme;
import org.daguerre.notebook.Page.Shown;
import org.daguerre.onnx.Device;
import org.daguerre.pipeline.Generation;
import org.daguerre.pipeline.Model;
import org.daguerre.pipeline.Request;
import org.daguerre.run.Comparison;
import org.daguerre.run.Progress;
import org.daguerre.run.Run;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiveProgressTest {

    private static final int STEPS = 5;

    private static void finish(Generation generation, RuntimeException failure) {
        finish(generation, new Page(failure));
    }

    private static void finish(Generation generation, Page page) {
        AtomicLong clock = new AtomicLong();
        try (LiveProgress progress =
                new LiveProgress(page, Work.of(generation), () -> clock.addAndGet(TimeUnit.SECONDS.toNanos(1)))) {
            generation.finish();
        }
    }

    private static final Path EXACT = Path.of("..", "models", "exact");

    /** Tells the progress of a run at times given, and has what the page then shows. */
    private static final class Told implements AutoCloseable {
        private final Model model = Model.load(EXACT, Device.CPU);
        private final Page page = new Page();
        private final Generation generation =
                model.prompt("").steps(STEPS).start().step(1);
        private final LiveProgress live = new LiveProgress(
                page, Work.of(generation, this::preview), () -> TimeUnit.MILLISECONDS.toNanos(this.milliseconds));
        private long milliseconds;
        private long cost;
        private int previews;

        private String preview(Run run) {
            milliseconds += cost;
            previews++;
            return "";
        }

        void at(long milliseconds, boolean stepDone) {
            this.milliseconds = milliseconds;
            live.on(new Progress(generation.run(), 1, STEPS, 1, STEPS, stepDone));
        }

        @Override
        public void close() {
            model.close();
        }
    }

    private static String html(Shown shown) {
        return shown.bundle().data().get(MimeBundle.HTML);
    }

    @Test
    void whatIsOverWithinHalfASecondShowsNothing() {
        try (Told told = new Told()) {
            told.at(100, true);
            told.at(499, true);
            told.live.close();
            assertEquals(List.of(), told.page.shown());
        }
    }

    @Test
    void atMostTenUpdatesASecondGoThroughOneDisplay() {
        try (Told told = new Told()) {
            for (int at = 500; at < 1500; at += 7) {
                told.at(at, true);
            }
            List<Shown> shown = told.page.shown();
            assertTrue(shown.size() == 10, shown.size() + " updates");
            assertEquals(1, shown.stream().map(Shown::id).distinct().count());
            assertFalse(shown.get(0).update());
            assertTrue(shown.stream().skip(1).allMatch(Shown::update));
        }
    }

    @Test
    void answersWithinAStepUpdateOnceASecond() {
        try (Told told = new Told()) {
            for (int at = 500; at < 3500; at += 7) {
                told.at(at, false);
            }
            assertEquals(3, told.page.shown().size());
        }
    }

    @Test
    void plainTextSaysAsMuchAsTheBar() {
        try (Told told = new Told()) {
            told.at(2000, true);
            Shown shown = told.page.shown().get(0);
            assertTrue(shown.text().matches("\\[#{4}\\.{16}\\] step 1 of 5.*"), shown.text());
            assertTrue(html(shown).contains("<progress max=\"1\" value=\"0.200\""), html(shown));
            assertTrue(html(shown).contains("step 1 of 5"), html(shown));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 34", "10, 33", "200, 5", "2000, 1"})
    void previewsTakeATenthOfTheTimeAtMost(long cost, int most) {
        try (Told told = new Told()) {
            told.cost = cost;
            for (long at = 500; at < 10_500; at = told.milliseconds + 10) {
                told.at(at, true);
            }
            assertEquals(most, told.previews);
        }
    }

    @Test
    void previewIsSentNoLargerThanItIsSeenAndASmallOneAsItIs() throws IOException {
        for (int[] size : new int[][] {{512, 256, 192, 96}, {32, 32, 32, 32}, {4000, 1, 192, 1}}) {
            Picture estimate = Picture.of(size[0], size[1], new int[size[0] * size[1]]);
            String html = LiveProgress.preview(estimate);
            String png = html.replaceFirst("(?s).*base64,", "").replaceFirst("\".*", "");
            var sent = ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(png)));
            assertEquals(size[2], sent.getWidth());
            assertEquals(size[3], sent.getHeight());
            assertTrue(html.contains("width=\"192\""), html);
        }
    }

    @Test
    void failureToShowDoesNotEndTheRun() {
        try (Model model = Model.load(EXACT, Device.CPU)) {
            Generation generation = model.prompt("").steps(STEPS).start();
            finish(generation, new IllegalStateException("no page"));
            assertTrue(generation.done());
        }
    }

    @Test
    void pageThatIsGoneBeforeTheLastLineDoesNotEndTheRun() {
        Page gone = new Page() {
            @Override
            void update(Shown next) {
                throw new IllegalStateException("no page");
            }
        };
        try (Model model = Model.load(EXACT, Device.CPU)) {
            Generation generation = model.prompt("").steps(STEPS).start();
            finish(generation, gone);
            assertTrue(generation.done());
            assertEquals(1, gone.shown().size());
        }
    }

    @Test
    void interruptIsTheLastThatTheBarSays() {
        try (Told told = new Told()) {
            told.at(2000, true);
            assertThrows(
                    CancellationException.class,
                    () -> told.live.watch(() -> {
                        throw new CancellationException("stop");
                    }));
            told.live.close();
            assertEquals(
                    "interrupted at step 1 of 5; %finish goes on, %back returns",
                    told.page.shown().get(1).text());
        }
    }

    @Test
    void interruptedComparisonShowsWhatIsMadeInThePlaceOfTheBar() {
        try (Model model = Model.load(EXACT, Device.CPU)) {
            Comparison comparison = model.prompt("two")
                    .compare(grid -> grid.axis("steps", List.of(2, 3, 4), Request::steps))
                    .reference(0);
            Page page = new Page() {
                @Override
                void update(Shown next) {
                    super.update(next);
                    if (next.text().contains("run 2 of 3")) {
                        comparison.cancel();
                    }
                }
            };
            AtomicLong clock = new AtomicLong();
            try (LiveProgress progress = new LiveProgress(
                    page, Work.of(comparison, Theme.LIGHT), () -> clock.addAndGet(TimeUnit.SECONDS.toNanos(1)))) {
                assertThrows(CancellationException.class, () -> progress.watch(comparison::finish));
            }
            Shown last = page.shown().get(page.shown().size() - 1);
            assertTrue(last.text().startsWith("interrupted at run 2 of 3"), last.text());
            assertTrue(last.text().contains("not begun: 1 run, run 3 of 3, 4"), last.text());
            assertTrue(html(last).contains("<table>") && html(last).contains("2 steps"), html(last));
            assertFalse(html(last).contains("4 steps"), html(last));
            assertEquals(1, page.shown().stream().map(Shown::id).distinct().count());
        }
    }

    @Test
    void interruptThatFindsThePreviewEndsTheRunAndItGoesOn() {
        try (Model model = Model.load(EXACT, Device.CPU)) {
            Generation generation = model.prompt("").steps(STEPS).start();
            assertThrows(CancellationException.class, () -> finish(generation, new CancellationException("stop")));
            assertFalse(generation.done());
            assertEquals(
                    model.prompt("").steps(STEPS).start().finish().pixels(),
                    generation.finish().pixels());
        }
    }
}
