package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.ExactDenoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.onnx.Device;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExactModelTest {

    private static final Path COMMITTED = Path.of("..", "models", "exact");

    private static Model model;
    private static List<Tensor> pictures;

    @BeforeAll
    static void load() {
        model = Model.load(COMMITTED, Device.CPU);
        pictures = ExactModel.pictures();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void committedFolderIsWhatTheBuilderWrites(@TempDir Path folder) throws IOException {
        ExactModel.write(folder);
        assertEquals(names(folder), names(COMMITTED));
        for (String name : names(folder)) {
            assertArrayEquals(
                    Files.readAllBytes(folder.resolve(name)), Files.readAllBytes(COMMITTED.resolve(name)), name);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void folderIsUnder300Kilobytes() throws IOException {
        long bytes = 0;
        for (String name : names(COMMITTED)) {
            bytes += Files.size(COMMITTED.resolve(name));
        }
        assertTrue(bytes < 300_000, bytes + " bytes");
    }

    /** The pictures whose captions contain most of the words. */
    private static List<Tensor> named(String prompt) {
        List<String> words = Stream.of(prompt.split(" "))
                .filter(word -> ExactModel.vocabulary().contains(word))
                .toList();
        List<Long> present = ExactModel.CAPTIONS.stream()
                .map(caption -> words.stream()
                        .filter(word ->
                                List.of((caption + " on a tray").split(" ")).contains(word))
                        .count())
                .toList();
        long most = present.stream().mapToLong(n -> n).max().orElseThrow();
        return IntStream.range(0, pictures.size())
                .filter(i -> present.get(i) == most)
                .mapToObj(pictures::get)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "three red apples on a tray",
                "red",
                "two stars",
                "a purple elephant heart",
                "purple cup",
                "stars stars stars"
            })
    void graphIsTheExactDenoiserOfThePicturesThatThePromptNames(String prompt) {
        ConditionalDenoiser graph = model.denoiser(prompt, "");
        ExactDenoiser truth = ExactDenoiser.finiteSet(named(prompt));
        for (double t : new double[] {0, 1, 20, 100, 250.5, 400, 600, 800, 950, 998, 999}) {
            Level level = model.scheduler().schedule().at(t);
            for (int seed = 0; seed < 4; seed++) {
                Tensor eps = Noise.seed(seed).draw(1, 3, 32, 32).tensor();
                Tensor x0 = named(prompt).get(seed % named(prompt).size());
                Tensor x = x0.times(level.alpha()).plus(level.sigma(), eps);
                Prediction answer = graph.predict(x, level, ConditionalDenoiser.COND);
                Tensor expected = truth.predict(x, level).velocity();
                double off = answer.raw().minus(expected).map(Math::abs).max();
                assertTrue(off < 2e-5, String.format(Locale.ROOT, "'%s' at t %s: off by %.2e", prompt, t, off));
            }
        }
    }

    @Test
    void bothBranchesOfABatchAreExact() {
        Level level = model.scheduler().schedule().at(700);
        Tensor x = Noise.seed(1).draw(1, 3, 32, 32).tensor();
        List<Prediction> both = model.denoiser("blue", "red")
                .predict(x, level, List.of(ConditionalDenoiser.UNCOND, ConditionalDenoiser.COND));
        for (int i = 0; i < 2; i++) {
            Tensor expected = ExactDenoiser.finiteSet(named(i == 0 ? "red" : "blue"))
                    .predict(x, level)
                    .velocity();
            assertTrue(both.get(i).raw().minus(expected).map(Math::abs).max() < 2e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ddpm", "ddim", "euler", "euler-ancestral", "heun", "dpmpp-2m", "pndm", "unipc"})
    void everySamplerArrivesAtAPictureThatThePromptNames(String sampler) {
        for (double guidance : new double[] {1, 3}) {
            Tensor x = model.prompt("two apples")
                    .sampler(sampler)
                    .steps(100)
                    .guidance(guidance)
                    .seed(5)
                    .start()
                    .finish()
                    .pixels();
            double nearest = named("two apples").stream()
                    .mapToDouble(picture -> x.minus(picture).map(Math::abs).max())
                    .min()
                    .orElseThrow();
            assertTrue(nearest < 0.02, sampler + ", guidance " + guidance + ": off by " + nearest);
        }
    }

    @Test
    void sameSeedGivesTheSameBitsAndCountContinuesTheSeeds() {
        Request request = model.prompt("cups").steps(6).seed(40);
        Generation three = request.count(3).start().finish();
        for (int i = 0; i < 3; i++) {
            assertEquals(request.seed(40 + i).start().finish().pixels(), three.pixels(i));
        }
    }
}
