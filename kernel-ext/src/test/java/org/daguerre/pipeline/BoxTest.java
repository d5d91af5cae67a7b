package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.daguerre.backbone.Conditioning;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.Graphs;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Boxes become tokens behind those of the prompt. */
class BoxTest {

    private static final Path EXACT = Path.of("..", "models", "exact");
    private static final Box BALL = Box.of("red ball", 0.125, 0.25, 0.5, 0.75);
    private static final Box CUBE = Box.of("cube", 0, 0.5, 0.5, 1);
    private static final int TOKENS = 16, DIM = 16, BOXES = 2;

    @TempDir
    Path temp;

    private Model model;

    /** The exact model's words and schedule, and a network of two boxes: a token is left, top, right, bottom, mask, phrase. */
    @BeforeEach
    void load() throws IOException {
        Path folder = FolderCopy.of(EXACT, temp.resolve("boxes"));
        Files.delete(folder.resolve("SHA256SUMS"));
        ObjectMapper json = new ObjectMapper();
        ObjectNode index =
                (ObjectNode) json.readTree(folder.resolve("model_index.json").toFile());
        index.putArray("position_net").add("daguerre").add("PositionNet");
        json.writeValue(folder.resolve("model_index.json").toFile(), index);
        Graphs.graph()
                .input("phrase_embeds", DataType.FLOAT, "b", BOXES, DIM)
                .input("boxes", DataType.FLOAT, "b", BOXES, 4)
                .input("masks", DataType.FLOAT, "b", BOXES)
                .weights("last", new long[] {-1}, 1)
                .node("Unsqueeze", List.of("masks", "last"), "there")
                .weights("places", new long[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 11)
                .node("Gather", List.of("phrase_embeds", "places"), "phrase", Graphs.whole("axis", 2))
                .node("Concat", List.of("boxes", "there", "phrase"), "objs", Graphs.whole("axis", 2))
                .output("objs", DataType.FLOAT, "b", BOXES, DIM)
                .write(folder.resolve("position_net").resolve("model.onnx"));
        Graphs.graph()
                .input("sample", DataType.FLOAT, "batch", 3, 32, 32)
                .input("timestep", DataType.FLOAT)
                .input("encoder_hidden_states", DataType.FLOAT, "batch", TOKENS + BOXES, DIM)
                .weights("axes", new long[] {1, 2}, 2)
                .node("ReduceMean", List.of("encoder_hidden_states", "axes"), "mean")
                .weights("four", new long[] {-1, 1, 1, 1}, 4)
                .node("Reshape", List.of("mean", "four"), "shift")
                .node("Add", List.of("sample", "shift"), "out_sample")
                .output("out_sample", DataType.FLOAT, "batch", 3, 32, 32)
                .write(folder.resolve("unet").resolve("model.onnx"));
        model = Model.load(folder, Device.CPU);
    }

    @AfterEach
    void close() {
        model.close();
    }

    private float[] row(Conditioning told, int row) {
        Tensor states = told.values().get(Conditioning.PROMPT);
        assertArrayEquals(new int[] {1, TOKENS + BOXES, DIM}, states.shape());
        return states.reshape(TOKENS + BOXES, DIM).slice(row).toArray();
    }

    @Test
    void tokenOfABoxIsMadeOfItsCornersAndTheMeanOfItsWords() {
        Conditioning told = model.prompt("a red ball").boxes(CUBE, BALL).conditioning();
        Tensor words = model.textEncoders()
                .get(0)
                .encode(model.tokens("red ball"))
                .lastHiddenState()
                .reshape(TOKENS, DIM);
        float[] phrase = words.slice(1).plus(words.slice(2)).over(2).toArray();
        float[] expected = {0.125f, 0.25f, 0.5f, 0.75f, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        System.arraycopy(phrase, 0, expected, 5, 11);
        assertArrayEquals(expected, row(told, TOKENS + 1));
        assertEquals(0.5f, row(told, TOKENS)[1], "the boxes keep their order");
        Conditioning plain = model.conditioning("a red ball");
        assertArrayEquals(row(plain, 3), row(told, 3), "the prompt is told as without boxes");
    }

    @Test
    void withoutBoxesAndAwayFromThePromptTheMasksAreZero() {
        for (Conditioning told : List.of(model.conditioning("a red ball"), model.conditioningAway("", 32, 32))) {
            assertArrayEquals(new float[DIM], row(told, TOKENS));
        }
    }

    @Test
    void boxesChangeThePictureAndAreSaid() {
        Request request = model.prompt("a red ball").steps(2).guidance(1);
        Generation with = request.boxes(BALL).start().finish(),
                without = request.start().finish();
        assertTrue(with.run().x().minus(without.run().x()).norm() > 0.01);
        assertEquals("red ball@0.125,0.25,0.5,0.75", with.parameters(0).get("boxes"));
        assertTrue(request.boxes(BALL, CUBE).toString().contains("boxes red ball@0.125,0.25,0.5,0.75; cube@0.0,"));
        Generation unread = request.boxes(Box.of("zebra", 0, 0, 1, 1)).start();
        assertTrue(unread.toString().contains("box not in the vocabulary: zebra"), unread.toString());
    }

    @Test
    void moreBoxesThanTheModelReadsAreRefused() {
        Request request = model.prompt("a red ball");
        String many = assertThrows(IllegalArgumentException.class, () -> request.boxes(BALL, CUBE, BALL))
                .getMessage();
        assertEquals("3 boxes are given, and model 'boxes' reads up to 2. Give fewer.", many);
        try (Model exact = Model.load(EXACT, Device.CPU)) {
            String none = assertThrows(
                            IllegalArgumentException.class,
                            () -> exact.prompt("x").boxes(BALL))
                    .getMessage();
            assertTrue(none.startsWith("model 'exact' reads no boxes. "), none);
            assertThrows(
                    IllegalArgumentException.class, () -> request.boxes(BALL).model(exact));
        }
    }

    @Test
    void boxIsReadAsItIsWritten() {
        assertEquals(BALL, Box.parse(BALL.toString()));
        assertEquals(Box.of("me@home", 0, 0, 1, 1), Box.parse("me@home@ 0, 0 ,1,1"));
    }

    @ParameterizedTest
    @CsvSource({"-0.1,0,1,1", "0,0,1.1,1", "0.5,0,0.5,1", "0,1,1,0", "NaN,0,1,1", "0,0,1,Infinity"})
    void cornersOutOfOrderOrOutOfThePictureAreRefused(double left, double top, double right, double bottom) {
        String message = assertThrows(IllegalArgumentException.class, () -> Box.of("cube", left, top, right, bottom))
                .getMessage();
        assertTrue(message.startsWith("the box of 'cube' is " + left + "," + top), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cube", "cube@1,2,3", "@0,0,1,1", "cube@0,0,1,1,1", "cube@a,0,1,1", " @0,0,1,1"})
    void whatIsNoBoxIsRefusedWithAnExample(String written) {
        String message = assertThrows(IllegalArgumentException.class, () -> Box.parse(written))
                .getMessage();
        assertTrue(message.contains("such as \"red apple@0.1,0.2,0.5,0.6\""), message);
    }

    @Test
    void cardNamesTheNetworkOfTheBoxes() {
        assertEquals(
                List.of("text_encoder", "position_net", "unet"),
                model.card().components().stream()
                        .map(ModelCard.Component::name)
                        .toList());
        assertTrue(Arrays.stream(model.toString().split("\n")).anyMatch(line -> line.contains("masks float")));
    }
}
