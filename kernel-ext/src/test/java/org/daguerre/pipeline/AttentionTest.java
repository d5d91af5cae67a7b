package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.daguerre.attention.AttentionLayer;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.ModelException;
import org.daguerre.sampler.Samplers;
import org.daguerre.sampler.Step;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionTest {

    private static final Path EXACT = Path.of("..", "models", "exact");

    @TempDir
    Path folder;

    private Path unet;
    private Model model;

    /** models/exact with a network that attends. */
    @BeforeEach
    void load() throws IOException {
        FolderCopy.of(EXACT, folder);
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
        assertEquals(
                List.of(new AttentionLayer("mid_block", "/mid_block/attn2/Softmax", AttentionLayer.Kind.CROSS)),
                model.attentionLayers());
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
                        third.calls().get(0).x(), third.calls().get(0).level(), model.conditioning("one green cup"))
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
        Level level = model.scheduler().schedule().at(500);
        Tensor x = Noise.seed(4).draw(1, 3, 32, 32).tensor();
        ConditionalDenoiser denoiser = model.denoiser("two red apples", "");
        Prediction before = denoiser.predict(x, level, ConditionalDenoiser.COND);
        model.attention(x, level, model.conditioning("two red apples"));
        assertEquals(
                before.raw(),
                denoiser.predict(x, level, ConditionalDenoiser.COND).raw());
    }

    @Test
    void samplingRunsOnTheGraphAsItIsUntilAttentionLoadsItOnceMore() {
        long plain = model.bytes();
        assertEquals(model.card().bytes(), plain);
        Attention attention = generation().attention();
        assertEquals(plain, model.bytes());

        attention.words();
        attention.step(2).words();
        assertEquals(plain + model.folder().bytes("unet"), model.bytes());
        assertEquals(Set.of("out_sample"), model.backbone().model().outputs().keySet());
    }

    @Test
    void threadsThatAskForMapsAtOnceGetTheSame() throws Exception {
        Attention attention = generation().attention();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Tensor>> maps = threads.invokeAll(Collections.nCopies(4, () -> attention.word("apples")));
            for (Future<Tensor> map : maps) {
                assertEquals(attention.word("apples"), map.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closedModelHasNoMaps(boolean askedBefore) {
        Attention attention = generation().attention();
        if (askedBefore) {
            attention.step(1).word("red");
        }
        model.close();
        var error = assertThrows(
                IllegalStateException.class, () -> attention.step(2).word("red"));
        assertTrue(error.getMessage().contains("is closed. Load the model again."), error.getMessage());
    }

    @Test
    void mapsOfAChangedFileAreRefusedAndSamplingGoesOn() throws IOException {
        Generation generation = generation();
        Files.setLastModifiedTime(unet, FileTime.fromMillis(1));
        var error =
                assertThrows(ModelException.class, () -> generation.attention().word("red"));
        assertTrue(error.getMessage().contains("was changed after it was loaded"), error.getMessage());
        assertEquals(1, error.getMessage().lines().count());

        Files.delete(unet);
        assertThrows(ModelException.class, () -> generation.attention().word("red"));
        assertEquals(generation.pixels(), generation().pixels());
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
