package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Locale;
import org.daguerre.backbone.Conditioning;
import org.daguerre.image.Picture;
import org.daguerre.onnx.Device;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** States, prompts and settings of the machine that a trained model rarely meets. */
class OddInputTest {

    private static Model tray;

    @BeforeAll
    static void load() {
        tray = Model.load(Path.of("..", "models", "tray"), Device.CPU);
    }

    @AfterAll
    static void close() {
        tray.close();
    }

    @ParameterizedTest
    @ValueSource(floats = {0, 1, -3, Float.MIN_VALUE, 1e4f})
    void constantStatesOfAnySizeEndInNumbers(float value) {
        Generation run = tray.prompt("a red ball")
                .steps(3)
                .latents(Tensor.filled(value, tray.shape()))
                .start()
                .finish();
        assertTrue(run.run().x().isFinite());
        assertTrue(run.pixels().isFinite());
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void stateThatIsNoNumbersEndsTheRunAtItsFirstStep(float value) {
        Generation run = tray.prompt("a red ball")
                .steps(3)
                .latents(Tensor.filled(value, tray.shape()))
                .start();
        String message = assertThrows(RuntimeException.class, run::finish).getMessage();
        assertTrue(message.contains("step 1"), message);
        assertEquals(0, run.run().trajectory().length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   \t\n",
                "👩‍👩‍👧‍👦 🇩🇪 👍🏽",
                "a red\0ball",
                "lone \ud83d surrogate \udc4d",
                "\u202e elppa der \u202c",
                "תפוח אדום",
                "e\u0301 \u00e9",
                "<script>alert(1)</script>",
                "$$x^2$$ ](javascript:alert(1))",
                "((((((",
                "))))))",
                "(:)",
                "\\",
                "\\("
            })
    void anyTextIsReadAsAPrompt(String prompt) {
        Tensor states = tray.conditioning(prompt).values().get(Conditioning.PROMPT);
        assertTrue(states.isFinite());
        assertEquals(tray.tokens("").size(), tray.tokens(prompt).size());
    }

    @Test
    void promptOfAMegabyteIsCutAndSaid() {
        String prompt = "red apples ".repeat(100_000);
        assertTrue(
                tray.tokens(prompt).unread().startsWith("cut off after "),
                tray.tokens(prompt).unread());
        assertTrue(tray.prompt(prompt).toString().length() < 1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tr-TR", "de-DE", "ar-EG", "hi-IN-u-nu-deva"})
    void pictureAndWordsAreTheSameInEveryLocale(String tag) {
        Picture picture = picture();
        String words = tray.toString() + facts();
        Locale usual = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag(tag));
            assertEquals(picture, picture());
            assertEquals(words, tray.toString() + facts());
        } finally {
            Locale.setDefault(usual);
        }
    }

    private static Picture picture() {
        return tray.prompt("A RED BALL, LEFT OF A WHITE TILE")
                .guidance(2.5)
                .steps(2)
                .start()
                .finish()
                .picture();
    }

    private static String facts() {
        Generation run =
                tray.prompt("a (red:1.5) ball").guidance(2.5).steps(2).start().finish();
        return run + " " + run.request() + " " + run.parameters(0) + " " + Device.of("cuda:1");
    }
}
