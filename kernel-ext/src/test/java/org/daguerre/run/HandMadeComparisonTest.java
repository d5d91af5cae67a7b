package org.daguerre.run;

import static org.daguerre.run.HandMadeComparison.BROKEN;
import static org.daguerre.run.HandMadeComparison.NEAR;
import static org.daguerre.run.HandMadeComparison.NOISY;
import static org.daguerre.run.HandMadeComparison.ONCE;
import static org.daguerre.run.HandMadeComparison.TWICE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CancellationException;
import org.daguerre.run.Comparison.Result;
import org.junit.jupiter.api.Test;

/** What is measured of runs whose ends are known. */
class HandMadeComparisonTest {

    private static final double NONE = Double.NaN;

    private static void assertNumbers(List<Double> expected, List<Result> results, String what) {
        for (int i = 0; i < expected.size(); i++) {
            double number = what.equals("order")
                    ? results.get(i).order()
                    : results.get(i).distance();
            assertEquals(expected.get(i), number, 1e-7, what + " of run " + i);
        }
        assertEquals(expected.size(), results.size());
    }

    @Test
    void distancesAreInPartsOfTheSolutionsNorm() {
        List<Result> results = HandMadeComparison.of(ONCE, TWICE).finish().results();
        assertNumbers(List.of(0x1p-8, 0.5, 0.25, 0.75 / 16, 0.75, 0.75 / 4), results, "distance");
    }

    @Test
    void ordersAreFromTheNextFewerStepsWhereverTheyStand() {
        List<Result> results =
                HandMadeComparison.of(ONCE, TWICE, NEAR, NOISY).finish().results();
        assertNumbers(List.of(3.0, NONE, 1.0, 1.0, NONE, 2.0, NONE, NONE, NONE, NONE, NONE, NONE), results, "order");
    }

    @Test
    void millisecondsAreThoseOfTheSteps() {
        for (Result result : HandMadeComparison.of(ONCE).finish().results()) {
            assertEquals(
                    result.entry().run().facts().stream()
                            .mapToDouble(StepFacts::milliseconds)
                            .sum(),
                    result.milliseconds());
            assertTrue(result.milliseconds() > 0);
        }
    }

    @Test
    void runsThatFailAreFinishedWithAll() {
        Comparison comparison = HandMadeComparison.of(ONCE, BROKEN).finish();
        assertEquals(6, comparison.finished());
        assertTrue(comparison.done());
        assertEquals(1, comparison.fraction());
    }

    /** 32, 4 and 8 steps, and from each of three starts a reference of 4 + 1 levels and one of 2 + 1. */
    @Test
    void fractionIsOfAllCallsThoseOfTheReferencesToo() {
        Comparison comparison = HandMadeComparison.of(ONCE);
        int all = 32 + 4 + 8 + 3 * ((2 * 4 + 1) + (2 * 2 + 1));
        comparison.entries().get(1).run().finish();
        assertEquals(4.0 / all, comparison.fraction(), 1e-12);
        assertTrue(comparison.reference().contains(": 0 of 42 calls of the model"), comparison.reference());
        comparison.observe(progress -> {
            if (progress.run() == comparison.entries().get(1).run()) {
                throw new AssertionError("was finished");
            }
            if (comparison.label(progress.run()).startsWith("reference solution 2 of 3") && progress.stepDone()) {
                comparison.cancel();
            }
        });
        assertThrows(CancellationException.class, comparison::finish);
        int made = 32 + (9 + 5) + 4 + 2;
        assertEquals((double) made / all, comparison.fraction(), 1e-12);
        comparison.observe(progress -> {}).finish();
        assertEquals(1, comparison.fraction());
    }

    @Test
    void solvedAreTheFirstOfTheirKind() {
        Comparison comparison = HandMadeComparison.of(ONCE, TWICE).finish();
        assertEquals(
                List.of(comparison.entries().get(0)),
                List.copyOf(comparison.solved().values()));
    }
}
