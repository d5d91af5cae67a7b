package org.daguerre.plot;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daguerre.image.Theme;
import org.daguerre.run.Comparison;
import org.daguerre.run.Comparison.Result;
import org.knowm.xchart.XYChart;

/** How the distance from the reference solution falls with the calls of the model, on logarithmic axes. */
public final class ConvergencePlot {

    /** Lines of these orders are drawn for the eye: the distance falls by 2 to the order when the calls double. */
    private static final int[] ORDERS = {1, 2, 3};

    /** Pixels of the axis of distances. */
    private static final double TALL = 280;

    /** Curves that are nowhere further apart, in decades, are one to the eye. */
    private static final double UNSEEN = 0.03;

    private ConvergencePlot() {}

    /**
     * One curve for all runs that differ in their steps alone; samplers that draw noise have none. The slopes of orders 1, 2
     * and 3 start from the upper left. A line lies where a distance says no more: at the rounding of float32, or at what the
     * reference is known to. A curve that lies on one before it says so in the legend.
     *
     * @throws IllegalArgumentException if no run has a distance to draw
     */
    public static Figure of(Comparison comparison, Theme theme) {
        Map<String, List<Result>> curves = new LinkedHashMap<>();
        for (Result result : comparison.results()) {
            if (!result.random() && result.distance() > 0) {
                curves.computeIfAbsent(name(result), each -> new ArrayList<>()).add(result);
            }
        }
        if (curves.isEmpty()) {
            throw new IllegalArgumentException(
                    "no run has a distance to draw: none is finished, none has a reference,"
                            + " all draw noise, or each is its reference to the last bit. Compare samplers without noise, such as ddim, heun and dpmpp-2m.");
        }
        curves.values()
                .forEach(curve -> curve.sort((a, b) ->
                        Integer.compare(a.entry().run().calls(), b.entry().run().calls())));
        double fewest = extreme(curves, ConvergencePlot::calls, true);
        double most = extreme(curves, ConvergencePlot::calls, false);
        double worst = extreme(curves, ConvergencePlot::decades, false);
        double best = extreme(curves, ConvergencePlot::decades, true);

        Panels panels = new Panels("Convergence", theme, Panels.Key.curves(legend(curves)));
        XYChart chart = panels.chart(
                "Distance from the reference solution, both axes logarithmic", "calls of the model", "distance");
        Panels.powersOfTen(chart, best, worst);
        Panels.powersOfTwo(chart, fewest, most);
        double floor = Math.floor(best);
        double decades = chart.getStyler().getYAxisMax() - floor;
        chart.getStyler().setYAxisTickMarkSpacingHint((int) Math.max(20, TALL / decades)); // no lines between powers
        for (int order : ORDERS) {
            double slope = order * Math.log10(2);
            double end = Math.min(most, fewest + (worst - floor) / slope);
            if (end > fewest) {
                panels.guide(chart, "order " + order, new double[] {fewest, end}, new double[] {
                    worst, worst - slope * (end - fewest)
                });
            }
        }
        double known = Math.log10(extreme(curves, Result::floor, false));
        if (best < known && known <= chart.getStyler().getYAxisMax()) {
            panels.guide(
                    chart,
                    known > Math.log10(Comparison.ROUNDING) ? "known of the reference" : "rounding of float32",
                    new double[] {fewest, most},
                    new double[] {known, known});
        }
        int index = 0;
        for (Map.Entry<String, List<Result>> curve : curves.entrySet()) {
            double[] x = curve.getValue().stream()
                    .mapToDouble(ConvergencePlot::calls)
                    .toArray();
            double[] y = curve.getValue().stream()
                    .mapToDouble(ConvergencePlot::decades)
                    .toArray();
            panels.line(chart, index, curve.getKey(), x, y);
            panels.dots(chart, index++, curve.getKey() + ", runs", x, y);
        }
        return panels.row(380, chart).figure(altText(curves, legend(curves)));
    }

    /** What its runs have in common, or their sampler where they differ in nothing but their steps. */
    private static String name(Result result) {
        Map<String, String> at = new LinkedHashMap<>(result.entry().at());
        at.remove(Comparison.STEPS);
        return at.isEmpty()
                ? result.entry().run().sampling().sampler().toString()
                : at.entrySet().stream()
                        .map(axis -> List.of("guidance", "seed").contains(axis.getKey())
                                ? axis.getKey() + " " + axis.getValue()
                                : axis.getValue())
                        .collect(Collectors.joining(", "));
    }

    /** The names of the curves; one that cannot be seen below another says whose it shares. */
    private static List<String> legend(Map<String, List<Result>> curves) {
        List<String> names = new ArrayList<>();
        List<String> before = new ArrayList<>();
        curves.forEach((name, curve) -> {
            names.add(before.stream()
                    .filter(other -> coincide(curves.get(other), curve))
                    .findFirst()
                    .map(other -> name + ", as " + other)
                    .orElse(name));
            before.add(name);
        });
        return names;
    }

    private static boolean coincide(List<Result> one, List<Result> other) {
        return one.size() == other.size()
                && IntStream.range(0, one.size())
                        .allMatch(i -> calls(one.get(i)) == calls(other.get(i))
                                && Math.abs(decades(one.get(i)) - decades(other.get(i))) < UNSEEN);
    }

    private static double calls(Result result) {
        return Math.log(result.entry().run().calls()) / Math.log(2);
    }

    private static double decades(Result result) {
        return Math.log10(result.distance());
    }

    private static double extreme(
            Map<String, List<Result>> curves, java.util.function.ToDoubleFunction<Result> of, boolean least) {
        var all = curves.values().stream().flatMap(List::stream).mapToDouble(of).summaryStatistics();
        return least ? all.getMin() : all.getMax();
    }

    private static String altText(Map<String, List<Result>> curves, List<String> names) {
        StringBuilder text = new StringBuilder("Convergence of " + curves.size()
                + (curves.size() == 1 ? " method" : " methods") + " to the reference solution");
        Iterator<String> name = names.iterator();
        curves.values().forEach(curve -> {
            Result first = curve.get(0);
            Result last = curve.get(curve.size() - 1);
            text.append(String.format(
                    Locale.ROOT,
                    "; %s: distance %.2g with %d calls",
                    name.next(),
                    first.distance(),
                    first.entry().run().calls()));
            if (last != first) {
                text.append(String.format(
                        Locale.ROOT,
                        ", %.2g with %d",
                        last.distance(),
                        last.entry().run().calls()));
            }
        });
        return text.append('.').toString();
    }
}
