package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.daguerre.backbone.Conditioning;
import org.daguerre.image.Picture;
import org.daguerre.onnx.Device;
import org.daguerre.tensor.Tensor;
import org.daguerre.text.Tokens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the trained model is told of prompts with weights, between prompts and of prompts said over. */
class PromptTest {

    private static final String RED = "a red ball";
    private static final String BLUE = "a blue cube";

    private static Model tray;

    @BeforeAll
    static void load() {
        tray = Model.load(Path.of("..", "models", "tray"), Device.CPU);
    }

    @AfterAll
    static void close() {
        tray.close();
    }

    private static Tensor states(String prompt) {
        return tray.conditioning(prompt).values().get(Conditioning.PROMPT);
    }

    private static Tensor row(Tensor states, int token) {
        int[] shape = states.shape();
        return states.reshape(shape[1], shape[2]).slice(token);
    }

    @Test
    void weightOneIsThePromptToTheBit() {
        assertEquals(states(RED), states("a (red:1) ball"));
        assertEquals(states(RED), states("(a (red:1.0) ball:1)"));
    }

    @Test
    void weightedWordIsLedAwayFromTheEmptyPromptAndNoOtherIs() {
        Tensor plain = states(RED);
        Tensor empty = states("");
        Tensor weighted = states("a (red:1.5) ball");
        int red = tray.tokens(RED).positions("red").get(0);
        for (int i = 0; i < plain.shape()[1]; i++) {
            Tensor expected = i == red
                    ? row(empty, i).plus(row(plain, i).minus(row(empty, i)).times(1.5))
                    : row(plain, i);
            assertTrue(expected.minus(row(weighted, i)).norm() <= (i == red ? 1e-4 : 0), "token " + i);
        }
        assertEquals(row(empty, red), row(states("a (red:0) ball"), red));
    }

    @Test
    void tokensTellWeights() {
        Tokens tokens = tray.tokens("a (red:1.5) ball");
        assertEquals(1.5, tokens.tokens().get(tokens.positions("red").get(0)).weight());
        assertEquals(tray.tokens(RED), tray.tokens("a (red:1) ball"));
    }

    @Test
    void promptOfOwnModelIsCutBehindItsOneRow() {
        assertEquals(1, tray.tokens("red ".repeat(40)).rows());
    }

    @Test
    void endsOfTheWayBetweenTwoPromptsAreTheirPictures() {
        Request red = tray.prompt(RED).steps(4).seed(3);
        Picture first = picture(red);
        assertEquals(first, picture(red.towards(BLUE, 0)));
        Picture second = picture(tray.prompt(BLUE).steps(4).seed(3));
        assertEquals(second, picture(red.towards(BLUE, 1)));
        Picture between = picture(red.towards(BLUE, 0.5));
        assertNotEquals(first, between);
        assertNotEquals(second, between);
        assertEquals(between, picture(red.conditioning(tray.conditioning(RED).lerp(tray.conditioning(BLUE), 0.5))));
        assertEquals(first, picture(red.towards(BLUE, 0.5).prompt(RED)));
    }

    private static Picture picture(Request request) {
        return request.start().finish().picture();
    }

    @Test
    void runTellsWhatItWasToldAndShowsNoMapsOfWords() {
        Generation run = tray.prompt(RED).steps(2).towards(BLUE, 0.25).start().finish();
        assertEquals("0.25 of the way to \"a blue cube\"", run.parameters(0).get("told"));
        String message =
                assertThrows(IllegalStateException.class, run::attention).getMessage();
        assertTrue(message.startsWith("this run was told 0.25 of the way to"), message);
        assertTrue(
                run.request().toString().contains("0.25 of the way"),
                run.request().toString());
    }

    @Test
    void conditioningOfAnotherShapeIsRefusedWithBoth() {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> tray.prompt(RED).conditioning(Conditioning.of(Tensor.zeros(1, 16, 3))))
                .getMessage();
        assertTrue(
                message.startsWith("the conditioning has encoder_hidden_states [1, 16, 3], and the network takes"),
                message);
        assertThrows(IllegalArgumentException.class, () -> tray.prompt(RED).towards(BLUE, Double.NaN));
    }

    @Test
    void invertedPictureIsReachedUnderThePromptThatDescribesIt() {
        Request made = tray.prompt(RED).guidance(1).seed(7).steps(20);
        Picture picture = picture(made);
        Picture back = picture(made.inverted(picture, RED));
        assertEquals(picture(made.image(picture).inverted()), back);
        Request green = made.prompt(BLUE).guidance(3).inverted(picture, RED);
        assertEquals(
                made.prompt(BLUE).guidance(3).toString(),
                green.toString().replaceFirst(", from latents[^,]*(, \\d+)*\\]", ""));
    }
}
