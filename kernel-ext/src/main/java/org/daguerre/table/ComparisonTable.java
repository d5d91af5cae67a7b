package org.daguerre.table;

import java.util.Arrays;
import java.util.Map;
import org.daguerre.run.Run;
import org.daguerre.run.StepFacts;
import org.daguerre.tensor.Tensor;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Several runs side by side, one a row. */
public final class ComparisonTable {

    private ComparisonTable() {}

    /**
     * Columns: run (its name); sampler; guidance; seed; steps and calls (made so far); ms (their wall time); x_rms and
     * x_max (root mean square and greatest magnitude of the state now); difference (root mean square difference of the state
     * from the first run's, missing where the shapes differ).
     *
     * @param runs by name, in order; the first is the one that the others are compared with
     */
    public static Table of(Map<String, Run> runs) {
        StringColumn name = StringColumn.create("run");
        StringColumn sampler = StringColumn.create("sampler");
        StringColumn guidance = StringColumn.create("guidance");
        LongColumn seed = LongColumn.create("seed");
        IntColumn steps = IntColumn.create("steps");
        IntColumn calls = IntColumn.create("calls");
        DoubleColumn milliseconds = FourDigits.column("ms");
        DoubleColumn rms = FourDigits.column("x_rms");
        DoubleColumn max = FourDigits.column("x_max");
        DoubleColumn difference = FourDigits.column("difference");
        Tensor first = null;
        for (Map.Entry<String, Run> entry : runs.entrySet()) {
            Run run = entry.getValue();
            Tensor x = run.x();
            first = first == null ? x : first;
            name.append(entry.getKey());
            sampler.append(run.sampling().sampler().toString());
            guidance.append(run.sampling().guidance().toString());
            seed.append(run.sampling().seed());
            steps.append(run.trajectory().length());
            calls.append(run.calls());
            milliseconds.append(
                    run.facts().stream().mapToDouble(StepFacts::milliseconds).sum());
            rms.append(x.norm() / Math.sqrt(x.size()));
            max.append(Math.max(x.max(), -x.min()));
            if (Arrays.equals(x.shape(), first.shape())) {
                difference.append(x.minus(first).norm() / Math.sqrt(x.size()));
            } else {
                difference.appendMissing();
            }
        }
        return Table.create(
                "comparison", name, sampler, guidance, seed, steps, calls, milliseconds, rms, max, difference);
    }
}
