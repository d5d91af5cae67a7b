package org.daguerre.onnx;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The one thread that calls ONNX Runtime. Creation, runs and closing are queued here, so a session cannot be closed while it
 * runs, and deep native recursion finds a stack of 16 MB whatever the caller's is.
 */
final class OwnerThread {

    private static final long STACK_BYTES = 16L << 20;

    private static final ExecutorService QUEUE = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(null, task, "daguerre-onnx", STACK_BYTES);
        thread.setDaemon(true);
        return thread;
    });

    /** Openings under way that nobody waits for. */
    private static final AtomicInteger LEFT = new AtomicInteger();

    private OwnerThread() {}

    /**
     * Runs a task that opens something and waits for it. Native loading cannot be cut short, but it can be left.
     *
     * @param close for what is open when nobody waits for it any more
     * @throws CancellationException after an interrupt, at once
     */
    static <T> T open(Callable<T> task, Consumer<T> close) {
        if (Thread.interrupted()) {
            throw new CancellationException("interrupted before the model was loaded. Load it again.");
        }
        Future<T> future = QUEUE.submit(task);
        try {
            return result(future);
        } catch (InterruptedException e) {
            LEFT.incrementAndGet();
            QUEUE.execute(() -> {
                try {
                    close.accept(future.get());
                } catch (ExecutionException | InterruptedException nothingIsOpen) {
                    // The file was refused, and nobody is there to be told.
                } finally {
                    LEFT.decrementAndGet();
                }
            });
            throw new CancellationException("interrupted while the model was loaded. Load it again.");
        }
    }

    /** Queues the closing of something and waits for it, but not behind an opening that was left. */
    static void close(Runnable task) {
        if (LEFT.get() > 0) {
            later(task);
        } else {
            call(Executors.callable(task));
        }
    }

    /** Runs a task and waits for it; an interrupt waits too and stays pending. */
    static <T> T call(Callable<T> task) {
        Future<T> future = QUEUE.submit(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result(future);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Runs a task and waits for it.
     *
     * @param terminate makes the task end early; called if the waiting thread is interrupted
     * @throws CancellationException after an interrupt: at once if it came before, otherwise once the task has ended
     */
    static <T> T call(Callable<T> task, Runnable terminate) {
        if (Thread.interrupted()) { // a task that ends before it is waited for would hide the interrupt
            throw new CancellationException("interrupted before the model ran. It can be asked again.");
        }
        Future<T> future = QUEUE.submit(task);
        try {
            return result(future);
        } catch (InterruptedException e) {
            terminate.run();
            join(future);
            throw new CancellationException("interrupted while the model ran. It can be asked again.");
        }
    }

    /** Queues a task that nobody waits for. */
    static void later(Runnable task) {
        QUEUE.execute(task);
    }

    private static void join(Future<?> future) {
        while (true) {
            try {
                future.get();
                return;
            } catch (ExecutionException e) {
                return;
            } catch (InterruptedException e) {
                // A second interrupt wants what the first one wanted; the task is already on its way out.
            }
        }
    }

    private static <T> T result(Future<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
