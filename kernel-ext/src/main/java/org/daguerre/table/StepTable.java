package org.daguerre.table;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.daguerre.run.Run;
import org.daguerre.run.Sampled;
import org.daguerre.run.StepFacts;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.Table;

/** The steps of a run, one a row. */
public final class StepTable {

    private StepTable() {}

    /**
     * Columns: step (from 1); t, alpha, sigma, alphas_cumprod (alpha²), snr of the level that the step starts from; x,
     * denoised, noise, velocity (Euclidean norms: of the state after it, of the model's last estimates of picture, noise and
     * velocity); ms (wall time); calls (of the model). A run without steps gives a table without rows.
     */
    public static Table of(Sampled sampled) {
        Run run = sampled.run();
        return of("steps of " + run.sampling().sampler(), run.facts());
    }

    /** The same of steps measured before, such as those of a path that was read from a file. */
    public static Table of(String name, List<StepFacts> facts) {
        return Table.create(
                name,
                whole("step", facts, StepFacts::step),
                real("t", facts, f -> f.from().t()),
                real("alpha", facts, f -> f.from().alpha()),
                real("sigma", facts, f -> f.from().sigma()),
                real("alphas_cumprod", facts, f -> f.from().alphasCumprod()),
                real("snr", facts, f -> f.from().snr()),
                real("x", facts, StepFacts::xNorm),
                real("denoised", facts, StepFacts::denoisedNorm),
                real("noise", facts, StepFacts::noiseNorm),
                real("velocity", facts, StepFacts::velocityNorm),
                real("ms", facts, StepFacts::milliseconds),
                whole("calls", facts, StepFacts::calls));
    }

    private static IntColumn whole(String name, List<StepFacts> facts, ToIntFunction<StepFacts> value) {
        return IntColumn.create(name, facts.stream().mapToInt(value).toArray());
    }

    private static DoubleColumn real(String name, List<StepFacts> facts, ToDoubleFunction<StepFacts> value) {
        return FourDigits.column(name, facts.stream().mapToDouble(value).toArray());
    }
}
