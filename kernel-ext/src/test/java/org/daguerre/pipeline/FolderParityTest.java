package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.ZipFile;
import org.daguerre.onnx.Device;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Model folders as diffusers and optimum make them against what diffusers itself draws from the same weights: same prompt,
 * seed and scheduler, same picture. Runs on what folder_fixtures.py wrote, whose head has the command.
 */
@EnabledIfSystemProperty(named = "daguerre.folders", matches = ".+")
class FolderParityTest {

    private static final Path PAGE = Path.of("..", "docs", "folder-parity.md");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The folders, in the order of the page. */
    private enum Family {
        SD1("Stable Diffusion 1, optimum"),
        SD1_LEGACY("Stable Diffusion 1, diffusers' old script"),
        SD1_EXTERNAL("Stable Diffusion 1, weights in model.onnx_data"),
        SD1_FP16("Stable Diffusion 1, half precision by onnxruntime's Python"),
        SD1_FP16_SINGLE("Stable Diffusion 1, half precision here alone"),
        SD2("Stable Diffusion 2, v-prediction"),
        TURBO("SD Turbo, 2 steps"),
        SDXL("Stable Diffusion XL"),
        LCM("latent consistency model"),
        SD3("Stable Diffusion 3"),
        FLUX("Flux dev"),
        SCHNELL("Flux schnell");

        private final String title;

        Family(String title) {
            this.title = title;
        }

        Path folder(String ending) {
            String name = name().toLowerCase(Locale.ROOT).replace('_', '-').replace("-single", "");
            return Path.of(System.getProperty("daguerre.folders")).resolve(name + ending);
        }

        Path pictures() {
            return folder(this == SD1_FP16_SINGLE ? ".single.npz" : ".npz");
        }

        /** The largest difference of a pixel in 0..1; of halves from singles, what ten bits of fraction leave after eight steps. */
        double mostMax() {
            return this == SD1_FP16_SINGLE ? 1e-2 : 2e-3;
        }

        double mostMean() {
            return this == SD1_FP16_SINGLE ? 1e-3 : 2e-4;
        }
    }

    private record Row(Family family, String scheduler, int cases, double max, double mean, double otherPrompt) {}

    private static final List<Row> ROWS = new ArrayList<>();

    @TempDir
    Path temp;

    @TestFactory
    Stream<DynamicTest> folderDrawsWhatDiffusersDraws() {
        return Stream.of(Family.values()).flatMap(family -> {
            JsonNode asked = json(family.folder(".json"));
            return StreamSupport.stream(asked.spliterator(), false)
                    .map(one -> one.get("scheduler").asText())
                    .distinct()
                    .map(scheduler ->
                            dynamicTest(family.title + ", " + scheduler, () -> compare(family, scheduler, asked)));
        });
    }

    private void compare(Family family, String scheduler, JsonNode asked) throws IOException {
        Path folder = copy(family, scheduler);
        int cases = 0;
        double max = 0;
        double mean = 0;
        double other = Double.POSITIVE_INFINITY;
        try (Model model = Model.load(folder, Device.CPU)) {
            for (int i = 0; i < asked.size(); i++) {
                JsonNode one = asked.get(i);
                if (!one.get("scheduler").asText().equals(scheduler)) {
                    continue;
                }
                double[] difference = difference(draw(model, one), picture(family, i));
                cases++;
                max = Math.max(max, difference[0]);
                mean = Math.max(mean, difference[1]);
                other = Math.min(other, one.get("other_prompt").asDouble());
            }
        }
        ROWS.add(new Row(family, scheduler, cases, max, mean, other));
        String found = String.format(Locale.ROOT, "max %.2e, mean %.2e", max, mean);
        assertTrue(max < family.mostMax() && mean < family.mostMean(), found);
        assertTrue(other > 10 * family.mostMean(), "the pictures hardly depend on the prompt: " + other);
    }

    private Path copy(Family family, String scheduler) throws IOException {
        Path from = family.folder("");
        Path to = temp.resolve(family.name()).resolve(scheduler);
        FolderCopy.of(from, to);
        Path config = Path.of("scheduler_config.json");
        Path replaced = to.resolve("scheduler").resolve(config);
        Files.delete(replaced);
        Files.copy(family.folder(".schedulers").resolve(scheduler).resolve(config), replaced);
        return to;
    }

    private static List<Tensor> draw(Model model, JsonNode one) {
        Generation generation = model.prompt(one.get("prompt").asText())
                .negative(one.get("negative").asText())
                .steps(one.get("steps").asInt())
                .guidance(one.get("guidance").asDouble())
                .seed(one.get("seed").asLong())
                .count(one.get("count").asInt())
                .size(one.get("height").asInt(), one.get("width").asInt())
                .start()
                .finish();
        List<Tensor> pictures = new ArrayList<>();
        for (int i = 0; i < generation.count(); i++) {
            pictures.add(generation.pixels(i).map(v -> Math.min(1, Math.max(0, v / 2 + 0.5))));
        }
        return pictures;
    }

    /** Largest and mean difference of pictures {@code [1, 3, H, W]} from {@code [n, H, W, 3]}. */
    private static double[] difference(List<Tensor> ours, Tensor theirs) {
        int[] shape = theirs.shape();
        assertEquals(shape[0], ours.size());
        double max = 0;
        double sum = 0;
        for (int n = 0; n < shape[0]; n++) {
            assertEquals(
                    List.of(1, 3, shape[1], shape[2]),
                    Arrays.stream(ours.get(n).shape()).boxed().toList());
            for (int y = 0; y < shape[1]; y++) {
                for (int x = 0; x < shape[2]; x++) {
                    for (int c = 0; c < 3; c++) {
                        double difference = Math.abs(ours.get(n).get(0, c, y, x) - theirs.get(n, y, x, c));
                        max = Math.max(max, difference);
                        sum += difference;
                    }
                }
            }
        }
        return new double[] {max, sum / theirs.size()};
    }

    /** Entry i of the family's .npz: a .npy of little-endian float32 in C order. */
    private static Tensor picture(Family family, int i) throws IOException {
        try (ZipFile zip = new ZipFile(family.pictures().toFile());
                InputStream in = zip.getInputStream(zip.getEntry(i + ".npy"))) {
            ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
            int header = bytes.getShort(8);
            String described = new String(bytes.array(), 10, header, StandardCharsets.ISO_8859_1);
            assertTrue(described.contains("'<f4'") && described.contains("'fortran_order': False"), described);
            int[] shape = Stream.of(
                            described.replaceAll("(?s).*\\(([^)]*)\\).*", "$1").split(",\\s*"))
                    .mapToInt(Integer::parseInt)
                    .toArray();
            float[] values = new float[(bytes.capacity() - 10 - header) / Float.BYTES];
            bytes.position(10 + header);
            bytes.asFloatBuffer().get(values);
            return Tensor.wrap(values, shape);
        }
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void write() throws IOException {
        if (!"write".equals(System.getProperty("daguerre.pages"))) {
            return;
        }
        StringBuilder page = new StringBuilder("""
                # Model folders against diffusers

                Tiny pipelines with random weights, built of diffusers' own classes and exported by optimum; diffusers draws from the
                original, Daguerre from the export: same prompt, seed, scheduler and steps, one and two pictures, two sizes, without
                guidance, with it, and with a negative prompt where the pipeline takes one. Pixels are in 0..1. The last column is what
                to compare with: by how much diffusers' picture changes on average, at least, when the prompt is another.
                Of half precision, diffusers draws once with its own networks in single precision, and once with the exported
                graphs of halves run by onnxruntime, its scheduler and its state in single precision both times.

                `FolderParityTest` writes this page; the head of `kernel-ext/src/test/python/folder_fixtures.py` has the commands.

                | folder | scheduler | cases | largest difference | mean difference | another prompt |
                |---|---|--:|--:|--:|--:|
                """);
        for (Row row : ROWS) {
            page.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %d | %.1e | %.1e | %.1e |%n",
                    row.family.title,
                    row.scheduler,
                    row.cases,
                    row.max,
                    row.mean,
                    row.otherPrompt));
        }
        Files.writeString(PAGE, page);
    }
}
