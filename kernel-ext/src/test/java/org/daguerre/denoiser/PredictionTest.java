package org.daguerre.denoiser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.daguerre.schedule.Form;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PredictionTest {

    @Test
    void preconditioningIsSaidInWords() {
        assertEquals("epsilon preconditioned with sigma_data 0.5", new Preconditioned(0.5, false, 0).toString());
        assertEquals(
                "v_prediction preconditioned with sigma_data 0.5 and sigma_min 0.002",
                new Preconditioned(0.5, true, 0.002).toString());
    }

    @Test
    void typeOfOnesOwnWithoutNumbersIsNamed() {
        PredictionType mine = new PredictionType() {
            @Override
            public Tensor denoised(Tensor raw, Tensor x, Level level) {
                return x.times(Double.NaN);
            }

            @Override
            public String toString() {
                return "mine";
            }
        };
        Tensor x = Tensor.zeros(1, 2);
        Prediction prediction = new Prediction(x, mine, x, Level.preserving(0, 0.5));
        String message =
                assertThrows(IllegalStateException.class, prediction::denoised).getMessage();
        assertTrue(message.startsWith("denoised of prediction type 'mine' has values that are infinite"), message);
    }

    private static final Tensor X0 = Noise.seed(1).draw(1, 32).tensor();
    private static final Tensor EPS = Noise.seed(2).draw(1, 32).tensor();

    static Stream<Arguments> typesAtLevels() {
        List<Level> levels = List.of(
                Level.preserving(500, 0.3),
                Level.of(500, 1, 7, Form.EXPLODING),
                Level.flow(400, 0.4),
                Level.preserving(999, 0),
                Level.flow(1000, 1));
        return PredictionType.standard().stream()
                .flatMap(type -> levels.stream()
                        .filter(level -> level.alpha() > 0 || type != PredictionType.EPSILON)
                        .map(level -> Arguments.of(type, level)));
    }

    @ParameterizedTest(name = "{0} at {1}")
    @MethodSource("typesAtLevels")
    void aPerfectAnswerGivesPictureAndNoiseBack(PredictionType type, Level level) {
        double r = Math.hypot(level.alpha(), level.sigma());
        Tensor raw = Map.of(
                        PredictionType.EPSILON,
                        EPS,
                        PredictionType.SAMPLE,
                        X0,
                        PredictionType.V_PREDICTION,
                        EPS.times(level.alpha() / r).plus(-level.sigma() / r, X0),
                        PredictionType.FLOW_PREDICTION,
                        EPS.minus(X0))
                .get(type);
        assertClose(raw, type.raw(X0, EPS, level));
        Tensor x = X0.times(level.alpha()).plus(level.sigma(), EPS);
        Prediction prediction = new Prediction(raw, type, x, level);
        assertClose(X0, prediction.denoised());
        assertClose(EPS, prediction.noise());
        Tensor velocity = level.form() == Form.FLOW
                ? EPS.minus(X0)
                : EPS.times(level.alpha() / r).plus(-level.sigma() / r, X0);
        if (level.alpha() > 0) {
            assertClose(velocity, prediction.velocity());
        }
    }

    private static void assertClose(Tensor expected, Tensor actual) {
        assertEquals(0, expected.minus(actual).norm() / expected.norm(), 2e-6);
    }

    @Test
    void epsilonSaysNothingAtZeroTerminalSnr() {
        Prediction prediction = new Prediction(EPS, PredictionType.EPSILON, EPS, Level.preserving(999, 0));
        String message =
                assertThrows(IllegalStateException.class, prediction::denoised).getMessage();
        assertTrue(message.contains("v_prediction"), message);
        assertSame(EPS, prediction.noise());
    }

    @Test
    void rawOutputCanBeReadAtAnotherState() {
        Level level = Level.preserving(500, 0.5);
        Prediction prediction = new Prediction(EPS, PredictionType.EPSILON, EPS, level);
        Level other = Level.preserving(100, 0.9);
        Tensor x = X0.times(other.alpha()).plus(other.sigma(), EPS);
        assertClose(X0, prediction.with(EPS, x, other).denoised());
    }

    @Test
    void namesAreThoseOfTheConfigFiles() {
        for (PredictionType type : PredictionType.standard()) {
            assertSame(type, PredictionType.of(type.toString()));
        }
        assertSame(PredictionType.V_PREDICTION, PredictionType.of("v_prediction"));
        assertThrows(IllegalArgumentException.class, () -> PredictionType.of("eps"));
    }
}
