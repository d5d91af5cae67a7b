package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.daguerre.attention.AttentionLayer;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.onnx.Device;
import org.daguerre.sampler.Samplers;
import org.daguerre.sampler.Step;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.daguerre.unet.UNet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttentionTest {

    private static final Path EXACT = Path.of("..", "models", "exact");

    @TempDir
    Path folder;

    private Path unet;
    private Model model;

    /** models/exact with a network that attends. */
    @BeforeEach
    void load() throws IOException {
        try (Stream<Path> files = Files.walk(EXACT)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = folder.resolve(EXACT.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
        }
        Files.delete(folder.resolve("SHA256SUMS"));
        unet = ModelTest.attending(true).write(folder.resolve("unet").resolve("model.onnx"));
        model = Model.load(folder, Device.CPU);
    }

    @AfterEach
    void close() {
        model.close();
    }

    private Generation generation() {
        return model.prompt("two red apples").steps(4).seed(1).start().finish();
    }

    @Test
    void crossAttentionIsFoundByStructureAndSelfAttentionIsNot() {
        assertEquals(List.of(new AttentionLayer("mid_block", "/mid_block/attn2/Softmax")), model.attentionLayers());
    }

    @Test
    void mapsOfAllTokensSumToOneAtEveryPixel() {
        for (Attention attention : List.of(
                generation().attention(),
                generation().attention().steps(2, 3),
                generation().attention().step(1).head(1).layer("mid"))) {
            Tensor sum = attention.token(0);
            for (int token = 1; token < attention.tokens().size(); token++) {
                sum = sum.plus(attention.token(token));
            }
            assertArrayEquals(new int[] {32, 32}, sum.shape());
            assertTrue(sum.map(v -> Math.abs(v - 1)).max() < 1e-5, sum.toString());
        }
    }

    @Test
    void mapOverStepsAndHeadsIsTheMeanOfTheSingleOnes() {
        Attention all = generation().attention();
        Tensor sum = Tensor.zeros(32, 32);
        for (int step = 1; step <= 4; step++) {
            for (int head = 0; head < 2; head++) {
                sum = sum.plus(all.step(step).head(head).word("apples"));
            }
        }
        assertTrue(sum.over(8).minus(all.word("apples")).map(Math::abs).max() < 1e-6);
        assertTrue(all.step(1)
                        .head(0)
                        .word("apples")
                        .minus(all.step(1).head(1).word("apples"))
                        .norm()
                > 1e-3);
    }

    @Test
    void stepsMadeUnderAnotherPromptAreLeftOut() {
        Generation before =
                model.prompt("two red apples").steps(5).seed(1).start().step(2);
        Generation branch = before.branch("one green cup");
        var error = assertThrows(IllegalStateException.class, branch::attention);
        assertTrue(error.getMessage().startsWith("no step was made under this prompt"), error.getMessage());

        branch.finish();
        assertEquals(3, branch.attention().stepCount());
        Step third = branch.run().steps().get(2);
        Tensor map = model.attention(
                        third.calls().get(0).x(), third.calls().get(0).level(), model.promptEmbeds("one green cup"))
                .meanOverHeads()
                .map(model.attentionLayers().get(0), branch.attention().tokens().positions("cup"), 32, 32);
        assertTrue(branch.attention()
                        .step(1)
                        .word("cup")
                        .minus(map.reshape(32, 32))
                        .map(Math::abs)
                        .max()
                < 1e-6);

        assertEquals(2, before.attention().stepCount());
        assertEquals(1, branch.branch().back(2).attention().stepCount());
        assertThrows(IllegalStateException.class, () -> branch.branch().back(4).attention());
        assertEquals(
                5,
                before.branch(s -> s.sampler(Samplers.named("euler")))
                        .finish()
                        .attention()
                        .stepCount());
    }

    @Test
    void mapOfSeveralWordsIsTheMeanOfTheirs() {
        Attention attention = generation().attention();
        Tensor mean = attention.word("red").plus(attention.word("apples")).over(2);
        assertTrue(mean.minus(attention.word("Red Apples")).map(Math::abs).max() < 1e-6);
    }

    @Test
    void askingForMapsDoesNotChangeThePicture() {
        UNet plain = UNet.load(unet, Device.CPU, PredictionType.V_PREDICTION, graph -> List.of());
        Level level = model.scheduler().schedule().at(500);
        Tensor x = Noise.seed(4).draw(1, 3, 32, 32).tensor();
        Tensor prompt = model.promptEmbeds("two red apples");
        try (plain) {
            Tensor without =
                    plain.outputs(x, level, prompt, List.of("out_sample")).get("out_sample");
            Tensor with = model.unet()
                    .outputs(x, level, prompt, List.of("out_sample", "/mid_block/attn2/Softmax"))
                    .get("out_sample");
            assertEquals(without, with);
            assertEquals(
                    without,
                    model.denoiser("two red apples", "")
                            .predict(x, level, ConditionalDenoiser.COND)
                            .raw());
        }
    }

    @Test
    void wrongWordsStepsLayersAndHeadsAreRefused() {
        Attention attention = generation().attention();
        for (Runnable wrong : List.<Runnable>of(
                () -> attention.word("pear"),
                () -> attention.word(""),
                () -> attention.token(16),
                () -> attention.steps(0, 1),
                () -> attention.steps(3, 2),
                () -> attention.steps(1, 5),
                () -> attention.layer("up"),
                () -> attention.head(-1),
                () -> attention.head(2).word("red"))) {
            var error = assertThrows(IllegalArgumentException.class, wrong::run);
            assertEquals(1, error.getMessage().lines().count(), error.getMessage());
        }
        assertThrows(
                IllegalStateException.class, () -> model.prompt("red").start().attention());
    }

    @Test
    void networkWithoutCrossAttentionSaysSo() {
        ModelTest.attending(false).write(unet);
        try (Model without = Model.load(folder, Device.CPU)) {
            Generation generation = without.prompt("red").steps(1).start().finish();
            var error = assertThrows(
                    IllegalStateException.class, () -> generation.attention().word("red"));
            assertTrue(error.getMessage().contains("no cross-attention"), error.getMessage());
        }
    }
}
