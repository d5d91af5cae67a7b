package org.daguerre.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.daguerre.image.Lettering;
import org.daguerre.image.Theme;
import org.daguerre.run.Run;
import org.daguerre.run.Sampled;
import org.daguerre.sampler.Step;
import org.daguerre.tensor.Tensor;

/** Paths of points in the plane, one square for each run: how samplers get from the same noise to the data. */
public final class PathPlot {

    private static final int MARGIN = 16;
    private static final int GAP = 10;
    private static final int HEADING = 38;
    private static final int NAME = 18;
    private static final int CROSS = 4;

    /** Of 255, how much is seen of a path where it begins: paths of samplers that draw noise cross most there. */
    private static final int FAINT = 30;

    /** Beyond this lies next to nothing of a state of variance 1, and a jump there is cut off. */
    private static final double WIDEST = 3.5;

    /** One path a point; {@code path[step]} is {x, y}. */
    private record Paths(String name, List<double[][]> points) {}

    private PathPlot() {}

    /**
     * The paths of all points of each run, from noise (a ring) to where they are now (a dot), the clearer the later, and the
     * middles of the data as crosses. Samplers that draw noise are easiest to follow with four points or fewer.
     *
     * @param runs by name; states {@code [n, 2]}, n points each. A square reaches to 3.5 at most
     * @param means the middles of the data, {@code [1, 2]} each
     * @param columns squares side by side, 1 or more; 4 is good
     * @throws IllegalArgumentException if there is no run, or a state is not of points in the plane
     */
    public static Figure of(Map<String, ? extends Sampled> runs, List<Tensor> means, int columns, Theme theme) {
        if (runs.isEmpty() || columns < 1) {
            throw new IllegalArgumentException("no run to draw, or no column. Give one or more of each.");
        }
        List<Paths> paths = new ArrayList<>();
        runs.forEach((name, sampled) -> {
            Run run = sampled.run();
            String calls = run.calls() + (run.calls() == 1 ? " call" : " calls");
            paths.add(new Paths(name + ", " + calls, points(name, run)));
        });
        double reach = paths.stream()
                .flatMap(each -> each.points().stream())
                .flatMap(Arrays::stream)
                .mapToDouble(at -> Math.max(Math.abs(at[0]), Math.abs(at[1])))
                .max()
                .orElse(1);
        double half = Math.min(1.05 * reach, WIDEST);
        int across = Math.min(columns, paths.size());
        int cell = Math.min(240, (Figure.WIDTH - 2 * MARGIN - (across - 1) * GAP) / across);
        int rows = (paths.size() + across - 1) / across;
        int height = HEADING + rows * (NAME + cell + GAP) + MARGIN;
        return new Figure(height, theme, altText(runs.keySet()), List.of(), g -> {
            g.setFont(Lettering.font(15, Font.BOLD));
            g.setColor(new Color(theme.text()));
            g.drawString("Paths from noise to data", MARGIN, 25);
            for (int i = 0; i < paths.size(); i++) {
                int x = MARGIN + i % across * (cell + GAP);
                int y = HEADING + i / across * (NAME + cell + GAP);
                Font font = Lettering.font(12, Font.PLAIN);
                Lettering.centred(g, paths.get(i).name(), font, theme.text(), x + cell / 2.0, y + 12, cell);
                Graphics2D square = (Graphics2D) g.create();
                square.translate(x, y + NAME);
                paint(square, paths.get(i), means, cell, half, theme);
                square.dispose();
            }
        });
    }

    private static List<double[][]> points(String name, Run run) {
        List<Tensor> states = new ArrayList<>();
        states.add(run.trajectory().back(run.trajectory().length()).x());
        run.steps().stream().map(Step::x).forEach(states::add);
        int[] shape = states.get(0).shape();
        if (shape.length != 2 || shape[1] != 2) {
            throw new IllegalArgumentException("run " + name + " has states of shape " + Arrays.toString(shape)
                    + ". Give points in the plane, [n, 2].");
        }
        List<double[][]> points = new ArrayList<>();
        for (int k = 0; k < shape[0]; k++) {
            double[][] path = new double[states.size()][];
            for (int i = 0; i < path.length; i++) {
                path[i] = new double[] {states.get(i).get(k, 0), states.get(i).get(k, 1)};
            }
            points.add(path);
        }
        return points;
    }

    private static void paint(Graphics2D g, Paths paths, List<Tensor> means, int cell, double half, Theme theme) {
        Shape frame = new Rectangle2D.Double(0, 0, cell, cell);
        g.clip(frame);
        g.setColor(new Color(theme.grid()));
        g.setStroke(new BasicStroke(1));
        g.draw(new Rectangle2D.Double(0.5, 0.5, cell - 1, cell - 1));
        double scale = cell / (2 * half);
        int index = 0;
        for (double[][] path : paths.points()) {
            Color colour = new Color(theme.series(index++));
            g.setStroke(new BasicStroke(1.1f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND));
            for (int i = 1; i < path.length; i++) {
                int alpha = FAINT + (255 - FAINT) * i / path.length;
                g.setColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), alpha));
                g.draw(new Line2D.Double(
                        (path[i - 1][0] + half) * scale,
                        (half - path[i - 1][1]) * scale,
                        (path[i][0] + half) * scale,
                        (half - path[i][1]) * scale));
            }
            g.setColor(colour);
            g.draw(dot(path[0], half, scale, 2.5));
            g.fill(dot(path[path.length - 1], half, scale, 3));
        }
        g.setColor(new Color(theme.text()));
        g.setStroke(new BasicStroke(1.4f));
        for (Tensor mean : means) {
            float[] at = mean.toArray();
            double x = (at[0] + half) * scale;
            double y = (half - at[1]) * scale;
            g.draw(new Line2D.Double(x - CROSS, y, x + CROSS, y));
            g.draw(new Line2D.Double(x, y - CROSS, x, y + CROSS));
        }
    }

    private static Ellipse2D dot(double[] at, double half, double scale, double radius) {
        return new Ellipse2D.Double(
                (at[0] + half) * scale - radius, (half - at[1]) * scale - radius, 2 * radius, 2 * radius);
    }

    private static String altText(Set<String> names) {
        return "Paths of points in the plane from noise to data, one square each for " + String.join(", ", names)
                + ". A ring is a start, a dot an end, a cross a middle of the data.";
    }
}
