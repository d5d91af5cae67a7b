package org.daguerre.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.daguerre.onnx.Device;
import org.daguerre.pipeline.Generation;
import org.daguerre.pipeline.Model;
import org.junit.jupiter.api.Test;

class LiveProgressTest {

    private static final int STEPS = 5;

    /** A page on which nothing can be shown. */
    private record Page(RuntimeException failure) implements KernelHost {

        @Override
        public String name() {
            return "page";
        }

        @Override
        public void lineMagic(String name, LineMagic magic) {}

        @Override
        public void cellMagic(String name, CellMagic magic) {}

        @Override
        public <T> void renderer(Class<T> type, Function<? super T, MimeBundle> renderer) {}

        @Override
        public void display(String id, MimeBundle bundle) {
            throw failure;
        }

        @Override
        public void update(String id, MimeBundle bundle) {
            throw failure;
        }

        @Override
        public void eval(String source) {}

        @Override
        public void onShutdown(Runnable action) {}
    }

    private static void finish(Generation generation, RuntimeException failure) {
        AtomicLong clock = new AtomicLong();
        try (LiveProgress progress =
                new LiveProgress(new Page(failure), generation, () -> clock.addAndGet(TimeUnit.SECONDS.toNanos(1)))) {
            generation.finish();
        }
    }

    @Test
    void failureToShowDoesNotEndTheRun() {
        try (Model model = Model.load(Path.of("..", "models", "exact"), Device.CPU)) {
            Generation generation = model.prompt("").steps(STEPS).start();
            finish(generation, new IllegalStateException("no page"));
            assertTrue(generation.done());
        }
    }

    @Test
    void interruptThatFindsThePreviewEndsTheRunAndItGoesOn() {
        try (Model model = Model.load(Path.of("..", "models", "exact"), Device.CPU)) {
            Generation generation = model.prompt("").steps(STEPS).start();
            assertThrows(CancellationException.class, () -> finish(generation, new CancellationException("stop")));
            assertFalse(generation.done());
            assertEquals(
                    model.prompt("").steps(STEPS).start().finish().pixels(),
                    generation.finish().pixels());
        }
    }
}
