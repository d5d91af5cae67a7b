package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.daguerre.backbone.Conditioning;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.Graphs;
import org.daguerre.onnx.ModelException;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the families' backbones are told, on graphs with the inputs that their exports have. Encoders answer the ids of their
 * tokens times a factor, one more in the layer before the last; the words of models/exact are their tokens.
 */
class FamilyTest {

    private static final Path EXACT = Path.of("..", "models", "exact");
    private static final int TOKENS = 16;
    private static final String PROMPT = "two red apples";

    @TempDir
    Path folder;

    private final Map<String, Object> index = new LinkedHashMap<>();

    @BeforeEach
    void scheduler() throws IOException {
        copy("scheduler/scheduler_config.json", "scheduler");
    }

    private void copy(String file, String to) throws IOException {
        Path into = Files.createDirectories(folder.resolve(to));
        Files.copy(EXACT.resolve(file), into.resolve(Path.of(file).getFileName()));
    }

    /** @param pooled text_embeds or pooler_output, or null for an encoder that does not pool */
    private void encoder(String number, int dim, float factor, String pooled) throws IOException {
        copy("tokenizer/vocab.json", "tokenizer" + number);
        copy("tokenizer/tokenizer_config.json", "tokenizer" + number);
        index.put("tokenizer" + number, List.of("daguerre", "WordTokenizer"));
        index.put("text_encoder" + number, List.of("transformers", "Encoder"));
        float[] factors = new float[dim];
        Arrays.fill(factors, factor);
        Graphs graph = Graphs.graph()
                .input("input_ids", DataType.INT64, "batch", "tokens")
                .weights("factors", factors, 1, 1, dim)
                .weights("one", new float[] {1}, 1)
                .weights("last", new long[] {2}, 1)
                .node("Cast", List.of("input_ids"), "ids", Graphs.whole("to", DataType.FLOAT.getNumber()))
                .node("Unsqueeze", List.of("ids", "last"), "column")
                .node("Mul", List.of("column", "factors"), "last_hidden_state")
                .output("last_hidden_state", DataType.FLOAT, "batch", "tokens", dim);
        if (pooled != null) {
            graph.weights("tokens", new long[] {1}, 1)
                    .node("ReduceMax", List.of("last_hidden_state", "tokens"), pooled, Graphs.whole("keepdims", 0))
                    .output(pooled, DataType.FLOAT, "batch", dim)
                    .node("Identity", List.of("last_hidden_state"), "hidden_states.0")
                    .output("hidden_states.0", DataType.FLOAT, "batch", "tokens", dim)
                    .node("Add", List.of("last_hidden_state", "one"), "hidden_states.1")
                    .output("hidden_states.1", DataType.FLOAT, "batch", "tokens", dim)
                    .node("Identity", List.of("last_hidden_state"), "hidden_states.2")
                    .output("hidden_states.2", DataType.FLOAT, "batch", "tokens", dim);
        }
        graph.write(folder.resolve("text_encoder" + number).resolve("model.onnx"));
    }

    private static Graphs unet(int dim) {
        return Graphs.graph()
                .input("sample", DataType.FLOAT, "batch", 3, "height", "width")
                .input("timestep", DataType.FLOAT)
                .input("encoder_hidden_states", DataType.FLOAT, "batch", "tokens", dim)
                .node("Identity", List.of("sample"), "out_sample")
                .output("out_sample", DataType.FLOAT, "batch", 3, "height", "width");
    }

    private Model load(String backbone, Graphs graph) throws IOException {
        graph.write(folder.resolve(backbone).resolve("model.onnx"));
        index.put(backbone, List.of("diffusers", "Backbone"));
        index.put("scheduler", List.of("diffusers", "DDIMScheduler"));
        new ObjectMapper().writeValue(folder.resolve("model_index.json").toFile(), index);
        return Model.load(folder, Device.CPU);
    }

    private Model sdxl() throws IOException {
        encoder("", 2, 1, "pooler_output");
        encoder("_2", 3, 10, "text_embeds");
        return load(
                "unet",
                unet(5).input("text_embeds", DataType.FLOAT, "batch", 3).input("time_ids", DataType.FLOAT, "batch", 6));
    }

    private static void assertShape(Tensor tensor, int... shape) {
        assertArrayEquals(shape, tensor.shape());
    }

    @Test
    void oneEncoderAloneGivesItsLastLayer() throws IOException {
        encoder("", 4, 1, "pooler_output");
        try (Model model = load("unet", unet(4))) {
            Map<String, Tensor> told = model.conditioning(PROMPT).values();
            assertEquals(List.of(Conditioning.PROMPT), List.copyOf(told.keySet()));
            Tensor states = told.get(Conditioning.PROMPT);
            assertShape(states, 1, TOKENS, 4);
            int first = model.tokens(PROMPT).tokens().get(1).id();
            assertEquals(first, states.get(0, 1, 3));
        }
    }

    @Test
    void sdxlIsToldTwoPenultimateLayersThePooledVectorOfTheSecondAndSizes() throws IOException {
        try (Model model = sdxl()) {
            Map<String, Tensor> told = model.conditioning(PROMPT, 64, 48).values();
            Tensor states = told.get(Conditioning.PROMPT);
            assertShape(states, 1, TOKENS, 5);
            int id = model.tokens(PROMPT).tokens().get(1).id();
            assertEquals(id + 1, states.get(0, 1, 1));
            assertEquals(10 * id + 1, states.get(0, 1, 2));
            assertShape(told.get("text_embeds"), 1, 3);
            assertTrue(told.get("text_embeds").get(0, 0) >= 10 * id);
            assertEquals(Tensor.of(new float[] {64, 48, 0, 0, 64, 48}, 1, 6), told.get("time_ids"));
        }
    }

    @Test
    void emptyNegativePromptIsZerosOnlyWhereTheIndexSaysSo() throws IOException {
        index.put("force_zeros_for_empty_prompt", true);
        try (Model model = sdxl()) {
            Map<String, Tensor> away = model.conditioningAway("", 32, 32).values();
            assertEquals(Tensor.zeros(1, TOKENS, 5), away.get(Conditioning.PROMPT));
            assertEquals(Tensor.zeros(1, 3), away.get("text_embeds"));
            assertEquals(32, away.get("time_ids").get(0, 0));
            assertEquals(model.conditioning("a red ball", 32, 32), model.conditioningAway("a red ball", 32, 32));
            assertNotEquals(
                    0,
                    model.conditioning("", 32, 32)
                            .values()
                            .get(Conditioning.PROMPT)
                            .max());
        }
    }

    @Test
    void withoutThatSwitchAnEmptyNegativePromptIsEncoded() throws IOException {
        try (Model model = sdxl()) {
            assertEquals(model.conditioning("", 32, 32), model.conditioningAway("", 32, 32));
        }
    }

    private static Graphs mmdit(int dim) {
        return Graphs.graph()
                .input("hidden_states", DataType.FLOAT, "batch", 3, "height", "width")
                .input("timestep", DataType.FLOAT, "batch")
                .input("encoder_hidden_states", DataType.FLOAT, "batch", "tokens", dim)
                .input("pooled_projections", DataType.FLOAT, "batch", 5)
                .node("Identity", List.of("hidden_states"), "out_hidden_states")
                .output("out_hidden_states", DataType.FLOAT, "batch", 3, "height", "width");
    }

    @Test
    void sd3IsToldBothClipsFilledUpAndT5BehindThem() throws IOException {
        encoder("", 2, 1, "text_embeds");
        encoder("_2", 3, 10, "text_embeds");
        encoder("_3", 8, 100, null);
        try (Model model = load("transformer", mmdit(8))) {
            Map<String, Tensor> told = model.conditioning(PROMPT).values();
            Tensor states = told.get(Conditioning.PROMPT);
            assertShape(states, 1, 2 * TOKENS, 8);
            int id = model.tokens(PROMPT).tokens().get(1).id();
            float[] clips = {id + 1, id + 1, 10 * id + 1, 10 * id + 1, 10 * id + 1, 0, 0, 0};
            for (int i = 0; i < 8; i++) {
                assertEquals(clips[i], states.get(0, 1, i), "value " + i);
                assertEquals(100 * id, states.get(0, TOKENS + 1, i), "value " + i);
            }
            assertShape(told.get("pooled_projections"), 1, 5);
        }
    }

    @Test
    void sd3WithoutT5IsToldZerosInItsPlace() throws IOException {
        encoder("", 2, 1, "text_embeds");
        encoder("_2", 3, 10, "text_embeds");
        try (Model model = load("transformer", mmdit(8))) {
            Tensor states = model.conditioning(PROMPT).values().get(Conditioning.PROMPT);
            assertShape(states, 1, TOKENS + 256, 8);
            assertEquals(0, states.get(0, TOKENS + 255, 7));
        }
    }

    private static Graphs flux() {
        return Graphs.graph()
                .input("hidden_states", DataType.FLOAT, "batch", "patches", 12)
                .input("timestep", DataType.FLOAT, "batch")
                .input("encoder_hidden_states", DataType.FLOAT, "batch", "tokens", 8)
                .input("pooled_projections", DataType.FLOAT, "batch", 2)
                .input("img_ids", DataType.FLOAT, "patches", 3)
                .input("txt_ids", DataType.FLOAT, "tokens", 3)
                .input("guidance", DataType.FLOAT, "batch")
                .node("Identity", List.of("hidden_states"), "out_hidden_states")
                .output("out_hidden_states", DataType.FLOAT, "batch", "patches", 12);
    }

    @Test
    void fluxIsToldT5AloneAndThePooledVectorOfClip() throws IOException {
        encoder("", 2, 1, "pooler_output");
        encoder("_2", 8, 100, null);
        try (Model model = load("transformer", flux())) {
            assertEquals(3, model.backbone().channels());
            Map<String, Tensor> told = model.conditioning(PROMPT).values();
            assertShape(told.get(Conditioning.PROMPT), 1, TOKENS, 8);
            int id = model.tokens(PROMPT).tokens().get(1).id();
            assertEquals(100 * id, told.get(Conditioning.PROMPT).get(0, 1, 0));
            assertShape(told.get("pooled_projections"), 1, 2);
        }
    }

    @Test
    void negativePromptOfAModelDistilledUnderGuidanceIsRefused() throws IOException {
        encoder("", 2, 1, "pooler_output");
        encoder("_2", 8, 100, null);
        try (Model model = load("transformer", flux())) {
            Request request = model.prompt(PROMPT).negative("blue").size(32, 32);
            var error = assertThrows(IllegalArgumentException.class, request::start);
            assertTrue(error.getMessage().contains("was distilled under guidance"), error.getMessage());
        }
    }

    private String refusal(String backbone, Graphs graph) {
        ModelException error =
                assertThrows(ModelException.class, () -> load(backbone, graph).close());
        assertEquals(1, error.getMessage().lines().count(), error.getMessage());
        assertTrue(error.getMessage().matches(".*\\. [A-Z].+"), error.getMessage());
        return error.getMessage();
    }

    @Test
    void encoderOfAnotherFamilyIsToldByBothShapes() throws IOException {
        encoder("", 2, 1, "pooler_output");
        String message = refusal("unet", unet(5));
        assertTrue(
                message.startsWith("unet/model.onnx takes 'encoder_hidden_states' of shape [batch, tokens, 5]"),
                message);
        assertTrue(message.contains("give [1, 16, 2]"), message);
    }

    @Test
    void sdxlBackboneWithTheEncoderOfStableDiffusionOneIsRefused() throws IOException {
        encoder("", 2, 1, "pooler_output");
        Graphs graph =
                unet(5).input("text_embeds", DataType.FLOAT, "batch", 3).input("time_ids", DataType.FLOAT, "batch", 6);
        assertTrue(refusal("unet", graph).contains("of shape [batch, tokens, 5]"));
    }

    /** The second would be ignored. */
    @Test
    void encodersOfSdxlWithTheBackboneOfStableDiffusionOneAreRefused() throws IOException {
        encoder("", 2, 1, "pooler_output");
        encoder("_2", 3, 10, "text_embeds");
        String message = refusal("unet", unet(2));
        assertTrue(message.startsWith("unet/model.onnx reads one text encoder"), message);
        assertTrue(message.contains("has text_encoder, text_encoder_2, as SDXL"), message);
    }

    @Test
    void fluxWithoutT5IsToldWhatIsLacking() throws IOException {
        encoder("", 2, 1, "pooler_output");
        assertTrue(refusal("transformer", flux()).contains("no text encoder that does not pool"));
    }

    @Test
    void inputThatNobodyProvidesIsNamed() throws IOException {
        encoder("", 2, 1, "pooler_output");
        String message = refusal("unet", unet(2).input("image_embeds", DataType.FLOAT, "batch", 3));
        assertTrue(message.contains("image_embeds float [batch, 3], which nothing here provides"), message);
    }
}
