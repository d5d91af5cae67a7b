package org.daguerre.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.sun.management.ThreadMXBean;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What reads a graph against {@link GraphMutants}. {@code -Ddaguerre.mutants=N} says how many go to ONNX Runtime, {@code
 * -Ddaguerre.fuzz=SECONDS} for how long the reader alone is tried; both print what they counted ({@code N} above the usual 500).
 */
class MutantTest {

    private static final int USUAL = 500;
    private static final long RUN_SECONDS = 5;

    /** What a file of any size costs: buffers, tables, an exception. */
    private static final long BUFFERS = 2 << 20;

    @TempDir
    Path temp;

    /** In a process of its own, for what is claimed is that it does not end. */
    @Test
    void nothingThatIsAcceptedEndsTheProcess() throws Exception {
        int mutants = Integer.getInteger("daguerre.mutants", USUAL);
        Path said = temp.resolve("said");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Xmx256m",
                        InRuntime.class.getName(),
                        temp.toString(),
                        Integer.toString(mutants))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        boolean ended = process.waitFor(10L + mutants, TimeUnit.SECONDS);
        process.destroyForcibly();
        List<String> lines = Files.readAllLines(said, StandardCharsets.UTF_8);
        String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        assertTrue(
                ended && process.waitFor() == 0 && last.startsWith("of "),
                () -> "the last it said was: " + lines.subList(Math.max(0, lines.size() - 3), lines.size()));
        if (mutants > USUAL) {
            System.out.println(last);
        }
    }

    /** The other process: every mutant is read, loaded if it is accepted, and run if it loads. */
    static final class InRuntime {

        public static void main(String[] arguments) throws Exception {
            Path file = Path.of(arguments[0]).resolve("unet").resolve("model.onnx");
            Files.createDirectories(file.getParent());
            Files.write(file.resolveSibling("weights"), new byte[4096]);
            Files.write(file.getParent().resolveSibling("secret"), new byte[4096]);
            ModelProto seed = GraphMutants.seed();
            Map<String, Integer> counts = new LinkedHashMap<>();
            int mutants = Integer.parseInt(arguments[1]);
            for (int i = 0; i < mutants; i++) {
                System.out.println("mutant " + i);
                Files.write(file, GraphMutants.bytes(seed, i));
                counts.merge(fate(file), 1, Integer::sum);
            }
            System.out.println("of " + mutants + " mutants: " + counts);
            System.exit(0);
        }

        private static String fate(Path file) {
            try {
                OnnxGraph.read(file);
            } catch (ModelException e) {
                return "refused by the reader";
            }
            try (OnnxModel model = OnnxModel.load(file, Device.CPU)) {
                return run(model);
            } catch (ModelException e) {
                return "refused by ONNX Runtime";
            }
        }

        private static String run(OnnxModel model) {
            Map<String, Tensor> inputs = new LinkedHashMap<>();
            for (Port port : model.inputs().values()) {
                int[] shape = port.shape().stream()
                        .mapToInt(n -> n < 0 ? 1 : (int) Math.min(n, 64))
                        .toArray();
                inputs.put(port.name(), Tensor.zeros(shape));
            }
            Thread asking = Thread.currentThread();
            Thread late = new Thread(() -> {
                try {
                    TimeUnit.SECONDS.sleep(RUN_SECONDS);
                    asking.interrupt();
                } catch (InterruptedException e) {
                    // It was in time.
                }
            });
            late.start();
            try {
                model.run(inputs, model.outputs().keySet());
                return "run";
            } catch (IllegalArgumentException e) {
                return "loaded, and failed in one line";
            } catch (CancellationException e) {
                return "loaded, and interrupted";
            } finally {
                late.interrupt();
                Thread.interrupted();
            }
        }
    }

    @Test
    void seedRuns() throws IOException {
        Path file = Files.createDirectories(temp.resolve("unet")).resolve("model.onnx");
        Files.write(file, GraphMutants.seed().toByteArray());
        assertEquals("run", InRuntime.fate(file));
    }

    @Test
    @EnabledIfSystemProperty(named = "daguerre.fuzz", matches = "\\d+")
    void readerThrowsNothingButItsRefusalAndAllocatesInProportion() throws IOException {
        Path file = Files.createDirectories(temp.resolve("unet")).resolve("model.onnx");
        Files.write(file.resolveSibling("weights"), new byte[4096]);
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<ModelProto> seeds = List.of(GraphMutants.seed(), exported());
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("daguerre.fuzz"));
        long number = 0;
        long accepted = 0;
        long[] most = new long[seeds.size()];
        while (System.nanoTime() < until) {
            int which = (int) (number % seeds.size());
            byte[] bytes = GraphMutants.bytes(seeds.get(which), number++);
            Files.write(file, bytes);
            long before = memory.getThreadAllocatedBytes(Thread.currentThread().getId());
            try {
                OnnxGraph.read(file);
                accepted++;
            } catch (ModelException e) {
                assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            }
            long allocated =
                    memory.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            most[which] = Math.max(most[which], allocated);
            assertTrue(allocated < 2L * bytes.length + BUFFERS, allocated + " bytes for a file of " + bytes.length);
        }
        System.out.printf(
                Locale.ROOT,
                "%d mutants, %d accepted; allocated at most %d bytes for files of about %d, %d for files of about %d%n",
                number,
                accepted,
                most[0],
                seeds.get(0).getSerializedSize(),
                most[1],
                seeds.get(1).getSerializedSize());
    }

    /** The picture network that ships: mostly weights, as exports are. */
    private static ModelProto exported() throws IOException {
        File unet = Path.of("..", "models", "tray", "unet", "model.onnx").toFile();
        return ModelProto.parseFrom(Files.readAllBytes(unet.toPath()));
    }
}
