package org.daguerre.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.daguerre.image.Theme;
import org.junit.jupiter.api.Test;

class SessionTest {

    private final Session session = new Session(Duration.ZERO);
    private final Page page = new Page();
    private final Object run = new Object();

    @Test
    void whatIsStuckIsWaitedForNoLongerThanPatienceHolds() {
        String message = session.work(
                page,
                run,
                () -> assertThrows(IllegalStateException.class, () -> session.work(page, run, () -> "worked on twice"))
                        .getMessage());
        assertTrue(message.startsWith("what was interrupted has not stopped within 0 s"), message);
        assertEquals("free again", session.work(page, run, () -> "free again"));
    }

    @Test
    void whatIsStuckDoesNotStopOtherWork() {
        assertEquals("made", session.work(page, run, () -> session.work(page, new Object(), () -> "made")));
    }

    @Test
    void failurePutsBackWhatWasCurrentAndAnInterruptDoesNot() {
        Session.State before = session.state();
        for (boolean interrupt : new boolean[] {false, true}) {
            assertThrows(
                    RuntimeException.class,
                    () -> session.work(page, run, now -> now.theme(Theme.DARK), () -> {
                        throw interrupt ? new CancellationException("stop") : new IllegalStateException("mistake");
                    }));
            assertEquals(interrupt ? Theme.DARK : before.theme(), session.theme());
        }
    }

    @Test
    void failureOfWorkWithinWorkPutsBackWhatWasCurrentBeforeBoth() {
        Session.State before = session.state();
        assertThrows(
                IllegalStateException.class,
                () -> session.work(
                        page,
                        run,
                        now -> now.comparison(null),
                        () -> session.work(page, new Object(), now -> now.theme(Theme.DARK), () -> {
                            throw new IllegalStateException("mistake");
                        })));
        assertSame(before, session.state());
    }

    @Test
    void interruptBeforeTheBeginningMakesNothingCurrent() {
        Thread.currentThread().interrupt();
        assertThrows(
                CancellationException.class, () -> session.work(page, run, now -> now.theme(Theme.DARK), () -> "made"));
        assertEquals(Theme.LIGHT, session.theme());
    }
}
