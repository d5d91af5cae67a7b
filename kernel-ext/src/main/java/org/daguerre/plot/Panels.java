package org.daguerre.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.daguerre.image.Lettering;
import org.daguerre.image.Theme;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A figure of line charts in rows, under one title and one legend: the look that all of them share. */
final class Panels {

    private static final int MARGIN = 8;
    private static final int TITLE = 26;
    private static final int LEGEND_LINE = 20;
    private static final double LEGEND_FONT = 12;
    private static final double LEGEND_NAME = 330;
    private static final double LABEL_FONT = 11;
    private static final int LONGEST_LABEL = 18; // XChart's own 20, less blanks that tell equal labels apart

    /** Pixels of the only chart in a row, so that ticks are asked for as far apart as whole powers are. */
    private static final double WIDE = 640;

    private static final float[][] DASHES = {null, {7, 3}, {2, 3}, {9, 3, 2, 3}, {4, 2}, {12, 4}, {2, 2, 6, 2}};

    private record Row(int height, List<XYChart> charts) {}

    private final String title;
    private final Theme theme;
    private final List<Key> legend;
    private final List<Row> rows = new ArrayList<>();

    /** A name in the legend, beside a piece of its curve or its dot. */
    record Key(String name, boolean dot) {

        static List<Key> curves(Collection<String> names) {
            return names.stream().map(name -> new Key(name, false)).toList();
        }
    }

    /** @param legend the series in the order of their colours; empty for none */
    Panels(String title, Theme theme, List<Key> legend) {
        this.title = title;
        this.theme = theme;
        this.legend = List.copyOf(legend);
    }

    /** One more row of charts that share the width. */
    Panels row(int height, XYChart... charts) {
        rows.add(new Row(height, List.of(charts)));
        return this;
    }

    Figure figure(String altText) {
        List<XYChart> charts = rows.stream().flatMap(r -> r.charts().stream()).toList();
        int legendLines = Lettering.available() ? legendRows().size() : 0;
        int top = MARGIN + TITLE + legendLines * LEGEND_LINE;
        int height = top + rows.stream().mapToInt(Row::height).sum() + MARGIN;
        return new Figure(height, theme, altText, charts, g -> paint(g, top));
    }

    private void paint(Graphics2D g, int top) {
        g.setFont(Lettering.font(15, Font.BOLD));
        g.setColor(new Color(theme.text()));
        g.drawString(Lettering.fitted(g, title, Figure.WIDTH - 4 * MARGIN), 2 * MARGIN, MARGIN + 17);
        paintLegend(g);
        int y = top;
        for (Row row : rows) {
            int width = (Figure.WIDTH - MARGIN) / row.charts().size();
            for (int i = 0; i < row.charts().size(); i++) {
                Graphics2D part = (Graphics2D) g.create(i * width, y, width, row.height());
                row.charts().get(i).paint(part, width, row.height());
                part.dispose();
            }
            y += row.height();
        }
    }

    private void paintLegend(Graphics2D g) {
        int y = MARGIN + TITLE + 10;
        int index = 0;
        for (List<Key> line : legendRows()) {
            double x = 2 * MARGIN;
            for (Key key : line) {
                g.setColor(new Color(theme.series(index)));
                g.setStroke(stroke(index));
                if (key.dot()) {
                    g.fill(new Ellipse2D.Double(x + 20, y - 4, 8, 8));
                } else {
                    g.draw(new Line2D.Double(x, y, x + 28, y));
                }
                g.setColor(new Color(theme.text()));
                g.setFont(Lettering.font(LEGEND_FONT, Font.PLAIN));
                g.drawString(Lettering.fitted(g, key.name(), LEGEND_NAME), (float) x + 34, y + 4);
                x += 34 + width(key.name()) + 18;
                index++;
            }
            y += LEGEND_LINE;
        }
    }

    private List<List<Key>> legendRows() {
        List<List<Key>> lines = new ArrayList<>();
        double x = Double.POSITIVE_INFINITY;
        for (Key key : legend) {
            double width = 34 + width(key.name()) + 18;
            if (x + width > Figure.WIDTH - 2 * MARGIN) {
                lines.add(new ArrayList<>());
                x = 2 * MARGIN;
            }
            lines.get(lines.size() - 1).add(key);
            x += width;
        }
        return lines;
    }

    private static double width(String text) {
        return Math.min(
                LEGEND_NAME,
                Lettering.font(LEGEND_FONT, Font.PLAIN)
                        .getStringBounds(text, new FontRenderContext(null, true, true))
                        .getWidth());
    }

    /** Colour and dashes both tell the series apart; the same pair comes back after 49. */
    private static BasicStroke stroke(int index) {
        float[] dash = DASHES[(index + index / DASHES.length) % DASHES.length];
        return dash == null
                ? new BasicStroke(2.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND)
                : new BasicStroke(2.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dash, 0);
    }

    /** An empty chart in the theme's colours. */
    XYChart chart(String title, String xTitle, String yTitle) {
        XYChart chart = new XYChart(Figure.WIDTH, 300);
        chart.setTitle(title);
        chart.setXAxisTitle(xTitle);
        chart.setYAxisTitle(yTitle);
        Color background = new Color(theme.background());
        Color text = new Color(theme.text());
        Color quiet = new Color(theme.quietText());
        XYStyler style = chart.getStyler();
        style.setChartBackgroundColor(background);
        style.setPlotBackgroundColor(background);
        style.setChartFontColor(text);
        style.setChartTitleBoxVisible(false);
        style.setChartTitleFont(Lettering.font(12.5, Font.BOLD));
        style.setChartTitlePadding(4);
        style.setChartPadding(8);
        style.setLegendVisible(false);
        style.setPlotBorderVisible(false);
        style.setPlotMargin(0);
        style.setPlotContentSize(0.93);
        style.setPlotGridLinesColor(new Color(theme.grid()));
        style.setPlotGridLinesStroke(new BasicStroke(1));
        style.setAxisTitleFont(Lettering.font(11.5, Font.PLAIN));
        style.setAxisTitlePadding(6);
        style.setAxisTickLabelsFont(Lettering.font(LABEL_FONT, Font.PLAIN));
        style.setAxisTickLabelsColor(quiet);
        style.setAxisTickMarksColor(quiet);
        style.setAxisTicksLineVisible(false);
        style.setAxisTicksMarksVisible(false);
        style.setXAxisTickMarkSpacingHint(56);
        style.setYAxisTickMarkSpacingHint(38);
        style.setXAxisDecimalPattern("#.####");
        style.setYAxisDecimalPattern("#.####");
        return chart;
    }

    /** A curve in the colour and dashes of its place in the legend. */
    void line(XYChart chart, int index, String name, double[] x, double[] y) {
        // XChart draws a straight series piece by piece and begins the dashes anew at every point, a smooth one in a
        // single
        // path. Its smoothing flattens the curve at every point, which cannot be seen where the points are this near.
        double[][] dense = dense(x, y, (x[x.length - 1] - x[0]) / 400);
        XYSeries series = chart.addSeries(name, dense[0], dense[1]);
        series.setSmooth(true);
        series.setMarker(x.length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        series.setMarkerColor(new Color(theme.series(index)));
        series.setLineColor(new Color(theme.series(index)));
        series.setLineStyle(stroke(index));
    }

    /** The same polyline with more points on it, none further along x from the one before than {@code gap}. */
    private static double[][] dense(double[] x, double[] y, double gap) {
        DoubleStream.Builder xs = DoubleStream.builder();
        DoubleStream.Builder ys = DoubleStream.builder();
        for (int i = 0; i < x.length; i++) {
            int pieces = i == 0 || gap <= 0 ? 1 : (int) Math.ceil((x[i] - x[i - 1]) / gap);
            for (int k = 1; k < pieces; k++) {
                xs.add(x[i - 1] + k * (x[i] - x[i - 1]) / pieces);
                ys.add(y[i - 1] + k * (y[i] - y[i - 1]) / pieces);
            }
            xs.add(x[i]);
            ys.add(y[i]);
        }
        return new double[][] {xs.build().toArray(), ys.build().toArray()};
    }

    /** Dots without a curve, in the colour of their place in the legend. */
    void dots(XYChart chart, int index, String name, double[] x, double[] y) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        series.setMarker(SeriesMarkers.CIRCLE);
        series.setMarkerColor(new Color(theme.series(index)));
        chart.getStyler().setMarkerSize(7);
    }

    /** A straight line for the eye, thin and without a place in the legend, with its name near its end. The axes are set. */
    void guide(XYChart chart, String name, double[] x, double[] y) {
        double back =
                0.05 * (chart.getStyler().getXAxisMax() - chart.getStyler().getXAxisMin());
        double up = 0.03 * (chart.getStyler().getYAxisMax() - chart.getStyler().getYAxisMin());
        double slope = (y[1] - y[0]) / (x[1] - x[0]);
        chart.getStyler().setAnnotationTextFont(Lettering.font(10.5, Font.PLAIN));
        chart.getStyler().setAnnotationTextFontColor(new Color(theme.quietText()));
        chart.addAnnotation(new AnnotationText(name, x[1] - back, y[1] - 1.4 * slope * back + up, false));
        XYSeries series = chart.addSeries(name, x, y);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(new Color(theme.quietText()));
        series.setLineStyle(
                new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {4, 4}, 0));
    }

    /** An upright line at x, in the colour of its place in the legend: what a value is known to. */
    void interval(XYChart chart, int index, String name, double x, double low, double high) {
        XYSeries series = chart.addSeries(name, new double[] {x, x}, new double[] {low, high});
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(new Color(theme.series(index)));
        series.setLineStyle(new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND));
    }

    /** Bars around whole numbers of x, from 0 up. */
    void bars(XYChart chart, int index, String name, double[] x, double[] y) {
        double[] edges = new double[2 * x.length + 2];
        double[] heights = new double[2 * x.length + 2];
        for (int i = 0; i < x.length; i++) {
            edges[2 * i + 1] = x[i] - 0.5;
            edges[2 * i + 2] = x[i] + 0.5;
            heights[2 * i + 1] = y[i];
            heights[2 * i + 2] = y[i];
        }
        edges[0] = edges[1];
        edges[edges.length - 1] = edges[edges.length - 2];
        XYSeries series = chart.addSeries(name, edges, heights);
        series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Area);
        series.setMarker(SeriesMarkers.NONE);
        Color colour = new Color(theme.series(index));
        series.setLineColor(colour);
        series.setLineStyle(new BasicStroke(1));
        series.setFillColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 110));
    }

    /** Ticks at whole steps, from the first to the last. */
    static void stepAxis(XYChart chart, int first, int last) {
        // XChart puts ticks at the data's own places where those are evenly spaced (0, 44, 88, ...); an odd margin
        // breaks the evenness, and the ticks fall on round numbers.
        chart.getStyler().setXAxisMin(first - 0.75);
        chart.getStyler().setXAxisMax(last + 0.75);
        chart.getStyler().setXAxisTickLabelsFormattingFunction(whole(first, v -> Long.toString(Math.round(v))));
    }

    /** Names at 0, 1, 2 ... along x of a chart that is {@code width} wide, shortened to the space that each has. */
    static void namedAxis(XYChart chart, List<String> names, int width) {
        int room = 3 * width / (names.size() + 1) / 4;
        List<String> labels = labels(names, room);
        chart.getStyler().setXAxisMin(-0.6);
        chart.getStyler().setXAxisMax(names.size() - 0.4);
        chart.getStyler().setXAxisTickMarkSpacingHint(room);
        chart.getStyler()
                .setXAxisTickLabelsFormattingFunction(
                        whole(0, v -> v >= -1e-9 && v < labels.size() ? labels.get((int) Math.round(v)) : " "));
    }

    /** XChart looks for ticks without end if labels are longer than 20 characters, wider than their distance, or alike. */
    private static List<String> labels(List<String> names, double room) {
        List<String> labels = new ArrayList<>();
        for (String name : names) {
            String label = name;
            int end = name.length();
            while (end > 0 && (label.length() > LONGEST_LABEL || 1.1 * Lettering.width(label, LABEL_FONT) >= room)) {
                label = name.substring(0, --end).strip() + "…";
            }
            while (labels.contains(label)) {
                label += " ";
            }
            labels.add(label);
        }
        return labels;
    }

    /** An axis of decimal logarithms from {@code low} to {@code high}, in whole decades and labelled with powers of ten. */
    static void powersOfTen(XYChart chart, double low, double high) {
        double least = Math.floor(low);
        double most = Math.max(least + 1, Math.ceil(high));
        chart.getStyler().setYAxisMin(least);
        chart.getStyler().setYAxisMax(most);
        chart.getStyler()
                .setYAxisTickLabelsFormattingFunction(whole(low, v -> "10" + superscript((int) Math.round(v))));
    }

    /** The axis x of binary logarithms from {@code low} to {@code high}, labelled with powers of two. */
    static void powersOfTwo(XYChart chart, double low, double high) {
        double least = Math.floor(low);
        double most = Math.max(least + 1, Math.ceil(high));
        chart.getStyler().setXAxisMin(least);
        chart.getStyler().setXAxisMax(most);
        chart.getStyler().setXAxisTickMarkSpacingHint((int) Math.max(40, WIDE / (most - least)));
        chart.getStyler()
                .setXAxisTickLabelsFormattingFunction(whole(low, v -> Long.toString(Math.round(Math.pow(2, v)))));
    }

    /** Blank off the whole numbers. XChart draws no tick at all if both ends of the axis have the same label: two blanks. */
    private static Function<Double, String> whole(double low, DoubleFunction<String> label) {
        return v -> Math.abs(v - Math.rint(v)) < 1e-9 ? label.apply(v) : v < low ? " " : "  ";
    }

    private static String superscript(int n) {
        StringBuilder raised = new StringBuilder();
        for (char c : Integer.toString(n).toCharArray()) {
            raised.append(c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(c - '0'));
        }
        return raised.toString();
    }
}
