package org.daguerre.notebook;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.daguerre.sampler.Sampler;

/**
 * Steps as DDIM does, the first for longer than a bar has patience; in the second it says so on standard output and hears no
 * interrupt until it is let go. Cells may name it.
 */
public final class Stuck {

    private static final long LONGER_THAN_THE_BAR_HAS_PATIENCE = 700_000_000L;

    private static volatile CountDownLatch held = new CountDownLatch(0);

    public static final Sampler SAMPLER = Sampler.of("stuck", (x, prediction, level, next) -> {
        if (held.getCount() > 0) {
            if (level.index() == 0) {
                long end = System.nanoTime() + LONGER_THAN_THE_BAR_HAS_PATIENCE;
                while (System.nanoTime() < end) {
                    LockSupport.parkNanos(end - System.nanoTime());
                }
            } else {
                System.out.println("stuck");
                awaitRelease();
            }
        }
        return prediction.denoised().times(next.alpha()).plus(next.sigma(), prediction.noise());
    });

    private Stuck() {}

    static void hold() {
        held = new CountDownLatch(1);
    }

    static void letGo() {
        held.countDown();
    }

    private static void awaitRelease() {
        boolean interrupted = false;
        while (true) {
            try {
                held.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
