package org.daguerre.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.daguerre.notebook.JupyterClient.Output;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code %attention} and {@code %plot attention} with the trained model, which shows its attention. */
class AttentionMagicTest extends InEveryKernel {

    private static final String PROMPT = "two red apples left of a green cup";

    @BeforeAll
    void takeTwoStepsOfTray() {
        executeInEvery("%model tray --device cpu");
        executeInEvery("%start \"" + PROMPT + "\" --steps 3 --seed 7");
        executeInEvery("%step 2");
    }

    private Output figure(Family family, String source) {
        Output figure = execute(family, source).result();
        assertTrue(figure.data("image/png").startsWith("iVBOR"), source);
        assertEquals(
                760,
                figure.content()
                        .path("metadata")
                        .path("image/png")
                        .path("width")
                        .asInt());
        return figure;
    }

    @ParameterizedTest
    @EnumSource
    void wordsHaveTheirMapsAndTheirPlacesInTheText(Family family) {
        Output figure = figure(family, "%attention apples cup");
        assertTrue(
                figure.data("text/plain")
                        .matches(
                                "Attention maps over the picture: \"apples\" centres \\d+ % from the left and \\d+ % from the"
                                        + " top, peak [0-9.e-]+; \"cup\" centres .*"),
                figure.data("text/plain"));
    }

    @ParameterizedTest
    @EnumSource
    void withoutAWordEveryWordOfThePromptIsShown(Family family) {
        String text = figure(family, "%attention").data("text/plain");
        for (String word : PROMPT.split(" ")) {
            assertTrue(text.contains("\"" + word + "\""), word + ": " + text);
        }
    }

    @ParameterizedTest
    @EnumSource
    void twinInJavaShowsTheSameFigure(Family family) {
        executeInEvery(
                "var twin = Daguerre.model(\"tray\").prompt(\"" + PROMPT + "\").steps(3).seed(7).start().step(2);");
        assertEquals(
                figure(family, "%attention").data("image/png"),
                figure(family, "twin.attention()").data("image/png"));
    }

    @ParameterizedTest
    @EnumSource
    void uNetOfTheTrayIsDrawn(Family family) {
        Output drawn = figure(family, "%plot model");
        assertTrue(drawn.data("text/plain").startsWith("U-Net of tray, drawn as a U with 2 levels"), drawn.toString());
    }

    @ParameterizedTest
    @EnumSource
    void plotShowsTheSameFigure(Family family) {
        assertEquals(
                figure(family, "%attention cup").data("image/png"),
                figure(family, "%plot attention --word cup").data("image/png"));
    }

    @ParameterizedTest
    @CsvSource({"apples", "cup --step 1", "cup --step 1..1 --head 0", "cup --layer mid", "cup apples", "\"green cup\""})
    void choiceOfWordStepHeadOrLayerChangesTheFigure(String arguments) {
        for (Family family : Family.values()) {
            assertNotEquals(
                    figure(family, "%attention cup").data("image/png"),
                    figure(family, "%attention " + arguments).data("image/png"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneScaleDrawsAWeakWordDarkerThanItsOwn(Family family) {
        assertNotEquals(
                figure(family, "%attention apples of").data("image/png"),
                figure(family, "%attention apples of --one-scale").data("image/png"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "%attention aples|word 'aples' is unknown. Did you mean apples? Give one of: two, red, apples",
                "%attention zebra|word 'zebra' is unknown. Give one of: two, red, apples, left, of, a, green, cup.",
                "%attention 🍎|word '🍎' is unknown. Give one of: two",
                "%attention \"red zebra\"|zebra",
                "%plot attention --word zebra|word 'zebra' is unknown. Give one of: two",
                "%attention cup --step 3|steps are 3 to 3, 2 were made. Give 1 <= from <= to <= 2.",
                "%attention cup --step 0|steps are 0 to 0, 2 were made. Give",
                "%attention cup --step 2..1|steps are 2 to 1, 2 were made. Give",
                "%attention cup --step last|--step is 'last', not a step. Give a number such as 12",
                "%attention cup --head 99|head is 99",
                "%attention cup --head -1|head is -1. Give 0 or more.",
                "%attention cup --layer nope|layer 'nope' is none of these. Give a part of: ",
                "%attention cup --picture 2|--picture is 2. Give 1 to 1.",
            })
    void mistakeIsAnsweredInOneLine(String source, String answer) {
        for (Family family : Family.values()) {
            String error = execute(family, source).error();
            assertTrue(error.contains(answer), family + " answers: " + error);
            assertEquals(1, error.lines().count(), error);
        }
    }

    @ParameterizedTest
    @EnumSource
    void beforeTheFirstStepThereIsNoAttentionYet(Family family) {
        execute(family, "%start \"a red ball\" --steps 3");
        String error = execute(family, "%attention ball").error();
        assertTrue(
                error.contains("no step was made under this prompt, so there is no attention yet. Step first."), error);
        executeInEvery("%start \"" + PROMPT + "\" --steps 3 --seed 7");
        executeInEvery("%step 2");
    }
}
