package org.daguerre.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.daguerre.notebook.Page.Shown;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WaitingTest {

    private final AtomicLong clock = new AtomicLong();
    private final Page page = new Page();
    private final Waiting waiting = new Waiting(page, () -> "loading 'tray'", clock::get);

    private void tickAt(long milliseconds) {
        clock.set(TimeUnit.MILLISECONDS.toNanos(milliseconds));
        waiting.tick();
    }

    private List<String> texts() {
        return page.shown().stream().map(Shown::text).toList();
    }

    @Test
    void whatIsOverWithinASecondShowsNothing() {
        tickAt(200);
        tickAt(999);
        waiting.end();
        assertEquals(List.of(), page.shown());
    }

    @Test
    void longerWaitsSayTheirSecondsInOnePlaceAndLeaveALine() {
        for (long at = 0; at <= 2_600; at += 200) {
            tickAt(at);
        }
        waiting.end();
        tickAt(9_000);
        assertEquals(List.of("loading 'tray' ... 1 s", "loading 'tray' ... 2 s", "loading 'tray', 2 s"), texts());
        assertEquals(
                List.of(false, true, true),
                page.shown().stream().map(Shown::update).toList());
        assertEquals(1, page.shown().stream().map(Shown::id).distinct().count());
    }

    @Test
    @Timeout(60)
    void messageComesWhileTheWorkGoesOn() {
        String made = Waiting.during(page, "loading 'tray'", () -> {
            page.awaitSomething();
            return "made";
        });
        assertEquals("made", made);
        assertTrue(texts().get(0).startsWith("loading 'tray' ... "), texts().toString());
        assertTrue(texts().get(texts().size() - 1).startsWith("loading 'tray', "), texts().toString());
    }

    @Test
    void failureOfTheWorkComesOut() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Waiting.during(page, "loading 'tray'", () -> {
                    throw new IllegalArgumentException("damaged");
                }));
    }

    @Test
    void pageOnWhichNothingCanBeShownEndsNothing() {
        Waiting unseen = new Waiting(new Page(new IllegalStateException("no page")), () -> "loading", clock::get);
        clock.set(TimeUnit.SECONDS.toNanos(5));
        unseen.tick();
        unseen.end();
    }
}
