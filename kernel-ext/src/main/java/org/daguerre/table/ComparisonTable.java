package org.daguerre.table;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daguerre.run.Comparison;
import org.daguerre.run.Comparison.Result;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** The runs of a comparison, one a row. */
public final class ComparisonTable {

    private ComparisonTable() {}

    /**
     * Columns: one for every axis; calls (of the model, so far); ms (their wall time); x_rms and x_max (root mean square and
     * greatest magnitude of the state now); distance (norm of the difference from the reference solution in parts of its
     * norm; on an exact model that is the error); order (how fast the distance fell since the next fewer steps); noise (yes
     * if the sampler drew some) and, where a run failed, failure. What a run does not have is missing, and a run that has not
     * begun has no row; {@link Comparison#notes} say so.
     */
    public static Table of(Comparison comparison) {
        List<Result> results =
                comparison.results().stream().filter(Result::hasBegun).toList();
        Table table = Table.create("comparison");
        Map<String, String> first = comparison.entries().get(0).at();
        for (String axis : first.keySet()) {
            List<String> values = results.stream()
                    .map(result -> result.entry().at().get(axis))
                    .toList();
            table.addColumns(
                    axis.equals(Comparison.STEPS)
                            ? IntColumn.create(
                                    axis,
                                    results.stream()
                                            .mapToInt(result -> result.entry()
                                                    .run()
                                                    .sampling()
                                                    .steps())
                                            .toArray())
                            : StringColumn.create(axis, values));
        }
        table.addColumns(
                IntColumn.create(
                        "calls",
                        results.stream()
                                .mapToInt(result -> result.entry().run().calls())
                                .toArray()),
                real("ms", results, Result::milliseconds),
                real("x_rms", results, result -> {
                    var x = result.entry().run().x();
                    return x.norm() / Math.sqrt(x.size());
                }),
                real("x_max", results, result -> {
                    var x = result.entry().run().x();
                    return (double) Math.max(x.max(), -x.min());
                }),
                real("distance", results, Result::distance),
                real("order", results, Result::order),
                StringColumn.create(
                        "noise",
                        results.stream()
                                .map(result -> result.random() ? "yes" : "")
                                .toList()));
        if (results.stream().anyMatch(result -> !result.failure().isEmpty())) {
            table.addColumns(StringColumn.create(
                    "failure", results.stream().map(Result::failure).toList()));
        }
        return table;
    }

    /** The same as plain text, with its notes. */
    public static String text(Comparison comparison) {
        return Stream.concat(Stream.of(of(comparison).print(comparison.entries().size())), comparison.notes().stream())
                .collect(Collectors.joining("\n"));
    }

    private static DoubleColumn real(String name, List<Result> results, Function<Result, Double> value) {
        DoubleColumn column = FourDigits.column(name);
        results.forEach(result -> column.append(value.apply(result)));
        return column;
    }
}
