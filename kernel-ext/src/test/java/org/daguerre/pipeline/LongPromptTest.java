package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.daguerre.backbone.Conditioning;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.image.Picture;
import org.daguerre.onnx.Device;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.daguerre.text.Tokens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Prompts beyond CLIP's 77 tokens, told to the small Stable Diffusion that optimum exported. */
class LongPromptTest {

    private static final String SENTENCE = "a green cup, left of seven pears, ";

    private static Model tiny;

    @BeforeAll
    static void load() {
        tiny = Model.load(Path.of("..", "notebooks", "research", "tiny-sd"), Device.CPU);
    }

    @AfterAll
    static void close() {
        tiny.close();
    }

    private static Tensor states(String prompt) {
        return tiny.conditioning(prompt).values().get(Conditioning.PROMPT);
    }

    private static Tensor rows(Tensor states, int from, int to) {
        int[] shape = states.shape();
        return states.reshape(shape[1], shape[2]).slice(from, to);
    }

    @Test
    void everyRowIsReadAsAPromptOfItsOwn() {
        Tokens tokens = tiny.tokens(SENTENCE.repeat(10));
        assertEquals(2, tokens.rows());
        assertEquals(154, tokens.size());
        assertTrue(tokens.dropped().isEmpty());
        Tensor states = states(SENTENCE.repeat(10));
        assertArrayEquals(new int[] {1, 154, 32}, states.shape());
        long words = tokens.tokens().subList(0, 77).stream()
                .filter(token -> token.word() >= 0)
                .map(Tokens.Token::word)
                .distinct()
                .count();
        String first = String.join(" ", tokens.words().subList(0, (int) words));
        String second = String.join(
                " ", tokens.words().subList((int) words, tokens.words().size()));
        assertEquals(rows(states(first), 0, 77), rows(states, 0, 77));
        assertEquals(rows(states(second), 0, 77), rows(states, 77, 154));
    }

    @Test
    void promptBeyondEightRowsIsCutAndSaid() {
        Tokens tokens = tiny.tokens(SENTENCE.repeat(100));
        assertEquals(8, tokens.rows());
        assertTrue(tokens.unread().startsWith("cut off after "), tokens.unread());
    }

    @Test
    void longPromptIsDrawnWithAShortNegativeOne() {
        Request request = tiny.prompt(SENTENCE.repeat(10)).negative("blurry").steps(3);
        Picture picture = request.start().finish().picture();
        assertEquals(picture, request.start().finish().picture());
        Picture cut = tiny.prompt(SENTENCE.repeat(8))
                .negative("blurry")
                .steps(3)
                .start()
                .finish()
                .picture();
        assertNotEquals(picture, cut);
    }

    @Test
    void promptSaidOverIsThePrompt() {
        Tensor once = states(SENTENCE);
        Tensor thrice = Tensor.concat(once, once, once).reshape(1, 231, 32);
        Tensor x = Noise.seed(5).draw(tiny.shape()).tensor();
        Tensor plain = answer(x, once);
        assertTrue(plain.minus(answer(x, thrice)).norm() < 1e-5 * plain.norm());
        assertTrue(plain.minus(answer(x, states("two red apples"))).norm() > 1e-3 * plain.norm());
    }

    private static Tensor answer(Tensor x, Tensor states) {
        Level level = tiny.scheduler().schedule().at(600);
        return tiny.backbone()
                .under(Map.of(ConditionalDenoiser.COND, Conditioning.of(states)))
                .predict(x, level, List.of(ConditionalDenoiser.COND))
                .get(0)
                .raw();
    }

    @Test
    void weightOfOneIsThePromptToTheBitAndWeightsOfZeroAreTheEmptyOneWhereWordsStand() {
        assertEquals(states("two red apples"), states("two (red:1) (apples:1.0)"));
        Tokens tokens = tiny.tokens("(two red apples:0)");
        Tensor silent = states("(two red apples:0)");
        for (int place : tokens.positions("red apples")) {
            assertEquals(rows(states(""), place, place + 1), rows(silent, place, place + 1));
        }
    }
}
