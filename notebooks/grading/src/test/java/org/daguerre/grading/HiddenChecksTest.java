package org.daguerre.grading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.daguerre.course.AddNoise;
import org.daguerre.course.AlphasCumprod;
import org.daguerre.course.Check;
import org.daguerre.course.DdimStep;
import org.daguerre.course.Exercise;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HiddenChecksTest {

    private static final AlphasCumprod.Answer ALPHAS = betas -> {
        double[] products = new double[betas.length];
        double product = 1;
        for (int t = 0; t < betas.length; t++) {
            product *= 1 - betas[t];
            products[t] = product;
        }
        return products;
    };
    private static final AddNoise.Answer NOISE =
            (x0, eps, level) -> x0.times(level.alpha()).plus(level.sigma(), eps);
    private static final DdimStep.Answer DDIM =
            (prediction, next) -> prediction.denoised().times(next.alpha()).plus(next.sigma(), prediction.noise());

    @Test
    void keyIsThatOfTheBuildsEnvironment() {
        String key = Optional.ofNullable(System.getenv("DAGUERRE_COURSE_KEY"))
                .orElse("demo")
                .strip();
        assertEquals(CourseKey.of(key).seed("any"), CourseKey.built().seed("any"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "another", "é 北京"})
    void rightAnswersPassUnderEveryKey(String key) throws Exception {
        assertEquals(2, passed(key, "alphas-cumprod", ALPHAS));
        assertEquals(2, passed(key, "add-noise", NOISE));
        assertEquals(3, passed(key, "ddim-step", DDIM));
    }

    @Test
    void answersThatKnowTheLessonsNumbersOnlyFail() throws Exception {
        AlphasCumprod.Answer knows = betas -> ALPHAS.alphasCumprod(
                betas.length == 3 ? new double[] {0.1, 0.2, 0.5} : AlphasCumprod.linear(1000, 1e-4, 0.02));
        assertEquals(Optional.empty(), AlphasCumprod.VISIBLE.checks().get(0).fault(knows));
        assertEquals(Optional.empty(), AlphasCumprod.VISIBLE.checks().get(1).fault(knows));
        assertEquals(0, passed("demo", "alphas-cumprod", knows));
    }

    @Test
    void sigmaTakenForTheRootOfWhatAlphaLeavesFailsWhereItIsNot() throws Exception {
        AddNoise.Answer preservingOnly =
                (x0, eps, level) -> x0.times(level.alpha()).plus(Math.sqrt(1 - level.alphasCumprod()), eps);
        assertEquals(1, passed("demo", "add-noise", preservingOnly));
    }

    @Test
    void keyDecidesTheSeedsAndNobodyReadsItOffThem() {
        assertEquals(CourseKey.of("k").seed("a"), CourseKey.of("k").seed("a"));
        assertNotEquals(CourseKey.of("k").seed("a"), CourseKey.of("k").seed("b"));
        assertNotEquals(CourseKey.of("k").seed("a"), CourseKey.of("other").seed("a"));
    }

    @SuppressWarnings("unchecked")
    private static <A> int passed(String key, String name, A answer) throws Exception {
        Exercise<A> exercise =
                (Exercise<A>) HiddenChecks.under(CourseKey.of(key)).named(name);
        int passed = 0;
        for (Check<A> check : exercise.checks()) {
            passed += check.fault(answer).isEmpty() ? 1 : 0;
        }
        assertTrue(passed <= exercise.points());
        return passed;
    }
}
