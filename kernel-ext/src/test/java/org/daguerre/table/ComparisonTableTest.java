package org.daguerre.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.daguerre.run.Comparison;
import org.daguerre.run.HandMadeComparison;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

/** The table of runs whose ends are known. */
class ComparisonTableTest {

    private static final double NONE = Double.NaN;

    private static void assertColumn(Table table, String column, double... expected) {
        double[] values = table.doubleColumn(column).asDoubleArray();
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], values[i], 1e-6, column + " of row " + i);
        }
        assertEquals(expected.length, values.length, column + " " + Arrays.toString(values));
    }

    @Test
    void everyColumnHasItsNumbers() {
        Comparison comparison = HandMadeComparison.of(HandMadeComparison.TWICE, HandMadeComparison.NOISY)
                .finish();
        Table table = ComparisonTable.of(comparison);
        assertEquals(
                List.of("sampler", "steps", "calls", "ms", "x_rms", "x_max", "distance", "order", "noise"),
                table.columnNames());
        assertEquals(
                List.of("twice", "twice", "twice", "noisy", "noisy", "noisy"),
                table.stringColumn("sampler").asList());
        assertEquals(List.of(32, 4, 8, 32, 4, 8), table.intColumn("steps").asList());
        assertEquals(List.of(64, 8, 16, 32, 4, 8), table.intColumn("calls").asList());
        double[] times = {1 + 0.75 / 16, 1.75, 1 + 0.75 / 4, 1.125, 1.125, 1.125};
        assertColumn(
                table,
                "x_rms",
                Arrays.stream(times).map(each -> each * Math.sqrt(7)).toArray());
        assertColumn(table, "x_max", Arrays.stream(times).map(each -> each * 5).toArray());
        assertColumn(table, "distance", 0.75 / 16, 0.75, 0.75 / 4, 0.125, 0.125, 0.125);
        assertColumn(table, "order", 1, NONE, 2, NONE, NONE, NONE);
        assertColumn(
                table,
                "ms",
                comparison.results().stream()
                        .mapToDouble(Comparison.Result::milliseconds)
                        .toArray());
        assertEquals(
                List.of("", "", "", "yes", "yes", "yes"),
                table.stringColumn("noise").asList());
    }

    @Test
    void onlyWhereARunFailedThereIsAColumnThatSaysWhy() {
        Comparison comparison = HandMadeComparison.of(HandMadeComparison.ONCE, HandMadeComparison.BROKEN)
                .finish();
        List<String> failures =
                ComparisonTable.of(comparison).stringColumn("failure").asList();
        assertEquals(List.of("", "", ""), failures.subList(0, 3));
        assertTrue(failures.get(3).contains("broken"), failures.get(3));
        assertFalse(ComparisonTable.of(
                        HandMadeComparison.of(HandMadeComparison.ONCE).finish())
                .containsColumn("failure"));
    }
}
