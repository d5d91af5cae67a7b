package org.daguerre.path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.run.Run;
import org.daguerre.run.Sampling;
import org.daguerre.sampler.Sampler;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunPathTest {

    private static final NoiseSchedule LINEAR = NoiseSchedule.linear(1000, 1e-4, 0.02);

    @TempDir
    Path folder;

    private static Run finished(String sampler) {
        Run run = Sampling.of(Denoiser.of((x, level) -> x.times(0.5)), LINEAR, 1, 3, 4, 5)
                .sampler(Sampler.named(sampler))
                .steps(6)
                .seed(3)
                .start();
        run.finish();
        return run;
    }

    @Test
    void arraysAreTheStatesAndEstimatesOfTheSteps() {
        Run run = finished("heun");
        RunPath path = RunPath.of(run);
        assertArrayEquals(new int[] {7, 1, 3, 4, 5}, path.x().shape());
        assertArrayEquals(new int[] {6, 1, 3, 4, 5}, path.velocity().shape());
        assertEquals(
                Sampling.of(Denoiser.of((x, level) -> x), LINEAR, 1, 3, 4, 5)
                        .sampler(Sampler.named("heun"))
                        .steps(6)
                        .seed(3)
                        .start()
                        .x(),
                path.x(0));
        for (int i = 0; i < 6; i++) {
            var step = run.steps().get(i);
            assertEquals(step.x(), path.x(i + 1));
            assertArrayEquals(
                    step.denoised().toArray(), path.denoised().slice(i).toArray());
            assertArrayEquals(
                    step.prediction().noise().toArray(), path.noise().slice(i).toArray());
            assertArrayEquals(
                    step.prediction().velocity().toArray(),
                    path.velocity().slice(i).toArray());
            assertEquals(
                    step.prediction().velocity().norm(), path.facts().get(i).velocityNorm());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ddim", "heun", "euler-ancestral"})
    void pathComesBackFromItsFileBitForBit(String sampler) {
        RunPath path = RunPath.of(finished(sampler)).with(Map.of("prompt", "drei Äpfel 🍎 \"rot\"\n"));
        RunPath back = RunPath.read(path.save(folder.resolve("run.safetensors")));
        assertEquals(path, back);
    }

    @Test
    void branchTellsWhichSamplerAndGuidanceMadeWhichSteps() {
        Run run = Sampling.of(Denoiser.of((x, level) -> x), LINEAR, 1, 3, 4, 5)
                .steps(6)
                .start();
        run.step(3);
        run.back(1);
        Run branch = run.branch(s -> s.sampler(Sampler.named("heun")));
        branch.finish();
        Map<String, String> parameters = RunPath.of(branch).parameters();
        assertEquals("ddim from step 1, heun from step 3", parameters.get("sampler"));
        assertEquals(run.sampling().guidance().toString(), parameters.get("guidance"));
    }

    @Test
    void oddBitsOfFloatsSurvive() {
        float[] odd = {-0f, Float.MIN_VALUE, Float.POSITIVE_INFINITY, Float.intBitsToFloat(0x7fc12345), 1e-45f, 3};
        Tensor tensor = Tensor.wrap(odd, 2, 3);
        Tensor npy = Npy.read(Npy.write(folder.resolve("odd.npy"), tensor));
        Tensor safe = Safetensors.read(new Safetensors(Map.of("odd", tensor), Map.of(), Map.of())
                        .write(folder.resolve("odd.safetensors")))
                .tensors()
                .get("odd");
        for (int i = 0; i < odd.length; i++) {
            int bits = Float.floatToRawIntBits(odd[i]);
            assertEquals(bits, Float.floatToRawIntBits(npy.toArray()[i]));
            assertEquals(bits, Float.floatToRawIntBits(safe.toArray()[i]));
        }
    }

    @Test
    void npyHoldsTheStatesAndEveryShape() {
        RunPath path = RunPath.of(finished("euler"));
        assertEquals(path.x(), Npy.read(path.save(folder.resolve("states.npy"))));
        for (int[] shape : new int[][] {{}, {7}, {0, 4}, {2, 3, 4, 5, 6}}) {
            Tensor tensor = Noise.seed(1).draw(shape).tensor();
            assertEquals(tensor, Npy.read(Npy.write(folder.resolve("any.npy"), tensor)));
        }
    }

    @Test
    void arrayBiggerThanAPieceIsWhole() {
        Tensor big = Noise.seed(5).draw(3, 100_001).tensor();
        Safetensors content = new Safetensors(Map.of("big", big), Map.of("row", new double[] {Math.PI}), Map.of());
        Safetensors back = Safetensors.read(content.write(folder.resolve("big.safetensors")));
        assertEquals(big, back.tensors().get("big"));
        assertArrayEquals(new double[] {Math.PI}, back.rows().get("row"));
        assertEquals(big, Npy.read(Npy.write(folder.resolve("big.npy"), big)));
    }

    @Test
    void runWithoutStepsHasNoPath() {
        Run run = Sampling.of(Denoiser.of((x, level) -> x), LINEAR, 1, 3, 4, 5).start();
        String message = assertThrows(IllegalArgumentException.class, () -> RunPath.of(run))
                .getMessage();
        assertTrue(message.contains("no step yet") && message.contains("run.finish()"), message);
    }

    @Test
    void endingThatNamesNoFormatIsRefused() {
        RunPath path = RunPath.of(finished("ddim"));
        assertTrue(
                refusal(() -> path.save(folder.resolve("run.txt"))).contains("Give .safetensors for the whole path"));
        assertThrows(UncheckedIOException.class, () -> path.save(folder.resolve("no/such/run.npy")));
        assertThrows(UncheckedIOException.class, () -> RunPath.read(folder.resolve("nothing.safetensors")));
    }

    @Test
    void fileOfTheOtherFormatIsNamedWithWhatReadsIt() {
        RunPath path = RunPath.of(finished("ddim"));
        Path npy = path.save(folder.resolve("states.npy"));
        Path safetensors = path.save(folder.resolve("run.safetensors"));
        assertTrue(refusal(() -> RunPath.read(npy)).contains("is a .npy file of one array"));
        assertTrue(refusal(() -> RunPath.read(npy)).contains("Read it by Npy.read(file)"));
        assertTrue(refusal(() -> Npy.read(safetensors)).contains("is a .safetensors file of named arrays"));
        assertTrue(refusal(() -> Npy.read(safetensors)).contains("Read it by RunPath.read(file)"));
    }

    private static String refusal(org.junit.jupiter.api.function.Executable code) {
        String message = assertThrows(IllegalArgumentException.class, code).getMessage();
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    private Path header(String json, int bytes) throws Exception {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
        return Files.write(
                folder.resolve("bad.safetensors"),
                file.putLong(text.length).put(text).array());
    }

    private static String array(String type, String shape, long from, long to) {
        return "{\"dtype\":\"" + type + "\",\"shape\":" + shape + ",\"data_offsets\":[" + from + "," + to + "]}";
    }

    @Test
    void headersThatLieAreRefusedBeforeAnythingIsAllocated() throws Exception {
        Map<String, String> bad = new java.util.LinkedHashMap<>();
        bad.put("{\"a\":" + array("F32", "[1000000,1000000]", 0, 4) + "}", "has too many values");
        bad.put("{\"a\":" + array("F32", "[536870912]", 0, 4) + "}", "needs 2147483648 bytes, and there are 4");
        bad.put("{\"a\":" + array("F32", "[1]", 0, 1L << 40) + "}", "its arrays have 1099511627776 bytes");
        bad.put("{\"a\":" + array("F32", "[-1]", 0, 4) + "}", "no whole number of 0 or more");
        bad.put("{\"a\":" + array("F32", "[1.5]", 0, 4) + "}", "no whole number of 0 or more");
        bad.put("{\"a\":" + array("F32", "[1]", 4, 4) + "}", "overlaps another or leaves a hole");
        bad.put(
                "{\"a\":" + array("F32", "[1]", 0, 4) + ",\"b\":" + array("F32", "[1]", 0, 4) + "}",
                "array 'b' overlaps another");
        bad.put("{\"a\":" + array("BF16", "[2]", 0, 4) + "}", "has the type BF16. Save it as float32");
        bad.put("{\"a\":" + array("F64", "[1,1]", 0, 8) + "}", "has the type F64. Save it as float32, or a row");
        bad.put("{\"a\":1}", "has no shape and data_offsets");
        bad.put("{\"a\":" + array("F32", "[1]", 0, 4) + ",\"a\":" + array("F32", "[0]", 4, 4) + "}", "a name twice");
        bad.put("[1]", "no JSON object");
        bad.put("{ ", "not JSON");
        bad.put("{\"a\":".repeat(5000), "not JSON");
        bad.put("{}", "its arrays have 0 bytes, and there are 4");
        for (Map.Entry<String, String> each : bad.entrySet()) {
            Path file = header(each.getKey(), 4);
            assertTrue(
                    refusal(() -> Safetensors.read(file)).contains(each.getValue()),
                    () -> each.getKey() + ": " + refusal(() -> Safetensors.read(file)));
        }
        for (long length : new long[] {-1, 0, 1, Long.MAX_VALUE, 1L << 30, 99}) {
            Path file = Files.write(
                    folder.resolve("bad.safetensors"),
                    ByteBuffer.allocate(16)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(length)
                            .array());
            assertTrue(refusal(() -> Safetensors.read(file)).contains("its header of "));
        }
    }

    /** Sparse files, which take no room on the disk. */
    @Test
    void fileLargerThanTheMemoryIsRefusedInOneLine() throws Exception {
        long values = Runtime.getRuntime().maxMemory() / Float.BYTES + 1;
        Path safetensors = header("{\"a\":" + array("F32", "[" + values + "]", 0, values * Float.BYTES) + "}", 0);
        Path npy = Npy.write(folder.resolve("large.npy"), Tensor.zeros(1));
        for (Path file : List.of(safetensors, npy)) {
            try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
                large.setLength(large.length() + values * Float.BYTES);
            }
        }
        String remedy = "has no room for it. Start Java with a larger -Xmx, or save less.";
        assertTrue(refusal(() -> Safetensors.read(safetensors)).endsWith(remedy));
        assertTrue(refusal(() -> Npy.read(npy)).endsWith(remedy));
    }

    @Test
    void npyOfAnotherTypeOrSizeIsRefusedWithWhatToSave() throws Exception {
        Path file = Npy.write(folder.resolve("a.npy"), Tensor.zeros(2, 3));
        String good = Files.readString(file, StandardCharsets.ISO_8859_1);
        Map<String, String> bad = Map.of(
                "<f8", "has the type '<f8', not float32 in row-major order. Save numpy.ascontiguousarray",
                ">f4", "has the type '>f4'",
                "|O8", "has the type '|O8'",
                "(2,", "(9,");
        for (Map.Entry<String, String> each : bad.entrySet()) {
            boolean size = each.getKey().equals("(2,");
            Files.writeString(
                    file,
                    size ? good.replace("(2,", "(9,") : good.replace("<f4", each.getKey()),
                    StandardCharsets.ISO_8859_1);
            String expected = size ? "shape [9, 3] needs 108 bytes, and there are 24" : each.getValue();
            assertTrue(refusal(() -> Npy.read(file)).contains(expected), refusal(() -> Npy.read(file)));
        }
        String axes = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "1, ".repeat(20_000) + "), }\n";
        Files.write(
                file,
                ByteBuffer.allocate(12 + axes.length() + 4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0})
                        .putInt(axes.length())
                        .put(axes.getBytes(StandardCharsets.ISO_8859_1))
                        .array());
        assertTrue(refusal(() -> Npy.read(file)).contains("describes no plain array"));
        Files.writeString(file, good.replace("False", "True "), StandardCharsets.ISO_8859_1);
        refusal(() -> Npy.read(file));
        Files.writeString(file, good.substring(0, 40), StandardCharsets.ISO_8859_1);
        assertTrue(refusal(() -> Npy.read(file)).contains("longer than the file"));
    }

    @Test
    void anyDamagedFileIsReadOrRefusedInOneLine() throws Exception {
        Random random = new Random(7);
        Path whole = RunPath.of(finished("ddim")).save(folder.resolve("run.safetensors"));
        Path npy = RunPath.of(finished("ddim")).save(folder.resolve("run.npy"));
        for (Path good : List.of(whole, npy)) {
            byte[] bytes = Files.readAllBytes(good);
            for (int i = 0; i < 2000; i++) {
                byte[] damaged = random.nextInt(4) == 0
                        ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length))
                        : bytes.clone();
                for (int k = 0; k < 3 && damaged.length > 0; k++) {
                    damaged[random.nextInt(Math.min(damaged.length, 1200))] = (byte) random.nextInt();
                }
                Path file = Files.write(folder.resolve("damaged"), damaged);
                try {
                    if (good == whole) {
                        RunPath.read(file);
                    } else {
                        Npy.read(file);
                    }
                } catch (IllegalArgumentException refused) {
                    assertTrue(
                            refused.getMessage().startsWith(file.toString())
                                    || refused.getMessage().contains(file.toString()),
                            refused.getMessage());
                }
            }
        }
    }

    @Test
    void fileWithoutAPathSaysWhatIsMissing() {
        Path file = new Safetensors(Map.of("x", Tensor.zeros(2, 1)), Map.of(), Map.of())
                .write(folder.resolve("other.safetensors"));
        assertTrue(refusal(() -> RunPath.read(file)).contains("holds no path of a run: array 'denoised' is missing"));
        assertTrue(refusal(() -> RunPath.read(folder)).contains("is no plain file"));
    }

    /** With requirements-path.txt installed in the Python that DAGUERRE_TEST_PYTHON names. */
    @Test
    void numpyAndSafetensorsOfPythonReadTheSameNumbers() throws Exception {
        String python = System.getenv("DAGUERRE_TEST_PYTHON");
        org.junit.jupiter.api.Assumptions.assumeTrue(python != null, "DAGUERRE_TEST_PYTHON names no Python");
        RunPath path = RunPath.of(finished("heun"));
        Path whole = path.save(folder.resolve("run.safetensors"));
        Path npy = path.save(folder.resolve("run.npy"));
        Path back = folder.resolve("back.safetensors");
        Path backNpy = folder.resolve("back.npy");
        Process process = new ProcessBuilder(
                        python,
                        "src/test/python/path_files.py",
                        whole.toString(),
                        npy.toString(),
                        back.toString(),
                        backNpy.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0, said);
        assertEquals(path, RunPath.read(back));
        assertEquals(path.x(), Npy.read(backNpy));
    }
}
