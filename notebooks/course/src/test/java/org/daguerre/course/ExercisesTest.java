package org.daguerre.course;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ExercisesTest {

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

    private static <A> Score mark(Exercise<A> exercise, Object answer) {
        return new Marking(expression -> answer, Duration.ofMillis(500)).mark(exercise);
    }

    private static void slip(Exercise<?> exercise, Object answer, String advice) {
        Score score = mark(exercise, answer);
        assertTrue(score.points() < score.of(), advice);
        assertTrue(score.report().contains(advice), score.report());
    }

    @Test
    void rightAnswersAreWorthAllPoints() {
        assertEquals(new Score("alphas-cumprod", 2, 2, List.of()), mark(AlphasCumprod.VISIBLE, ALPHAS));
        assertEquals(new Score("add-noise", 2, 2, List.of()), mark(AddNoise.VISIBLE, NOISE));
        assertEquals(new Score("ddim-step", 2, 2, List.of()), mark(DdimStep.VISIBLE, DDIM));
    }

    @Test
    void everySlipWithAlphaBarIsToldWhatItIs() {
        Map<AlphasCumprod.Answer, String> slips = Map.of(
                betas -> null, "returns null",
                betas -> new double[2], "returns 2 values, and should return 3",
                betas -> new double[betas.length], "Alpha-bar at t = 0 is 0.00000, and should be 0.900000.",
                betas -> Arrays.stream(betas).map(beta -> 1 - beta).toArray(), "Multiply it with all those before",
                betas -> Arrays.stream(ALPHAS.alphasCumprod(betas))
                                .map(Math::sqrt)
                                .toArray(),
                        "square root",
                betas -> {
                            Arrays.fill(betas, 0);
                            return betas;
                        },
                        "changes the betas",
                betas -> {
                            double[] late = new double[betas.length];
                            System.arraycopy(ALPHAS.alphasCumprod(betas), 0, late, 1, betas.length - 1);
                            late[0] = 1;
                            return late;
                        },
                        "one place too late",
                betas -> {
                            double[] sums = betas.clone();
                            Arrays.parallelPrefix(sums, Double::sum);
                            return Arrays.stream(sums).map(sum -> 1 - sum).toArray();
                        },
                        "1 minus the sum");
        slips.forEach((answer, advice) -> slip(AlphasCumprod.VISIBLE, answer, advice));
    }

    @Test
    void everySlipWithNoiseIsToldWhatItIs() {
        Map<AddNoise.Answer, String> slips = Map.of(
                (x0, eps, level) -> x0.times(level.sigma()).plus(level.alpha(), eps), "sigma x0 + alpha eps",
                (x0, eps, level) -> x0.plus(level.sigma(), eps), "picture at full strength",
                (x0, eps, level) -> x0.times(level.alpha()).plus(eps), "noise at full strength",
                (x0, eps, level) -> x0.times(level.alphasCumprod()).plus(level.sigma(), eps), "with alpha-bar",
                (x0, eps, level) -> x0.times(level.alpha()).plus(level.sigma() * level.sigma(), eps), "its variance",
                (x0, eps, level) -> x0.times(Double.NaN), "is NaN");
        slips.forEach((answer, advice) -> slip(AddNoise.VISIBLE, answer, advice));
    }

    @Test
    void everySlipWithAStepIsToldWhatItIs() {
        Map<DdimStep.Answer, String> slips = Map.of(
                (p, next) -> p.x(), "x as it was",
                (p, next) -> p.denoised(), "all the way to the end",
                (p, next) -> p.denoised().times(next.sigma()).plus(next.alpha(), p.noise()), "each other's place",
                (p, next) -> p.x().plus(-next.sigma(), p.noise()), "takes noise off x",
                (p, next) -> p.denoised().plus(next.sigma(), p.noise()), "picture at full strength",
                (p, next) -> p.denoised().times(next.alpha()), "lost its noise");
        slips.forEach((answer, advice) -> slip(DdimStep.VISIBLE, answer, advice));
    }

    @Test
    void stubIsNotAnsweredYet() {
        AddNoise.Answer stub = (x0, eps, level) -> {
            throw new UnsupportedOperationException("not answered");
        };
        assertEquals(
                "add-noise: not there yet, 0 of 2 points\n  Not answered yet.",
                mark(AddNoise.VISIBLE, stub).report());
    }

    @Test
    void stubThatARunAsksIsNotAnsweredYet() {
        DdimStep.Answer stub = (prediction, next) -> {
            throw new UnsupportedOperationException("not answered");
        };
        assertEquals(List.of("Not answered yet."), mark(DdimStep.VISIBLE, stub).faults());
    }

    @Test
    void mistakeThatIsUnsupportedIsNoStub() {
        DdimStep.Answer mistaken = (prediction, next) -> {
            List.of().add(null);
            return prediction.x();
        };
        String report = mark(DdimStep.VISIBLE, mistaken).report();
        assertTrue(report.contains("UnsupportedOperationException") && !report.contains("Not answered"), report);
    }

    @Test
    void whatAnAnswerThrowsIsAFaultEvenAnError() {
        AddNoise.Answer endless = new AddNoise.Answer() {
            @Override
            public org.daguerre.tensor.Tensor addNoise(
                    org.daguerre.tensor.Tensor x0, org.daguerre.tensor.Tensor eps, org.daguerre.schedule.Level level) {
                return addNoise(eps, x0, level);
            }
        };
        assertEquals(
                List.of("It throws java.lang.StackOverflowError. Mend what it names."),
                mark(AddNoise.VISIBLE, endless).faults());
    }

    @Test
    void loopThatDoesNotEndIsLeftBehind() {
        AddNoise.Answer loop = (x0, eps, level) -> {
            while (true) {
                LockSupport.parkNanos(1_000_000);
            }
        };
        Score score = mark(AddNoise.VISIBLE, loop);
        assertEquals(0, score.points());
        assertTrue(score.report().contains("a loop that does not end"));
    }

    @Test
    void rightAnswerThatPrintsOnStandardErrorIsRightAndLeavesItEmpty() {
        java.io.ByteArrayOutputStream seen = new java.io.ByteArrayOutputStream();
        java.io.PrintStream err = System.err;
        System.setErr(new java.io.PrintStream(seen, true));
        try {
            AddNoise.Answer loud = (x0, eps, level) -> {
                System.err.println("sigma " + level.sigma());
                return NOISE.addNoise(x0, eps, level);
            };
            assertEquals(2, mark(AddNoise.VISIBLE, loud).points());
        } finally {
            System.setErr(err);
        }
        assertEquals("", seen.toString());
    }

    @Test
    void missingMethodIsNamed() {
        Marking marking = new Marking(
                expression -> {
                    throw new IllegalArgumentException("cannot find symbol");
                },
                Duration.ofSeconds(1));
        assertTrue(marking.mark(DdimStep.VISIBLE).report().contains("No method fits ddimStep(prediction, next)"));
    }

    @Test
    void classOfTheNotebookThatPosesAsTheAnswersTypeIsRefused() {
        assertEquals(0, mark(DdimStep.VISIBLE, "posing").points());
    }

    @Test
    void magicWithoutAnExerciseNamesThem() {
        CheckMagic magic = new CheckMagic("check", Exercises.VISIBLE, expression -> null);
        for (List<String> arguments : List.of(List.<String>of(), List.of("ddim"), List.of("ddim-step", "twice"))) {
            String message = assertThrows(IllegalArgumentException.class, () -> magic.eval(arguments))
                    .getMessage();
            assertTrue(message.contains("alphas-cumprod, add-noise, ddim-step"), message);
        }
    }
}
