package org.daguerre.plot;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.daguerre.image.Theme;
import org.knowm.xchart.XYChart;

/** How the loss of a training falls, batch by batch. */
public final class LossPlot {

    private static final int WINDOW = 25;

    private LossPlot() {}

    /** Every batch as a dot, and the mean of the 25 up to each as a line; the loss in a logarithmic scale. */
    public static Figure of(List<Double> losses, Theme theme) {
        if (losses.isEmpty()) {
            throw new IllegalArgumentException("nothing was trained yet, there is no loss to plot. Train first.");
        }
        double[] steps =
                IntStream.rangeClosed(1, losses.size()).asDoubleStream().toArray();
        double[] decades = losses.stream().mapToDouble(Math::log10).toArray();
        double[] means = IntStream.range(0, losses.size())
                .mapToDouble(i -> Math.log10(mean(losses, i)))
                .toArray();
        List<String> names = List.of("mean of " + WINDOW + " batches", "each batch");
        Panels panels = new Panels(
                "The loss, step by step",
                theme,
                List.of(new Panels.Key(names.get(0), false), new Panels.Key(names.get(1), true)));
        XYChart chart = panels.chart("Mean squared error of the prediction, log scale", "step", "loss");
        panels.dots(chart, 1, names.get(1), steps, decades);
        panels.line(chart, 0, names.get(0), steps, means);
        Panels.powersOfTen(
                chart,
                IntStream.range(0, decades.length)
                        .mapToDouble(i -> decades[i])
                        .min()
                        .orElseThrow(),
                IntStream.range(0, decades.length)
                        .mapToDouble(i -> decades[i])
                        .max()
                        .orElseThrow());
        return panels.row(300, chart)
                .figure(String.format(
                        Locale.ROOT,
                        "The loss falls from %.3g to %.3g in %d steps.",
                        losses.get(0),
                        mean(losses, losses.size() - 1),
                        losses.size()));
    }

    private static double mean(List<Double> losses, int last) {
        return losses.subList(Math.max(0, last - WINDOW + 1), last + 1).stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
    }
}
