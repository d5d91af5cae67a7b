package org.daguerre.guidance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuidanceTest {

    @ParameterizedTest
    @ValueSource(doubles = {1e39, -1001, Double.NaN, Double.POSITIVE_INFINITY})
    void scaleThatNoFloatSurvivesIsRefusedWithTheRange(double scale) {
        String message = assertThrows(IllegalArgumentException.class, () -> Guidance.scale(scale))
                .getMessage();
        assertTrue(message.contains("Give a number from -1000 to 1000"), message);
    }

    private static final Level LEVEL = Level.preserving(500, 0.5);
    private static final Tensor X = Tensor.filled(0.5, 1, 4);

    private static Denoiser constant(double value) {
        return Denoiser.of(PredictionType.V_PREDICTION, (x, level) -> Tensor.filled(value, 1, 4));
    }

    private static final ConditionalDenoiser MODEL =
            ConditionalDenoiser.of(Map.of("cond", constant(3), "uncond", constant(1)));

    /** Notes which branches each call asks. */
    private record Listening(List<List<String>> asked) implements ConditionalDenoiser {
        @Override
        public Set<String> branches() {
            return MODEL.branches();
        }

        @Override
        public List<Prediction> predict(Tensor x, Level level, List<String> branches) {
            asked.add(branches);
            return MODEL.predict(x, level, branches);
        }
    }

    @Test
    void guidanceStartsAtUncondAndGoesAlongTheDifference() {
        Prediction guided = Guidance.scale(7.5).predict(MODEL, X, LEVEL);
        assertEquals(Tensor.filled(1 + 7.5 * (3 - 1), 1, 4), guided.raw());
        assertEquals(PredictionType.V_PREDICTION, guided.type());
        assertEquals(List.of("uncond", "cond"), List.copyOf(guided.branches().keySet()));
        assertEquals(Tensor.filled(3, 1, 4), guided.branches().get("cond"));
    }

    @Test
    void scaleOneAsksTheConditionalBranchOnly() {
        Listening model = new Listening(new ArrayList<>());
        assertEquals(
                Tensor.filled(3, 1, 4),
                Guidance.scale(1).predict(model, X, LEVEL).raw());
        assertEquals(List.of(List.of("cond")), model.asked());
    }

    @Test
    void bothBranchesAreAskedInOneCall() {
        Listening model = new Listening(new ArrayList<>());
        Guidance.scale(3).guide(model).predict(X, LEVEL);
        assertEquals(List.of(List.of("uncond", "cond")), model.asked());
    }

    @Test
    void scaleZeroIsTheUnconditionalModel() {
        assertEquals(
                Tensor.filled(1, 1, 4),
                Guidance.scale(0).predict(MODEL, X, LEVEL).raw());
    }

    @Test
    void aLambdaIsARule() {
        Guidance late = Guidance.of((cond, uncond, level) -> level.alpha() > 0.6 ? cond : uncond);
        assertEquals(Tensor.filled(3, 1, 4), late.predict(MODEL, X, LEVEL).raw());
        assertEquals(
                Tensor.filled(1, 1, 4),
                late.predict(MODEL, X, Level.preserving(900, 0.1)).raw());
    }

    @Test
    void modelWithoutConditionsCannotBeGuided() {
        ConditionalDenoiser plain = ConditionalDenoiser.of(constant(2));
        assertEquals(
                Tensor.filled(2, 1, 4), Guidance.NONE.predict(plain, X, LEVEL).raw());
        Guidance guidance = Guidance.scale(2);
        String message = assertThrows(IllegalArgumentException.class, () -> guidance.predict(plain, X, LEVEL))
                .getMessage();
        assertTrue(message.contains("no branch 'uncond'"), message);
    }

    @Test
    void scaleMustBeANumber() {
        assertThrows(IllegalArgumentException.class, () -> Guidance.scale(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> Guidance.scale(Double.POSITIVE_INFINITY));
    }
}
