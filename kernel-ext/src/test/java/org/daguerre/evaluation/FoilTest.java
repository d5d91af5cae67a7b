package org.daguerre.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.daguerre.onnx.Device;
import org.daguerre.pipeline.Scorer;
import org.daguerre.scene.Claim;
import org.daguerre.scene.Judge;
import org.daguerre.scene.Prompt;
import org.daguerre.scene.Prompts;
import org.daguerre.scene.Raster;
import org.daguerre.scene.Rate;
import org.daguerre.scene.Renderer;
import org.daguerre.scene.Report;
import org.daguerre.scene.SceneSeries;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FoilTest {

    private static final int PROMPTS = 60;

    @ParameterizedTest
    @EnumSource(Foil.class)
    void captionIsTrueOfItsPictureAndTheFoilIsNot(Foil foil) {
        List<Prompt> asked = Prompts.heldOut(PROMPTS, 3);
        int foils = 0;
        for (int i = 0; i < PROMPTS; i++) {
            Claim claim = asked.get(i).claim();
            Optional<Claim> other = foil.of(claim, i);
            if (other.isPresent()) {
                Raster picture = Renderer.render(new SceneSeries(3).showing(claim, i));
                assertTrue(Judge.judge(picture, claim).right(), claim.text());
                assertFalse(
                        Judge.judge(picture, other.get()).right(), other.get().text());
                foils++;
            }
        }
        assertTrue(foils >= 8, foil + " has " + foils);
    }

    @ParameterizedTest
    @EnumSource(names = {"COLOURS_EXCHANGED", "PLACES_EXCHANGED"})
    void whatIsExchangedLeavesTheWordsOfSingleObjectsAsTheyAre(Foil foil) {
        List<Prompt> relations = Prompts.heldOut(PROMPTS, 3).stream()
                .filter(prompt -> prompt.claim().place().isPresent())
                .toList();
        for (Prompt prompt : relations) {
            foil.of(prompt.claim(), 0).ifPresent(other -> assertEquals(words(prompt.claim()), words(other)));
        }
    }

    /** A multiset of words; "a" and "an" are the same. */
    private static List<String> words(Claim claim) {
        return Arrays.stream(claim.text().replaceAll("\\ban\\b", "a").split(" "))
                .sorted()
                .toList();
    }

    /** Random captions can be told apart without order, so contrastive training does not teach it. */
    @Test
    void clipTellsWordsApartAndNotTheirOrder() {
        try (Scorer clip = Scorer.load(Path.of("..", "models", "clip"), Device.CPU)) {
            Report report = Foil.report(clip, "clip", PROMPTS, 5);
            assertEquals(new Rate(30, 30), report.rate("colour"));
            Rate exchanged = report.rate("places exchanged");
            assertTrue(exchanged.low() < 0.5 && exchanged.high() > 0.5, report.markdown());
        }
    }
}
