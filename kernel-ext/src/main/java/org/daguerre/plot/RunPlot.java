package org.daguerre.plot;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.daguerre.image.Theme;
import org.daguerre.run.Run;
import org.daguerre.run.Sampled;
import org.daguerre.run.StepFacts;
import org.knowm.xchart.XYChart;

/** What was measured at every step of a run. */
public final class RunPlot {

    /** What of a run is drawn. */
    public enum Quantity {
        /** The size of state, estimate and noise, root mean square. */
        NORMS,
        /** Wall time. */
        TIMES,
        /** Signal-to-noise ratio. */
        SNR
    }

    private RunPlot() {}

    /** The chosen quantities, step by step; all three if none is chosen. */
    public static Figure of(Sampled sampled, Theme theme, Quantity... quantities) {
        Run run = sampled.run();
        List<StepFacts> facts = run.facts();
        if (facts.isEmpty()) {
            throw new IllegalArgumentException("the run has made no step yet, there is nothing to plot."
                    + " Take a step first: run.step() or run.finish().");
        }
        Set<Quantity> chosen =
                quantities.length == 0 ? EnumSet.allOf(Quantity.class) : EnumSet.copyOf(List.of(quantities));
        double root = Math.sqrt(run.x().size());
        double[] steps = column(facts, StepFacts::step);
        List<String> names = List.of("state x", "estimate of the picture", "estimate of the noise");
        Panels panels = new Panels(
                title(run, facts), theme, chosen.contains(Quantity.NORMS) ? Panels.Key.curves(names) : List.of());

        XYChart norms = panels.chart("Size of the values (root mean square)", "step", "RMS (noise: 1)");
        panels.line(norms, 0, names.get(0), steps, column(facts, f -> f.xNorm() / root));
        panels.line(norms, 1, names.get(1), steps, column(facts, f -> f.denoisedNorm() / root));
        panels.line(norms, 2, names.get(2), steps, column(facts, f -> f.noiseNorm() / root));
        norms.getStyler().setYAxisMin(0.0);

        XYChart times = panels.chart("Time of each step", "step", "milliseconds");
        panels.bars(times, 0, "time", steps, column(facts, StepFacts::milliseconds));
        times.getStyler().setYAxisMin(0.0);

        XYChart snr = panels.chart("Signal-to-noise ratio, log scale", "step", "SNR before the step");
        List<StepFacts> finite =
                facts.stream().filter(f -> Double.isFinite(decades(f))).toList();
        if (!finite.isEmpty()) {
            panels.line(snr, 0, "SNR", column(finite, StepFacts::step), column(finite, RunPlot::decades));
            Panels.powersOfTen(
                    snr,
                    finite.stream().mapToDouble(RunPlot::decades).min().orElseThrow(),
                    finite.stream().mapToDouble(RunPlot::decades).max().orElseThrow());
        }

        for (XYChart chart : List.of(norms, times, snr)) {
            Panels.stepAxis(
                    chart, facts.get(0).step(), facts.get(facts.size() - 1).step());
        }
        if (chosen.contains(Quantity.NORMS)) {
            panels.row(260, norms);
        }
        List<XYChart> below = new ArrayList<>();
        if (chosen.contains(Quantity.TIMES)) {
            below.add(times);
        }
        if (chosen.contains(Quantity.SNR)) {
            below.add(snr);
        }
        if (!below.isEmpty()) {
            panels.row(220, below.toArray(XYChart[]::new));
        }
        return panels.figure(altText(run, facts, root));
    }

    private static double decades(StepFacts facts) {
        return Math.log10(facts.from().snr());
    }

    private static double[] column(List<StepFacts> facts, ToDoubleFunction<StepFacts> value) {
        return facts.stream().mapToDouble(value).toArray();
    }

    private static String title(Run run, List<StepFacts> facts) {
        return facts.size() + (facts.size() == 1 ? " step" : " steps") + " of "
                + run.sampling().sampler();
    }

    private static String altText(Run run, List<StepFacts> facts, double root) {
        StepFacts first = facts.get(0);
        StepFacts last = facts.get(facts.size() - 1);
        double total = facts.stream().mapToDouble(StepFacts::milliseconds).sum();
        return String.format(
                Locale.ROOT,
                "%s: the root mean square of the state goes from %.3g after step %d to %.3g after step %d, that of the"
                        + " estimated picture from %.3g to %.3g; %d model calls took %.0f ms.",
                title(run, facts),
                first.xNorm() / root,
                first.step(),
                last.xNorm() / root,
                last.step(),
                first.denoisedNorm() / root,
                last.denoisedNorm() / root,
                facts.stream().mapToInt(StepFacts::calls).sum(),
                total);
    }
}
