package org.daguerre.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxModelTest {

    @TempDir
    Path folder;

    private OnnxModel doubling() {
        return OnnxModel.load(
                Graphs.graph()
                        .input("x", DataType.FLOAT, "batch", 2)
                        .node("Add", List.of("x", "x"), "twice")
                        .node("Add", List.of("twice", "x"), "y")
                        .output("y", DataType.FLOAT, "batch", 2)
                        .write(folder.resolve("m").resolve("model.onnx")),
                Device.CPU);
    }

    private static Tensor row(float... values) {
        return Tensor.of(values, 1, values.length);
    }

    @Test
    void answersDoNotChangeWhenLaterRunsOverwriteTheBuffers() {
        try (OnnxModel model = doubling()) {
            Tensor first = model.run(Map.of("x", row(1, 2)), "y");
            Tensor second = model.run(Map.of("x", row(10, 20)), "y");
            Tensor third = model.run(Map.of("x", row(100, 200)), "y");

            assertEquals(row(3, 6), first);
            assertEquals(row(30, 60), second);
            assertEquals(row(300, 600), third);
        }
    }

    @Test
    void varyingAxesMayChangeFromRunToRunMoreOftenThanBuffersAreKept() {
        try (OnnxModel model = doubling()) {
            for (int round = 0; round < 2; round++) {
                for (int batch = 1; batch <= 20; batch++) {
                    Tensor x = Tensor.filled(batch, batch, 2);
                    assertEquals(x.times(3), model.run(Map.of("x", x), "y"));
                }
            }
        }
    }

    @Test
    void innerValuesBecomeOutputsWithoutChangingTheOthers() {
        Path file = Graphs.graph()
                .input("x", DataType.FLOAT, "batch", 2)
                .node("Add", List.of("x", "x"), "twice")
                .node("Add", List.of("twice", "x"), "y")
                .output("y", DataType.FLOAT, "batch", 2)
                .write(folder.resolve("m").resolve("model.onnx"));
        try (OnnxModel model = OnnxModel.load(file, Device.CPU, List.of("twice"))) {
            Map<String, Tensor> answers = model.run(Map.of("x", row(1, 2)), List.of("twice", "y"));

            assertEquals(row(2, 4), answers.get("twice"));
            assertEquals(row(3, 6), answers.get("y"));
            assertEquals(List.of("y"), model.graph().outputs());
        }
    }

    @Test
    void otherOutputsMayBeWantedOfInputsOfTheSameShape() {
        Path file = Graphs.graph()
                .input("x", DataType.FLOAT, "batch", 2)
                .node("Add", List.of("x", "x"), "twice")
                .node("Add", List.of("twice", "x"), "y")
                .output("y", DataType.FLOAT, "batch", 2)
                .output("twice", DataType.FLOAT, "batch", 2)
                .write(folder.resolve("m").resolve("model.onnx"));
        try (OnnxModel model = OnnxModel.load(file, Device.CPU)) {
            for (int round = 1; round <= 3; round++) {
                Tensor x = row(round, -round);
                assertEquals(Map.of("y", x.times(3)), model.run(Map.of("x", x), List.of("y")));
                assertEquals(Map.of("twice", x.times(2)), model.run(Map.of("x", x), List.of("twice")));
                Map<String, Tensor> both = model.run(Map.of("x", x), List.of("twice", "y"));
                assertEquals(List.of("twice", "y"), List.copyOf(both.keySet()));
                assertEquals(Map.of("twice", x.times(2), "y", x.times(3)), both);
            }
        }
    }

    @Test
    void repeatedRunsAreCheckedLikeOneAndLeaveTheModelAsItWas() {
        OnnxModel model = doubling();
        model.repeat(Map.of("x", row(1, 2)), "y", 3);
        assertEquals(row(3, 6), model.run(Map.of("x", row(1, 2)), "y"));
        assertThrows(IllegalArgumentException.class, () -> model.repeat(Map.of("x", row(1)), "y", 3));
        assertThrows(IllegalArgumentException.class, () -> model.repeat(Map.of("x", row(1, 2)), "z", 3));
        model.close();
        assertThrows(IllegalStateException.class, () -> model.repeat(Map.of("x", row(1, 2)), "y", 3));
    }

    @ParameterizedTest
    @EnumSource(ElementType.class)
    void numbersAreConvertedAsTheGraphAsks(ElementType type) {
        DataType data = switch (type) {
            case FLOAT -> DataType.FLOAT;
            case FLOAT16 -> DataType.FLOAT16;
            case INT64 -> DataType.INT64;
            case INT32 -> DataType.INT32;
        };
        Path file = Graphs.graph()
                .input("x", data, 4)
                .node("Add", List.of("x", "x"), "y")
                .output("y", data, 4)
                .write(folder.resolve("m").resolve("model.onnx"));
        try (OnnxModel model = OnnxModel.load(file, Device.CPU)) {
            Tensor x = Tensor.of(new float[] {-3, 0, 1, 1000}, 4);
            for (int run = 0; run < 3; run++) {
                assertEquals(x.times(2), model.run(Map.of("x", x), "y"));
            }
            if (type.integral()) {
                var error = assertThrows(
                        IllegalArgumentException.class,
                        () -> model.run(Map.of("x", Tensor.of(new float[] {0.5f, 0, 0, 0}, 4)), "y"));
                assertTrue(error.getMessage().contains("0.5"), error.getMessage());
            }
        }
    }

    @Test
    void wrongInputsAreRefusedWithWhatIsExpectedAndWhatWasFound() {
        try (OnnxModel model = doubling()) {
            var shape = assertThrows(IllegalArgumentException.class, () -> model.run(Map.of("x", row(1, 2, 3)), "y"));
            assertTrue(shape.getMessage().contains("[batch, 2]"), shape.getMessage());
            assertTrue(shape.getMessage().contains("[1, 3]"), shape.getMessage());
            assertTrue(shape.getMessage().contains("m/model.onnx"), shape.getMessage());

            var name = assertThrows(IllegalArgumentException.class, () -> model.run(Map.of("z", row(1, 2)), "y"));
            assertTrue(name.getMessage().contains("takes the inputs x"), name.getMessage());

            assertThrows(IllegalArgumentException.class, () -> model.run(Map.of("x", row(1, 2)), "z"));
            assertThrows(IllegalArgumentException.class, () -> model.run(Map.of("x", row(1, 2)), List.of()));
            assertThrows(IllegalArgumentException.class, () -> model.run(Map.of("x", Tensor.zeros(0, 2)), "y"));

            assertEquals(row(3, 6), model.run(Map.of("x", row(1, 2)), "y"));
        }
    }

    @Test
    void closedModelSaysSoAndMayBeClosedAgain() {
        OnnxModel model = doubling();
        model.run(Map.of("x", row(1, 2)), "y");
        model.close();
        model.close();

        var error = assertThrows(IllegalStateException.class, () -> model.run(Map.of("x", row(1, 2)), "y"));
        assertTrue(error.getMessage().startsWith("m/model.onnx is closed"), error.getMessage());
    }

    @Test
    void closedModelHasLetGoOfItsGraph() {
        OnnxModel model = doubling();
        assertEquals(List.of("y"), model.graph().outputs());
        model.close();
        var error = assertThrows(IllegalStateException.class, model::graph);
        assertTrue(error.getMessage().startsWith("m/model.onnx is closed"), error.getMessage());
    }

    /** A chain of products: long enough to be interrupted, with many nodes between which it can stop. */
    private OnnxModel slow() {
        int n = 256;
        Graphs graph = Graphs.graph().input("x", DataType.FLOAT, n, n);
        String last = "x";
        for (int i = 0; i < 4000; i++) {
            String product = "p" + i;
            graph.node("MatMul", List.of(last, "x"), product);
            last = product;
        }
        return OnnxModel.load(
                graph.output(last, DataType.FLOAT, n, n)
                        .write(folder.resolve("slow").resolve("model.onnx")),
                Device.CPU);
    }

    @Test
    void interruptEndsARunAndTheModelCanBeAskedAgain() throws Exception {
        try (OnnxModel slow = slow();
                OnnxModel quick = doubling()) {
            Tensor x = Tensor.zeros(256, 256);
            AtomicReference<Throwable> outcome = new AtomicReference<>();
            Thread asking = new Thread(() -> {
                try {
                    slow.run(Map.of("x", x), "p3999");
                } catch (Throwable e) {
                    outcome.set(e);
                }
            });
            asking.start();
            // The slow run is queued or running; either way the interrupt must end it.
            while (asking.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            asking.interrupt();
            asking.join();

            assertEquals(CancellationException.class, outcome.get().getClass());
            assertEquals(row(3, 6), quick.run(Map.of("x", row(1, 2)), "y"));
            assertEquals(x, slow.run(Map.of("x", x), "p3999"));
        }
    }

    @Test
    void tensorWithoutValuesIsRefused() {
        try (OnnxModel model = doubling()) {
            int[] empty = model.inputs().get("x").shape().stream()
                    .mapToInt(n -> n < 0 ? 0 : n.intValue())
                    .toArray();
            var error = assertThrows(
                    IllegalArgumentException.class, () -> model.run(Map.of("x", Tensor.zeros(empty)), "y"));
            assertTrue(error.getMessage().contains("was given an empty 'x' of shape"), error.getMessage());
        }
    }

    @Test
    void interruptedBeforeTheCallEndsItToo() {
        try (OnnxModel model = doubling()) {
            Thread.currentThread().interrupt();
            assertThrows(CancellationException.class, () -> model.run(Map.of("x", row(1, 2)), "y"));
            assertEquals(row(3, 6), model.run(Map.of("x", row(1, 2)), "y"));
        }
    }

    @Test
    void closingDuringRunsOfManyThreadsGivesAnswersOrExceptionsAndNoCrash() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 10; round++) {
                OnnxModel model = doubling();
                List<Future<Tensor>> answers = new ArrayList<>();
                for (int i = 0; i < 40; i++) {
                    float value = i;
                    answers.add(threads.submit(() -> model.run(Map.of("x", row(value, -value)), "y")));
                    if (i == 20) {
                        threads.submit(model::close);
                    }
                }
                for (int i = 0; i < answers.size(); i++) {
                    assertAnsweredOrClosed(row(3f * i, -3f * i), answers.get(i));
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void assertAnsweredOrClosed(Tensor expected, Future<Tensor> answer)
            throws InterruptedException, TimeoutException {
        try {
            assertEquals(expected, answer.get(60, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            assertEquals(IllegalStateException.class, e.getCause().getClass());
        }
    }

    @Test
    void twoThreadsWithOneModelEachGetTheirOwnAnswer() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (OnnxModel model = doubling()) {
            List<Future<Boolean>> rounds = new ArrayList<>();
            for (float sign : new float[] {1, -1}) {
                rounds.add(threads.submit(() -> {
                    for (int i = 0; i < 500; i++) {
                        if (!model.run(Map.of("x", row(sign * i, i)), "y").equals(row(sign * 3 * i, 3 * i))) {
                            return false;
                        }
                    }
                    return true;
                }));
            }
            for (Future<Boolean> round : rounds) {
                assertTrue(round.get(60, TimeUnit.SECONDS));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void runThatFailsInsideTheGraphIsAnErrorAndTheModelGoesOn() {
        Path file = Graphs.graph()
                .input("x", DataType.FLOAT, "n")
                .input("shape", DataType.INT64, 2)
                .node("Reshape", List.of("x", "shape"), "y")
                .output("y", DataType.FLOAT, "a", "b")
                .write(folder.resolve("m").resolve("model.onnx"));
        try (OnnxModel model = OnnxModel.load(file, Device.CPU)) {
            Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 4);
            var error = assertThrows(
                    IllegalArgumentException.class,
                    () -> model.run(Map.of("x", x, "shape", Tensor.of(new float[] {3, 3}, 2)), "y"));
            assertTrue(error.getMessage().startsWith("m/model.onnx cannot answer"), error.getMessage());
            assertTrue(error.getMessage().lines().count() == 1, error.getMessage());

            Tensor y = model.run(Map.of("x", x, "shape", Tensor.of(new float[] {2, 2}, 2)), "y");
            assertArrayEquals(new int[] {2, 2}, y.shape());
        }
    }

    @Test
    void outputsWhoseShapeFollowsFromValuesAreReadAnew() {
        Path file = Graphs.graph()
                .input("x", DataType.FLOAT, "n")
                .input("shape", DataType.INT64, 2)
                .node("Reshape", List.of("x", "shape"), "y")
                .output("y", DataType.FLOAT, "a", "b")
                .write(folder.resolve("m").resolve("model.onnx"));
        try (OnnxModel model = OnnxModel.load(file, Device.CPU)) {
            Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 4);
            for (int[] shape : new int[][] {{2, 2}, {4, 1}, {1, 4}, {2, 2}}) {
                Tensor y = model.run(Map.of("x", x, "shape", Tensor.of(new float[] {shape[0], shape[1]}, 2)), "y");
                assertEquals(x.reshape(shape), y);
            }
        }
    }

    @Test
    void cpuIsSaidToBeUsedAndWhy() {
        try (OnnxModel model = doubling()) {
            assertEquals("cpu (asked for)", model.provider().toString());
        }
    }

    @Test
    void deviceNamesAreRead() {
        assertEquals(Device.AUTO, Device.of("auto"));
        assertEquals(Device.CPU, Device.of("cpu"));
        assertEquals(new Device(Device.Kind.CUDA, 0), Device.of("cuda"));
        assertEquals(new Device(Device.Kind.CUDA, 1), Device.of("cuda:1"));
        for (String wrong : List.of("", "gpu", "cuda:", "cuda:-1", "cuda:x", "CPU", "cuda:99999999999")) {
            var error = assertThrows(IllegalArgumentException.class, () -> Device.of(wrong));
            assertTrue(error.getMessage().contains("cuda:n"), error.getMessage());
        }
    }

    @Test
    void cudaIsAskedForWithTheCpusPrecisionAndWithoutTrials() {
        assertEquals(
                Map.of(
                        "device_id", "2",
                        "arena_extend_strategy", "kSameAsRequested",
                        "cudnn_conv_algo_search", "HEURISTIC",
                        "use_tf32", "0"),
                Device.of("cuda:2").cuda().options(2));
        Map<String, String> limited = new CudaSettings(6_500_000_000L, true).options(0);
        assertEquals("6500000000", limited.get("gpu_mem_limit"));
        assertEquals("1", limited.get("use_tf32"));
        assertThrows(IllegalArgumentException.class, () -> new CudaSettings(-1, false));
    }

    @Test
    void secondRuntimeOnTheClassPathIsRefusedByName() throws Exception {
        Path jar = folder.resolve("other-1.29.0.jar");
        String entry = "ai/onnxruntime/OrtEnvironment.class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry(entry));
        }
        SessionLoader.requireOne(SessionLoader.runtimes(getClass().getClassLoader()));
        URL[] more = {jar.toUri().toURL()};
        try (URLClassLoader both = new URLClassLoader(more, getClass().getClassLoader())) {
            String message = assertThrows(
                            ModelException.class, () -> SessionLoader.requireOne(SessionLoader.runtimes(both)))
                    .getMessage();
            assertTrue(message.startsWith("ONNX Runtime is on the class path 2 times: onnxruntime"), message);
            assertTrue(message.endsWith(".jar, other-1.29.0.jar. Keep one of them."), message);
        }
    }
}
