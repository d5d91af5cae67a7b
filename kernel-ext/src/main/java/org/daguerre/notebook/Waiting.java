package org.daguerre.notebook;

import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Says in the cell what it waits for, and for how long, where nobody can tell how far it has come. What is over within a
 * second shows nothing; in the end one line stays.
 */
final class Waiting {

    private static final ScheduledExecutorService TICKS = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "daguerre-waiting");
        thread.setDaemon(true);
        return thread;
    });
    private static final long BETWEEN_TICKS = 200;

    private final Place place;
    private final Supplier<String> what;
    private final LongSupplier clock;
    private final long start;
    private long shown;
    private boolean over;
    private volatile boolean interrupted;

    /**
     * @param what is being done, such as "loading 'tray'"; asked anew at every tick
     * @param clock nanoseconds, as {@link System#nanoTime} counts them
     */
    Waiting(KernelHost host, Supplier<String> what, LongSupplier clock) {
        this.place = new Place(host);
        this.what = what;
        this.clock = clock;
        this.start = clock.getAsLong();
    }

    /** Does something that may take long, and says so while it does. */
    static <T> T during(KernelHost host, String what, Supplier<T> work) {
        return during(host, () -> what, work);
    }

    /** The same where it can be said how far it has come. */
    static <T> T during(KernelHost host, Supplier<String> what, Supplier<T> work) {
        Waiting waiting = new Waiting(host, what, System::nanoTime);
        Future<?> ticks =
                TICKS.scheduleWithFixedDelay(waiting::tick, BETWEEN_TICKS, BETWEEN_TICKS, TimeUnit.MILLISECONDS);
        try {
            return work.get();
        } catch (CancellationException e) {
            waiting.interrupted = true;
            throw e;
        } finally {
            ticks.cancel(false);
            waiting.end();
        }
    }

    /** Shows the seconds gone by, if they are others than those shown. */
    synchronized void tick() {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(clock.getAsLong() - start);
        if (!over && seconds > shown) {
            put(seconds);
        }
    }

    /** Leaves the time that it took, if anything was shown, and shows no more. */
    synchronized void end() {
        over = true;
        if (shown > 0) {
            put(TimeUnit.NANOSECONDS.toSeconds(clock.getAsLong() - start));
        }
    }

    /** What goes wrong in showing this must not end what is waited for. */
    private void put(long seconds) {
        MimeBundle bundle = MimeBundle.text(
                what.get() + (!over ? " ... " : interrupted ? ", interrupted after " : ", ") + seconds + " s");
        try {
            place.put(bundle);
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            over = true;
        }
        shown = seconds;
    }
}
