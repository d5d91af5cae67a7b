package org.daguerre.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.daguerre.image.Theme;
import org.knowm.xchart.XYChart;

/** Measured values under named conditions, each with the interval that it is known to. */
public final class IntervalPlot {

    /** Of the distance of two conditions: intervals of two curves stay apart, and those of all within their condition. */
    private static final double APART = 0.09, SPREAD = 0.7;

    private static final int PANELS_A_ROW = 5;

    /**
     * A value with its interval.
     *
     * @param condition the condition's place, from 0
     */
    public record Point(int condition, double value, double low, double high) {}

    /** The values of one kind, in the order of the conditions. */
    public record Curve(String name, List<Point> points) {

        public Curve {
            points = List.copyOf(points);
        }
    }

    /** Curves that share axes. Curves of one name have one colour in all panels. */
    public record Panel(String title, List<Curve> curves) {

        public Panel {
            curves = List.copyOf(curves);
        }
    }

    /**
     * What lies along x.
     *
     * @param joined whether the conditions have an order, so that values in between would mean something
     */
    public record Conditions(String title, List<String> names, boolean joined) {

        public Conditions {
            names = List.copyOf(names);
        }
    }

    private IntervalPlot() {}

    /**
     * The panels beside each other, on the same axes, from 0 up.
     *
     * @throws IllegalArgumentException if there is no point to draw
     */
    public static Figure of(String title, Conditions conditions, String yTitle, List<Panel> panels, Theme theme) {
        double highest = panels.stream()
                .flatMap(panel -> panel.curves().stream())
                .flatMap(curve -> curve.points().stream())
                .mapToDouble(Point::high)
                .max()
                .orElseThrow(() ->
                        new IllegalArgumentException("nothing was measured, there is nothing to plot. Measure first."));
        List<String> names = panels.stream()
                .flatMap(panel -> panel.curves().stream())
                .map(Curve::name)
                .distinct()
                .toList();
        boolean one = panels.size() == 1;
        List<Panels.Key> legend = names.stream()
                .map(name -> new Panels.Key(name, !conditions.joined()))
                .toList();
        Panels figure = new Panels(title, theme, names.size() == 1 ? List.of() : legend);
        List<XYChart> row = new ArrayList<>();
        for (int i = 0; i < panels.size(); i++) {
            Panel panel = panels.get(i);
            XYChart chart = figure.chart(panel.title(), conditions.title(), i % PANELS_A_ROW == 0 ? yTitle : "");
            Panels.namedAxis(chart, conditions.names(), Figure.WIDTH / Math.min(panels.size(), PANELS_A_ROW));
            chart.getStyler().setYAxisMin(0.0);
            chart.getStyler().setYAxisMax(highest);
            panel.curves().forEach(curve -> draw(figure, chart, names, curve, conditions.joined()));
            row.add(chart);
            if (row.size() == PANELS_A_ROW || i == panels.size() - 1) {
                figure.row(one ? 320 : 210, row.toArray(XYChart[]::new));
                row.clear();
            }
        }
        return figure.figure(altText(title, conditions.names(), panels));
    }

    private static void draw(Panels figure, XYChart chart, List<String> names, Curve curve, boolean joined) {
        int index = names.indexOf(curve.name());
        double beside = Math.min(APART, SPREAD / names.size()) * (index - (names.size() - 1) / 2.0);
        List<Point> points = curve.points();
        double[] x = points.stream().mapToDouble(p -> p.condition() + beside).toArray();
        double[] y = points.stream().mapToDouble(Point::value).toArray();
        if (joined) {
            figure.line(chart, index, curve.name(), x, y);
        }
        figure.dots(chart, index, curve.name() + ", measured", x, y);
        IntStream.range(0, x.length).forEach(i -> {
            Point point = points.get(i);
            figure.interval(
                    chart, index, curve.name() + ", interval " + point.condition(), x[i], point.low(), point.high());
        });
    }

    private static String altText(String title, List<String> conditions, List<Panel> panels) {
        StringBuilder text = new StringBuilder(title);
        for (Panel panel : panels) {
            for (Curve curve : panel.curves()) {
                text.append("; ").append(panels.size() == 1 ? curve.name() : panel.title() + ", " + curve.name());
                String before = ": ";
                for (Point point : curve.points()) {
                    text.append(before)
                            .append(String.format(
                                    Locale.ROOT, "%s %.3g", conditions.get(point.condition()), point.value()));
                    before = ", ";
                }
            }
        }
        return text.append('.').toString();
    }
}
