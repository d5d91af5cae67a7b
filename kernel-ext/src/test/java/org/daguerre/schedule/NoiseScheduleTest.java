package org.daguerre.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NoiseScheduleTest {

    private static final DiscreteSchedule LINEAR = NoiseSchedule.linear(1000, 1e-4, 0.02);
    private static final DiscreteSchedule STABLE_DIFFUSION = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);

    /** From torch, printed with eight or nine digits. */
    @Test
    void alphaBarsEqualTorch() {
        assertAlphaBars(LINEAR, .99989998, .52142304, .07779666, .003300159, 4.0358307e-5);
        assertAlphaBars(
                NoiseSchedule.scaledLinear(1000, 1e-4, 0.02),
                .99989998,
                .82001013,
                .33127463,
                .038149651,
                7.3341199e-4);
        assertAlphaBars(NoiseSchedule.cosine(1000), .99995869, .84588802, .49228504, .14317866, 2.428735e-9);
        assertAlphaBars(
                NoiseSchedule.sigmoid(1000, 1e-4, 0.02), .99985081, .90279901, .29888758, .0056229196, 3.9681821e-5);
        assertEquals(.0046600960, STABLE_DIFFUSION.alphasCumprod()[999], 1e-9);
        assertEquals(14.6146452, STABLE_DIFFUSION.at(999).ratio(), 3e-6);
        assertEquals(0.0291675, STABLE_DIFFUSION.at(0).ratio(), 1e-7);
    }

    private static void assertAlphaBars(DiscreteSchedule schedule, double... expected) {
        float[] alphaBars = schedule.alphasCumprod();
        int[] at = {0, 250, 500, 750, 999};
        for (int i = 0; i < at.length; i++) {
            assertEquals(expected[i], alphaBars[at[i]], 2e-7 * expected[i], schedule + " at " + at[i]);
        }
    }

    @Test
    void scheduleWithLessNoiseLaterIsRefused() {
        NoiseSchedule dented = t -> Level.preserving(t, t == 500 ? 0.9 : 1 - 0.998 * t / 1000);
        String message =
                assertThrows(IllegalArgumentException.class, dented::growing).getMessage();
        assertTrue(message.contains("has less noise at t = 500 than at 499"), message);
        for (String name : NoiseSchedules.names()) {
            NoiseSchedule schedule = NoiseSchedule.named(name);
            assertSame(schedule, schedule.growing());
        }
    }

    @Test
    void scheduleWithoutALevelIsNamedWithItsTimestep() {
        Map<String, DoubleFunction<Level>> wrong = new LinkedHashMap<>();
        wrong.put("gave null at t = 3. Let it give a Level for every t from 0 to 999.", t -> null);
        wrong.put("has no level at t = 3: alpha-bar is NaN. Give 0", t -> Level.preserving(t, Double.NaN));
        wrong.put("has no level at t = 3: alpha-bar is 1.5. Give 0", t -> Level.preserving(t, 1.5));
        wrong.put("has no level at t = 3: alpha-bar is -0.5. Give 0", t -> Level.preserving(t, -0.5));
        wrong.put("has no level at t = 3: alpha 1.0 and sigma NaN", t -> Level.of(t, 1, Double.NaN, Form.EXPLODING));
        wrong.put("threw IllegalCallerException (no) at t = 3. Let it give", t -> {
            throw new IllegalCallerException("no");
        });
        wrong.forEach((fact, level) -> {
            NoiseSchedule erring = new NoiseSchedule() {
                @Override
                public Level at(double t) {
                    return t == 3 ? level.apply(t) : LINEAR.at(t);
                }

                @Override
                public String toString() {
                    return "mine";
                }
            };
            String message =
                    assertThrows(IllegalStateException.class, erring::growing).getMessage();
            assertTrue(message.startsWith("schedule 'mine' " + fact), message);
        });
    }

    @Test
    void spellingOfDiffusersIsAnsweredWithOurs() {
        String message = assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.named("squaredcos_cap_v2"))
                .getMessage();
        assertTrue(message.contains("'squaredcos_cap_v2' is unknown. Did you mean cosine? Give one of:"), message);
    }

    static List<DiscreteSchedule> schedules() {
        return List.of(
                LINEAR,
                STABLE_DIFFUSION,
                NoiseSchedule.cosine(1000),
                NoiseSchedule.sigmoid(1000, 1e-4, 0.02),
                NoiseSchedule.trainedBetas(0.1f, 0.2f, 0.3f));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void noiseGrowsAndVarianceIsPreserved(DiscreteSchedule schedule) {
        double before = 0;
        for (int t = 0; t < schedule.numTrainTimesteps(); t++) {
            Level level = schedule.at(t);
            assertTrue(level.sigma() > before, "t = " + t);
            assertEquals(1, level.alpha() * level.alpha() + level.sigma() * level.sigma(), 1e-12);
            before = level.sigma();
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void zeroTerminalSnrEndsAtZeroAndKeepsItsStart(DiscreteSchedule schedule) {
        float[] rescaled = schedule.zeroTerminalSnr().alphasCumprod();
        assertEquals(0f, rescaled[rescaled.length - 1]);
        assertEquals(schedule.alphasCumprod()[0], rescaled[0], 1e-6);
        Level last = schedule.zeroTerminalSnr().at(rescaled.length - 1);
        assertEquals(0, last.alpha());
        assertEquals(1, last.sigma());
    }

    @Test
    void betweenTimestepsTheRatioIsInterpolated() {
        double middle = (LINEAR.at(10).ratio() + LINEAR.at(11).ratio()) / 2;
        assertEquals(middle, LINEAR.at(10.5).ratio(), 1e-7);
        assertEquals(10.5, LINEAR.at(10.5).t());
        Level beforeInfinity = LINEAR.zeroTerminalSnr().at(998.5);
        assertEquals(0, beforeInfinity.alpha());
        assertEquals(1, beforeInfinity.sigma());
    }

    @Test
    void alphaBarOfALevelGivesTheFloatBack() {
        float[] alphaBars = LINEAR.alphasCumprod();
        for (int t = 0; t < 1000; t++) {
            assertEquals(alphaBars[t], (float) LINEAR.at(t).alphasCumprod());
        }
    }

    @Test
    void terminalAlphaBarCanBeReplaced() {
        DiscreteSchedule schedule = LINEAR.zeroTerminalSnr().withTerminalAlphasCumprod(0x1p-24);
        assertEquals(4095.9998, schedule.at(999).ratio(), 1e-3);
        assertEquals(LINEAR.zeroTerminalSnr().at(998), schedule.at(998));
    }

    @Test
    void flowIsStraightAndShiftMovesTowardsNoise() {
        FlowSchedule flow = NoiseSchedule.flow(1000, 3);
        assertEquals(new Level(250, 0.75, 0.25, Form.FLOW, -1, -1), flow.at(250));
        assertEquals(0.75, flow.shifted(0.5));
        assertEquals(1, flow.shifted(1));
        assertEquals(0, flow.shifted(0));
        assertEquals(0.25, NoiseSchedule.flow(1000, 1).shifted(0.25));
    }

    @Test
    void levelsKnowTheirRatios() {
        Level level = Level.preserving(5, 0.8);
        assertEquals(4, level.snr(), 1e-12);
        assertEquals(0.5, level.ratio(), 1e-12);
        assertEquals(Math.log(2), level.lambda(), 1e-12);
        assertEquals(Math.sqrt(0.8), level.scale());
        assertEquals(1, Level.flow(500, 0.5).scale());
        assertEquals(0.8, Level.preservingRatio(5, 0.5).alphasCumprod(), 1e-12);
    }

    @Test
    void aLambdaIsASchedule() {
        NoiseSchedule mine = t -> Level.preserving(t, 1 - t / 1000);
        assertEquals(1000, mine.numTrainTimesteps());
        assertEquals(
                0.5,
                new DdimSpacing(TimestepSpacing.LEADING, 0, true, false)
                        .plan(mine, 2)
                        .from(0)
                        .alphasCumprod(),
                1e-12);
    }

    @Test
    void mistakesAreNamed() {
        assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.trainedBetas(0.1f, 1.5f));
        assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.trainedBetas(Float.NaN));
        assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.trainedBetas());
        assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.linear(0, 1e-4, 0.02));
        assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.flow(1000, 0));
        assertThrows(IllegalArgumentException.class, () -> LINEAR.at(1000));
        assertThrows(IllegalArgumentException.class, () -> LINEAR.at(-1));
        assertThrows(IllegalArgumentException.class, () -> LINEAR.at(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> Level.of(0, 0, 0, Form.PRESERVING));
    }

    @Test
    void betasLieBetweenZeroAndOneWithoutEither() {
        for (Executable schedule : List.<Executable>of(
                () -> NoiseSchedule.linear(1000, 0, 0.02),
                () -> NoiseSchedule.linear(1000, 1e-9, 0.02),
                () -> NoiseSchedule.linear(1000, -1e-4, 0.02),
                () -> NoiseSchedule.linear(1000, 1e-4, 1),
                () -> NoiseSchedule.scaledLinear(1000, 0, 0.012),
                () -> NoiseSchedule.sigmoid(10, -0.1, 0.02),
                () -> NoiseSchedule.trainedBetas(0.1f, 0f),
                () -> NoiseSchedule.trainedBetas(0.1f, 1f),
                () -> NoiseSchedule.trainedBetas(Float.NaN))) {
            String message =
                    assertThrows(IllegalArgumentException.class, schedule).getMessage();
            assertTrue(message.matches("\\w+ has beta .* at t = \\d+\\. Give betas in \\(0, 1\\).*"), message);
        }
        float[] rescaled = LINEAR.zeroTerminalSnr().betas();
        assertEquals(1, rescaled[999]);
        assertTrue(rescaled[998] < 1);
        assertTrue(rescaled[0] > 0);
        assertThrows(
                IllegalArgumentException.class,
                () -> NoiseSchedule.trainedBetas(0.1f).zeroTerminalSnr());
    }

    @Test
    void betasAreACopy() {
        float[] betas = LINEAR.betas();
        betas[0] = 1;
        assertArrayEquals(new float[] {1e-4f}, new float[] {LINEAR.betas()[0]});
    }

    @Test
    void noScheduleHasFewerTimestepsThanOne() {
        for (int n : new int[] {0, -1}) {
            for (Executable schedule : List.<Executable>of(
                    () -> NoiseSchedule.cosine(n),
                    () -> NoiseSchedule.laplace(n),
                    () -> NoiseSchedule.exponential(n),
                    () -> NoiseSchedule.linear(n, 1e-4, 0.02))) {
                assertEquals(
                        "numTrainTimesteps is " + n + ". Give 1 or more, usually 1000.",
                        assertThrows(IllegalArgumentException.class, schedule).getMessage());
            }
        }
    }
}
