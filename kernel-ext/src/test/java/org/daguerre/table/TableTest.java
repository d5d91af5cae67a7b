package org.daguerre.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.run.Comparison;
import org.daguerre.run.Grid;
import org.daguerre.run.Run;
import org.daguerre.run.Sampling;
import org.daguerre.run.StepFacts;
import org.daguerre.sampler.Sampler;
import org.daguerre.sampler.Step;
import org.daguerre.schedule.NoiseSchedule;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

class TableTest {

    private static final NoiseSchedule LINEAR = NoiseSchedule.linear(1000, 1e-4, 0.02);
    private static final Sampling SAMPLING = Sampling.of(Denoiser.of((x, level) -> x.times(0.5)), LINEAR, 1, 3, 4, 4)
            .steps(6)
            .seed(3);

    private static Run finished(Sampling sampling) {
        Run run = sampling.start();
        run.finish();
        return run;
    }

    @Test
    void stepsAreTheRunsOwnNumbersOneARow() {
        Run run = finished(SAMPLING.sampler(Sampler.named("heun")));
        Table table = StepTable.of(run);
        assertEquals(
                List.of(
                        "step",
                        "t",
                        "alpha",
                        "sigma",
                        "alphas_cumprod",
                        "snr",
                        "x",
                        "denoised",
                        "noise",
                        "velocity",
                        "ms",
                        "calls"),
                table.columnNames());
        assertEquals(6, table.rowCount());
        for (int i = 0; i < 6; i++) {
            StepFacts fact = run.facts().get(i);
            Step step = run.steps().get(i);
            assertEquals(i + 1, table.intColumn("step").getInt(i));
            assertEquals(
                    step.calls().get(0).level().t(), table.doubleColumn("t").getDouble(i));
            assertEquals(fact.from().alpha(), table.doubleColumn("alpha").getDouble(i));
            assertEquals(fact.from().sigma(), table.doubleColumn("sigma").getDouble(i));
            assertEquals(fact.from().snr(), table.doubleColumn("snr").getDouble(i));
            assertEquals(step.x().norm(), table.doubleColumn("x").getDouble(i));
            assertEquals(step.denoised().norm(), table.doubleColumn("denoised").getDouble(i));
            assertEquals(
                    step.prediction().noise().norm(),
                    table.doubleColumn("noise").getDouble(i));
            assertEquals(fact.milliseconds(), table.doubleColumn("ms").getDouble(i));
            assertEquals(step.calls().size(), table.intColumn("calls").getInt(i));
        }
        assertEquals(2, table.intColumn("calls").getInt(0));
        assertEquals(run.calls(), (int) table.intColumn("calls").sum());
    }

    @Test
    void runWithoutStepsHasNoRows() {
        assertEquals(0, StepTable.of(SAMPLING.start()).rowCount());
    }

    @Test
    void scheduleRunsFromTheFirstTimestepToTheLast() {
        Table table = ScheduleTable.of(LINEAR, 5);
        assertEquals(List.of("t", "alphas_cumprod", "alpha", "sigma", "snr"), table.columnNames());
        assertArrayEquals(
                new double[] {0, 250, 500, 749, 999}, table.doubleColumn("t").asDoubleArray());
        assertEquals(
                LINEAR.at(999).alphasCumprod(),
                table.doubleColumn("alphas_cumprod").getDouble(4));
        assertEquals(LINEAR.at(500).snr(), table.doubleColumn("snr").getDouble(2));
        assertEquals(1000, ScheduleTable.of(LINEAR, 1000).rowCount());
        assertEquals(1000, ScheduleTable.of(LINEAR, 4000).rowCount());
        assertThrows(IllegalArgumentException.class, () -> ScheduleTable.of(LINEAR, 1));
    }

    @Test
    void planHasItsStepsAndItsEnd() {
        Table table = ScheduleTable.of(SAMPLING.plan());
        assertEquals(7, table.rowCount());
        assertEquals(SAMPLING.plan().from(0).t(), table.doubleColumn("t").getDouble(0));
        assertEquals(0, table.doubleColumn("sigma").getDouble(6));
    }

    @Test
    void comparisonMeasuresEachRunAgainstTheFirst() {
        Run ddim = finished(SAMPLING);
        Run heun = finished(SAMPLING.sampler(Sampler.named("heun")).seed(4));
        Run larger = finished(
                Sampling.of(Denoiser.of((x, l) -> x), LINEAR, 1, 3, 8, 8).steps(2));
        Table table = ComparisonTable.of(Comparison.of(
                Map.entry("ddim", ddim),
                Map.entry("again", finished(SAMPLING)),
                Map.entry("heun", heun),
                Map.entry("larger", larger)));
        assertEquals(
                List.of("ddim", "again", "heun", "larger"),
                table.stringColumn("run").asList());
        assertEquals(0, table.doubleColumn("distance").getDouble(1));
        assertTrue(table.doubleColumn("distance").getDouble(2) > 0.1);
        assertTrue(table.doubleColumn("distance").isMissing(3));
        assertEquals(heun.calls(), table.intColumn("calls").getInt(2));
        assertTrue(heun.calls() > 6);
        assertEquals(
                heun.x().norm() / Math.sqrt(48), table.doubleColumn("x_rms").getDouble(2), 1e-12);
        assertEquals(
                Math.max(heun.x().max(), -heun.x().min()),
                table.doubleColumn("x_max").getDouble(2));
        assertEquals(
                heun.x().minus(ddim.x()).norm() / ddim.x().norm(),
                table.doubleColumn("distance").getDouble(2),
                1e-12);
    }

    @Test
    void runThatHasNotBegunHasNoRow() {
        Comparison comparison = Comparison.of(Grid.of(SAMPLING).axis(Comparison.STEPS, List.of(2, 3), Sampling::steps));
        assertEquals(0, ComparisonTable.of(comparison).rowCount());
        comparison.entries().get(0).run().step();
        assertEquals(1, ComparisonTable.of(comparison).rowCount());
        assertTrue(ComparisonTable.text(comparison).endsWith("not begun: 1 run, run 2 of 2, 3"));
    }

    @Test
    void numbersArePrintedWithFourDigitsAndKeptWhole() {
        DoubleColumn column = FourDigits.column(
                "v", 999, 0.123456789, -0.000012344, 1.5e-9, 0, 123456.7, 4e11, Double.POSITIVE_INFINITY, Double.NaN);
        String[] printed = {"999", "0.1235", "-0.00001234", "1.5E-9", "0", "123500", "4E+11", "Infinity", ""};
        for (int i = 0; i < printed.length; i++) {
            assertEquals(printed[i], column.getString(i));
        }
        assertEquals(0.123456789, column.getDouble(1));
        assertTrue(StepTable.of(finished(SAMPLING)).print().lines().allMatch(line -> line.length() < 160));
    }
}
