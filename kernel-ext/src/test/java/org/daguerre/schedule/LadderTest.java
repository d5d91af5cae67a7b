package org.daguerre.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LadderTest {

    private static final NoiseSchedule STABLE = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);

    @ParameterizedTest
    @MethodSource("org.daguerre.schedule.Ladder#names")
    void everyLadderFallsFromMaxToMin(String name) {
        for (int n : new int[] {1, 2, 3, 17, 200}) {
            double[] sigmas = Ladder.named(name).sigmas(14.6, 0.03, n);
            assertEquals(n, sigmas.length);
            assertEquals(14.6, sigmas[0], 1e-12);
            if (n > 1) {
                assertEquals(0.03, sigmas[n - 1], 1e-12);
            }
            for (int i = 1; i < n; i++) {
                assertTrue(sigmas[i] < sigmas[i - 1], name + " " + n);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.daguerre.schedule.Ladder#names")
    void noLadderRisesOrReachesZero(String name) {
        double[][] refused = {
            {-1, 10},
            {0.1, 10},
            {10, 0},
            {10, -1},
            {0, 0},
            {Double.NaN, 1},
            {10, Double.NaN},
            {Double.POSITIVE_INFINITY, 1}
        };
        for (double[] ends : refused) {
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> Ladder.named(name).sigmas(ends[0], ends[1], 5))
                    .getMessage();
            assertEquals(
                    "a ladder from sigma " + ends[0] + " to " + ends[1]
                            + ". Give finite numbers above 0, the first (sigma_max) no less than the second (sigma_min);"
                            + " at zero terminal SNR leave the ladder out.",
                    message);
        }
        assertThrows(IllegalArgumentException.class, () -> Ladder.named(name).sigmas(10, 1, 0));
        assertArrayEquals(new double[] {2, 2, 2}, Ladder.named(name).sigmas(2, 2, 3), 1e-12);
    }

    @Test
    void alignedStepsNeedSomeNoiseInTheFirstTimestep() {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> AysSpacing.named("ays").orElseThrow().plan(NoiseSchedule.flow(1000, 1), 20))
                .getMessage();
        assertTrue(message.contains("of which the first has some noise and the last some signal"), message);
    }

    @Test
    void laddersAreEvenInTheirOwnVariable() {
        double[] karras = Ladder.karras(5).sigmas(32, 1, 3);
        assertEquals(Math.pow(1.5, 5), karras[1], 1e-12);
        assertArrayEquals(new double[] {16, 4, 1}, Ladder.exponential().sigmas(16, 1, 3), 1e-12);
        assertArrayEquals(Ladder.exponential().sigmas(9, 0.5, 7), Ladder.lu().sigmas(9, 0.5, 7), 1e-12);
        assertEquals(Math.exp(0.25 * Math.log(16)), Ladder.polyexponential(2).sigmas(16, 1, 3)[1], 1e-12);
        // both parameters alike: the median is the middle
        assertEquals(8.5, Ladder.beta().sigmas(16, 1, 3)[1], 1e-9);
        // with parameters 1 and 1 the distribution is uniform
        assertArrayEquals(
                new double[] {16, 12.25, 8.5, 4.75, 1}, Ladder.beta(1, 1).sigmas(16, 1, 5), 1e-9);
        assertArrayEquals(
                new double[] {10, Math.sqrt(5), 0.5},
                Ladder.exponential().between(10, 0.5).sigmas(16, 1, 3),
                1e-12);
    }

    @Test
    void lambdaIsALadder() {
        Ladder halves = (max, min, n) -> {
            double[] sigmas = new double[n];
            for (int i = 0; i < n; i++) {
                sigmas[i] = max / (1 << i);
            }
            return sigmas;
        };
        Plan plan = new EulerSpacing(TimestepSpacing.LINSPACE, 0).on(halves).plan(STABLE, 4);
        assertEquals(plan.from(0).ratio() / 8, plan.from(3).ratio(), 1e-5);
        assertEquals(0, plan.end().sigma());
        Ladder rises = (max, min, n) -> new double[] {1, 2};
        assertThrows(
                IllegalArgumentException.class,
                () -> new EulerSpacing(TimestepSpacing.LINSPACE, 0).on(rises).plan(STABLE, 2));
        for (Ladder wrong : new Ladder[] {(max, min, n) -> null, (max, min, n) -> new double[] {max}}) {
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> new EulerSpacing(TimestepSpacing.LINSPACE, 0)
                                    .on(wrong)
                                    .plan(STABLE, 2))
                    .getMessage();
            assertTrue(message.contains("levels for 2 steps"), message);
        }
        assertThrows(IllegalArgumentException.class, () -> Ladder.karras(0));
        assertThrows(IllegalArgumentException.class, () -> Ladder.beta(-1, 1));
    }

    /** Asked for the noise of a timestep, a schedule finds the timestep. */
    @Test
    void timestepsAreFoundByTheirNoise() {
        NoiseSchedule continuous = t -> Level.preserving(t, Math.pow(Math.cos(t / 1010 * Math.PI / 2), 2));
        for (NoiseSchedule schedule : new NoiseSchedule[] {STABLE, continuous, NoiseSchedule.flow(1000, 3)}) {
            for (double t : new double[] {1, 123, 500, 998}) {
                Level level = schedule.at(t);
                assertEquals(t, schedule.atScaledSigma(level.scaledSigma()).t(), 1e-2);
                assertEquals(level.ratio(), schedule.atRatio(level.ratio()).ratio(), 1e-4 * level.ratio());
            }
        }
    }

    @Test
    void alignedStepsAreThePublishedOnesAndInterpolatedBetween() {
        AysSpacing spacing = new AysSpacing(AysSpacing.Optimised.STABLE_DIFFUSION);
        Plan ten = spacing.plan(STABLE, 10);
        assertArrayEquals(
                new double[] {999, 850, 736, 645, 545, 455, 343, 233, 124, 24},
                ten.from().stream().mapToDouble(Level::t).toArray());
        // their published sigmas
        double[] sigmas = {14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152};
        for (int i = 0; i < 10; i++) {
            assertEquals(sigmas[i], ten.from(i).ratio(), 0.01 * sigmas[i]);
        }
        Plan twenty = spacing.plan(STABLE, 20);
        assertEquals(
                Math.sqrt(ten.from(0).ratio() * ten.from(1).ratio()),
                twenty.from(1).ratio(),
                1e-4);
        assertEquals(0, twenty.end().sigma());
    }

    /**
     * ComfyUI's AlignYourStepsScheduler, after the authors' page: eleven levels interpolated to n + 1 in ln sigma, of which
     * the last then becomes 0.
     */
    @ParameterizedTest
    @MethodSource("org.daguerre.schedule.AysSpacing#names")
    void alignedStepsFallForEveryNumberAsThePublishedCodeHasThem(String name) {
        double[] published = name.equals("ays")
                ? new double[] {
                    14.6146412293,
                    6.4745760956,
                    3.8636745985,
                    2.6946151520,
                    1.8841921177,
                    1.3943805092,
                    0.9642583904,
                    0.6523686016,
                    0.3977456272,
                    0.1515232662,
                    0.0291671582
                }
                : new double[] {
                    14.6146412293,
                    6.3184485287,
                    3.7681790315,
                    2.1811480769,
                    1.3405244945,
                    0.8620721141,
                    0.5550693289,
                    0.3798540708,
                    0.2332364134,
                    0.1114188177,
                    0.0291671582
                };
        for (int n = 1; n <= 200; n++) {
            Plan plan = AysSpacing.named(name).orElseThrow().plan(STABLE, n);
            assertEquals(n, plan.count());
            assertEquals(0, plan.end().sigma());
            for (int i = 0; i < n; i++) {
                double at = 10.0 * i / n;
                int low = (int) at;
                double sigma = published[low] * Math.pow(published[low + 1] / published[low], at - low);
                assertEquals(sigma, plan.from(i).ratio(), 3e-5 * sigma, name + " " + i + " of " + n);
                assertTrue(i == 0 || plan.from(i).ratio() < plan.from(i - 1).ratio(), name + " " + i + " of " + n);
                assertTrue(i == 0 || plan.from(i).t() < plan.from(i - 1).t(), name + " " + i + " of " + n);
            }
        }
    }

    @Test
    void shiftGrowsWithThePicture() {
        Spacing spacing = new DynamicShiftSpacing(
                new FlowSpacing(FlowSpacing.Points.TO_LEAST, Double.NaN, FinalSigma.ZERO), 0.5, 1.15, 256, 4096, true);
        NoiseSchedule flow = NoiseSchedule.flow(1000, 1);
        Plan small = spacing.forShape(1, 16, 32, 32).plan(flow, 8);
        Plan large = spacing.forShape(1, 16, 128, 128).plan(flow, 8);
        assertEquals(Math.exp(0.5), ((FlowSchedule) small.schedule()).shift(), 1e-12);
        assertEquals(Math.exp(1.15), ((FlowSchedule) large.schedule()).shift(), 1e-12);
        assertTrue(large.from(4).sigma() > small.from(4).sigma());
        assertEquals(small.from(), spacing.plan(flow, 8).from());
    }
}
