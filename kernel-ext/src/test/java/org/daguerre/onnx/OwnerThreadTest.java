package org.daguerre.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class OwnerThreadTest {

    /** The answer, the closing of another model behind it, and the closing of what was opened for nobody. */
    @Test
    @Timeout(60)
    void interruptLeavesALoadThatGoesOnAndIsClosed() throws Exception {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch loaded = new CountDownLatch(1);
        CompletableFuture<String> closed = new CompletableFuture<>();
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread asking = new Thread(() -> {
            try {
                OwnerThread.open(
                        () -> {
                            loading.countDown();
                            loaded.await();
                            return "a model";
                        },
                        closed::complete);
            } catch (CancellationException e) {
                OwnerThread.close(() -> {});
                ended.complete(e);
            }
        });
        asking.start();
        loading.await();
        asking.interrupt();
        try {
            assertTrue(
                    ended.get(30, TimeUnit.SECONDS).getMessage().startsWith("interrupted while the model was loaded"));
            assertEquals(1, loaded.getCount());
        } finally {
            loaded.countDown();
        }
        assertEquals("a model", closed.get(30, TimeUnit.SECONDS));
    }

    @Test
    void interruptBeforeALoadEndsIt() {
        Thread.currentThread().interrupt();
        CancellationException error = null;
        try {
            OwnerThread.open(() -> "a model", model -> {});
        } catch (CancellationException e) {
            error = e;
        }
        assertTrue(error != null && !Thread.currentThread().isInterrupted());
    }
}
