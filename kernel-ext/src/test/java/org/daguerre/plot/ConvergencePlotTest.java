package org.daguerre.plot;

import static org.daguerre.run.HandMadeComparison.BROKEN;
import static org.daguerre.run.HandMadeComparison.NEAR;
import static org.daguerre.run.HandMadeComparison.NOISY;
import static org.daguerre.run.HandMadeComparison.ONCE;
import static org.daguerre.run.HandMadeComparison.TWICE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.daguerre.denoiser.ExactDenoiser;
import org.daguerre.image.Theme;
import org.daguerre.run.Comparison;
import org.daguerre.run.Grid;
import org.daguerre.run.HandMadeComparison;
import org.daguerre.run.Sampling;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

/** The figure of runs whose ends are known: x is the binary logarithm of the calls, y the decimal one of the distance. */
class ConvergencePlotTest {

    private static final double WORST = Math.log10(0.75);

    private static XYChart chart(Comparison comparison) {
        return ConvergencePlot.of(comparison, Theme.LIGHT).charts().get(0);
    }

    private static void assertSeries(XYChart chart, String name, double[] x, double[] y) {
        XYSeries series = chart.getSeries(name);
        assertArrayEquals(x, series.getXData(), 1e-6, "x of " + name);
        assertArrayEquals(y, series.getYData(), 1e-6, "y of " + name);
    }

    private static Set<String> names(XYChart chart) {
        return chart.getSeriesCollection().stream().map(XYSeries::getName).collect(Collectors.toSet());
    }

    private static double[] decades(double... distances) {
        return Arrays.stream(distances).map(Math::log10).toArray();
    }

    @Test
    void runsAreDotsOverTheirCallsAndJoinedByACurve() {
        XYChart chart = chart(HandMadeComparison.of(ONCE, TWICE).finish());
        double[] y = decades(0.5, 0.25, 0x1p-8);
        assertSeries(chart, "once, runs", new double[] {2, 3, 5}, y);
        assertSeries(chart, "twice, runs", new double[] {3, 4, 6}, decades(0.75, 0.75 / 4, 0.75 / 16));
        XYSeries curve = chart.getSeries("once");
        for (int i = 0; i < curve.getXData().length; i++) {
            double at = curve.getXData()[i];
            double on = at <= 3 ? y[0] + (at - 2) * (y[1] - y[0]) : y[1] + (at - 3) / 2 * (y[2] - y[1]);
            assertEquals(on, curve.getYData()[i], 1e-6, "curve at " + at);
        }
        assertEquals(2, curve.getXData()[0]);
        assertEquals(5, curve.getXData()[curve.getXData().length - 1]);
    }

    @Test
    void guidesFallByTheirOrderToTheEdgeOfTheFigure() {
        XYChart chart = chart(HandMadeComparison.of(ONCE, TWICE).finish());
        double decade = Math.log10(2);
        assertSeries(chart, "order 1", new double[] {2, 6}, new double[] {WORST, WORST - 4 * decade});
        assertSeries(chart, "order 2", new double[] {2, 6}, new double[] {WORST, WORST - 8 * decade});
        assertSeries(chart, "order 3", new double[] {2, 2 + (WORST + 3) / (3 * decade)}, new double[] {WORST, -3});
    }

    @Test
    void samplersThatDrawNoiseOrFailAreNotDrawn() {
        assertEquals(
                Set.of("once", "once, runs", "order 1", "order 2", "order 3"),
                names(chart(HandMadeComparison.of(ONCE, NOISY, BROKEN).finish())));
        Comparison noisy = HandMadeComparison.of(NOISY).finish();
        assertTrue(assertThrows(IllegalArgumentException.class, () -> chart(noisy))
                .getMessage()
                .startsWith("no run has a distance to draw"));
    }

    @Test
    void roundingOfFloat32IsALineWhereARunIsBelowIt() {
        XYChart chart = chart(HandMadeComparison.of(ONCE, NEAR).finish());
        double rounding = -20 * Math.log10(2);
        assertSeries(chart, "rounding of float32", new double[] {2, 5}, new double[] {rounding, rounding});
        assertEquals(null, chart(HandMadeComparison.of(ONCE).finish()).getSeries("rounding of float32"));
    }

    @Test
    void whatTheReferenceIsKnownToIsALineWhereARunIsBelowIt() {
        Sampling gaussian = Sampling.of(
                ExactDenoiser.gaussian(Tensor.zeros(1, 8), 0.5), NoiseSchedule.linear(1000, 1e-4, 0.02), 1, 8);
        Comparison coarse = Comparison.of(Grid.of(gaussian).axis("steps", List.of(8, 128), Sampling::steps))
                .reference(8)
                .finish();
        Comparison.Result least = coarse.results().get(1);
        assertTrue(least.isBelowFloor(), least.toString());
        double known = Math.log10(coarse.results().stream()
                .mapToDouble(Comparison.Result::floor)
                .max()
                .orElseThrow());
        assertSeries(chart(coarse), "known of the reference", new double[] {3, 7}, new double[] {known, known});
    }
}
