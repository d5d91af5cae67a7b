package org.daguerre.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Stroke;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daguerre.backbone.Architecture;
import org.daguerre.backbone.Architecture.Block;
import org.daguerre.backbone.Architecture.Kind;
import org.daguerre.backbone.Architecture.Skip;
import org.daguerre.image.Lettering;
import org.daguerre.image.Theme;

/**
 * A U-Net as a U: the way down on the left, the middle at the bottom, the way up on the right, each level in a band of its
 * own, skips across.
 */
public final class ArchitecturePlot {

    private static final int MARGIN = 16;
    private static final int HEADING = 40;
    private static final int INPUTS = 50;
    private static final int LEVEL = 22;
    private static final int BOX = 20;
    private static final int ROW = BOX + 6;
    private static final int BAND = 12;
    private static final int LEGEND = 58;
    private static final int WIDEST = 256;
    private static final int NARROWEST = 200;
    private static final int SLOPE = 26;

    /** Series of the theme for what the blocks take beside the state. */
    private static final int TIMESTEP = 3;

    private static final int PROMPT = 4;

    private static final Stroke DASHED =
            new BasicStroke(1.3f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {4, 3}, 0);

    private final Architecture architecture;
    private final Theme theme;
    private final double[] left;
    private final double[] top;
    private final double[] width;

    /** By level, the top of its band; after the last, its foot. */
    private final double[] bands;

    private ArchitecturePlot(Architecture architecture, Theme theme) {
        this.architecture = architecture;
        this.theme = theme;
        int blocks = architecture.blocks().size();
        this.left = new double[blocks];
        this.top = new double[blocks];
        this.width = new double[blocks];
        this.bands = new double[architecture.reductions().size() + 1];
        arrange();
    }

    /**
     * The blocks of a U-Net, top to bottom by level; colours tell what a block does, marks what it takes beside the state.
     *
     * @param title what stands above it
     * @param height height of the state that it is asked with
     * @param width width of that state
     */
    public static Figure of(Architecture architecture, String title, int height, int width, Theme theme) {
        ArchitecturePlot plot = new ArchitecturePlot(architecture, theme);
        int foot = (int) Math.ceil(plot.bands[plot.bands.length - 1]);
        return new Figure(foot + LEGEND, theme, plot.altText(title, height, width), List.of(), g -> {
            plot.heading(g, title);
            plot.bands(g, height, width);
            plot.skips(g);
            plot.flow(g);
            for (int i = 0; i < architecture.blocks().size(); i++) {
                plot.block(g, i);
            }
            plot.legend(g, foot + 8);
        });
    }

    private List<Integer> side(int level, int from, int to) {
        return IntStream.range(from, to)
                .filter(i -> architecture.blocks().get(i).level() == level)
                .boxed()
                .toList();
    }

    /** In a band the up side fills every row; a block on the down side stands level with the one that takes its skip. */
    private void arrange() {
        int deepest = bands.length - 2;
        int firstUp = architecture.firstUp();
        double y = HEADING + INPUTS;
        for (int level = 0; level <= deepest; level++) {
            List<Integer> down = side(level, 0, architecture.lastDown() + 1);
            List<Integer> middle = side(level, architecture.lastDown() + 1, firstUp);
            List<Integer> up = side(level, firstUp, left.length);
            int[] downRows = rows(down, up);
            int rows = Math.max(up.size(), down.isEmpty() ? 0 : downRows[down.size() - 1] + 1);
            double indent = MARGIN + Math.min(level, 4) * SLOPE;
            double size = Math.max(NARROWEST, WIDEST - level * 14.0);
            bands[level] = y;
            y += LEVEL;
            for (int i = 0; i < down.size(); i++) {
                place(down.get(i), indent, y + downRows[i] * ROW, size);
            }
            for (int i = 0; i < up.size(); i++) {
                place(up.get(i), Figure.WIDTH - indent - size, y + (rows - 1 - i) * ROW, size);
            }
            y += rows * ROW;
            for (int i : middle) {
                place(i, (Figure.WIDTH - WIDEST) / 2.0, y + ROW / 4.0, WIDEST);
                y += ROW;
            }
            y += BAND;
        }
        bands[deepest + 1] = y;
    }

    /** The rows of a down side, counted from the top of the band, where the up side stands from the foot. */
    private int[] rows(List<Integer> down, List<Integer> up) {
        int[] rows = new int[down.size()];
        int free = Math.max(down.size(), up.size()) - 1;
        for (int i = rows.length - 1; i >= 0; i--) {
            int from = down.get(i);
            int level = architecture.skips().stream()
                    .filter(skip -> skip.from() == from)
                    .map(skip -> up.indexOf(skip.to()))
                    .filter(at -> at >= 0)
                    .mapToInt(at -> Math.max(down.size(), up.size()) - 1 - at)
                    .max()
                    .orElse(free);
            rows[i] = Math.max(i, Math.min(free, level));
            free = rows[i] - 1;
        }
        return rows;
    }

    private void place(int block, double x, double y, double size) {
        left[block] = x;
        top[block] = y;
        width[block] = size;
    }

    private void heading(Graphics2D g, String title) {
        g.setFont(Lettering.font(15, Font.BOLD));
        g.setColor(new Color(theme.text()));
        g.drawString(Lettering.fitted(g, title, Figure.WIDTH - 2 * MARGIN), MARGIN, 25);
        Block first = architecture.blocks().get(0);
        Block last = architecture.blocks().get(left.length - 1);
        double y = HEADING + 12;
        write(g, "noisy state, channels: " + first.channelsIn(), middle(0), y);
        write(g, "prediction, channels: " + last.channels(), middle(left.length - 1), y);
        arrow(g, middle(0), y + 8, top[0]);
        arrow(g, middle(left.length - 1), top[left.length - 1], y + 8);
        var embedding = architecture.timestepEmbedding();
        if (embedding.layers() > 0) {
            y = input(
                    g,
                    "timestep embedding" + (embedding.width() > 0 ? ", " + embedding.width() + " values" : ""),
                    true,
                    y);
        }
        if (looksAtPrompt()) {
            input(g, "prompt embeddings", false, y);
        }
    }

    private double middle(int block) {
        return left[block] + width[block] / 2;
    }

    /** What the blocks take beside the state, under the mark that they bear; returns where the next may stand. */
    private double input(Graphics2D g, String text, boolean timestep, double y) {
        Font font = Lettering.font(11, Font.PLAIN);
        double room = Figure.WIDTH - 2.0 * (MARGIN + WIDEST) + 24;
        double wide = Math.min(room, g.getFontMetrics(font).stringWidth(text) + 34);
        double x = (Figure.WIDTH - wide) / 2;
        g.setColor(new Color(theme.series(timestep ? TIMESTEP : PROMPT)));
        g.setStroke(new BasicStroke(1.2f));
        g.draw(new RoundRectangle2D.Double(x, y - 14, wide, BOX, 6, 6));
        mark(g, x + 10, y - 4, timestep);
        Lettering.centred(g, text, font, theme.text(), (Figure.WIDTH + 12) / 2.0, y, wide - 24);
        return y + ROW;
    }

    private void write(Graphics2D g, String text, double x, double y) {
        Lettering.centred(g, text, Lettering.font(12, Font.PLAIN), theme.text(), x, y, WIDEST);
    }

    private boolean looksAtPrompt() {
        return architecture.blocks().stream().anyMatch(block -> block.crossAttentions() > 0);
    }

    private void bands(Graphics2D g, int height, int width) {
        Font font = Lettering.font(11, Font.PLAIN);
        for (int level = 0; level < bands.length - 1; level++) {
            if (level > 0) {
                g.setColor(new Color(theme.grid()));
                g.setStroke(new BasicStroke(1));
                g.draw(new Line2D.Double(MARGIN, bands[level], Figure.WIDTH - MARGIN, bands[level]));
            }
            int reduction = architecture.reductions().get(level);
            int here = level;
            String channels = architecture.blocks().stream()
                    .filter(block -> block.level() == here && block.kind() == Kind.RESIDUAL)
                    .map(block -> Integer.toString(block.channels()))
                    .distinct()
                    .collect(Collectors.joining(", "));
            String text = "level " + level + ": " + (height + reduction - 1) / reduction + " x "
                    + (width + reduction - 1) / reduction + (channels.isEmpty() ? "" : ", channels " + channels);
            Lettering.centred(
                    g, text, font, theme.quietText(), Figure.WIDTH / 2.0, bands[level] + 14, Figure.WIDTH / 2.0);
        }
    }

    private void skips(Graphics2D g) {
        g.setColor(new Color(theme.quietText()));
        g.setStroke(DASHED);
        for (Skip skip : architecture.skips()) {
            double x1 = left[skip.from()] + width[skip.from()];
            double x2 = left[skip.to()] - 5;
            double y1 = top[skip.from()] + BOX / 2.0;
            double y2 = top[skip.to()] + BOX / 2.0;
            Path2D path = new Path2D.Double();
            path.moveTo(x1, y1);
            path.curveTo((x1 + x2) / 2, y1, (x1 + x2) / 2, y2, x2, y2);
            g.draw(path);
            head(g, x2 + 5, y2, 1, 0);
        }
    }

    /** The way of the state from block to block: straight on a side, in curves from level to level and through the middle. */
    private void flow(Graphics2D g) {
        for (int i = 1; i < left.length; i++) {
            boolean falls = top[i] > top[i - 1];
            double direction = falls ? 1 : -1;
            double x1 = middle(i - 1);
            double x2 = middle(i);
            double y1 = top[i - 1] + (falls ? BOX : 0);
            double y2 = top[i] + (falls ? 0 : BOX);
            double side1 = top[i - 1] + BOX / 2.0;
            double side2 = top[i] + BOX / 2.0;
            if (x1 == x2) {
                arrow(g, x1, y1, y2);
                continue;
            }
            g.setColor(new Color(theme.text()));
            g.setStroke(new BasicStroke(1.3f));
            Path2D path = new Path2D.Double();
            if (top[i] == top[i - 1]) {
                path.moveTo(left[i - 1] + width[i - 1], side1);
                path.lineTo(left[i] - 4, side2);
                head(g, left[i], side2, 1, 0);
            } else if (x1 < left[i] && falls) {
                path.moveTo(x1, y1);
                path.quadTo(x1, side2, left[i] - 4, side2);
                head(g, left[i], side2, 1, 0);
            } else if (left[i - 1] + width[i - 1] < x2 && !falls) {
                path.moveTo(left[i - 1] + width[i - 1], side1);
                path.quadTo(x2, side1, x2, y2 + 4);
                head(g, x2, y2, 0, -1);
            } else {
                path.moveTo(x1, y1);
                path.curveTo(x1, (y1 + y2) / 2, x2, (y1 + y2) / 2, x2, y2 - 4 * direction);
                head(g, x2, y2, 0, direction);
            }
            g.draw(path);
        }
    }

    private void arrow(Graphics2D g, double x, double from, double to) {
        double direction = Math.signum(to - from);
        g.setColor(new Color(theme.text()));
        g.setStroke(new BasicStroke(1.3f));
        g.draw(new Line2D.Double(x, from, x, to - 4 * direction));
        head(g, x, to, 0, direction);
    }

    /** The head of an arrow that ends in (x, y), pointing along (dx, dy). */
    private static void head(Graphics2D g, double x, double y, double dx, double dy) {
        Path2D head = new Path2D.Double();
        head.moveTo(x, y);
        head.lineTo(x - 5 * dx - 3 * dy, y - 5 * dy - 3 * dx);
        head.lineTo(x - 5 * dx + 3 * dy, y - 5 * dy + 3 * dx);
        head.closePath();
        g.fill(head);
    }

    private int colour(Kind kind) {
        return switch (kind) {
            case RESIDUAL -> theme.series(0);
            case ATTENTION -> theme.series(1);
            case DOWNSAMPLE, UPSAMPLE -> theme.series(2);
            case CONVOLUTION -> theme.quietText();
        };
    }

    private void block(Graphics2D g, int i) {
        Block block = architecture.blocks().get(i);
        Color colour = new Color(colour(block.kind()));
        var shape = new RoundRectangle2D.Double(left[i], top[i], width[i], BOX, 6, 6);
        g.setColor(new Color(theme.background()));
        g.fill(shape);
        g.setColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 40));
        g.fill(shape);
        g.setColor(colour);
        g.setStroke(new BasicStroke(1.2f));
        g.draw(shape);
        double y = top[i] + BOX / 2.0 + 4;
        String channels = block.channelsIn() == block.channels()
                ? Integer.toString(block.channels())
                : block.channelsIn() + " → " + block.channels();
        g.setFont(Lettering.font(11, Font.PLAIN));
        double numbers = g.getFontMetrics().stringWidth(channels);
        g.setColor(new Color(theme.text()));
        double marks = left[i] + 8;
        if (block.timestep()) {
            mark(g, marks, top[i] + BOX / 2.0, true);
            marks += 11;
        }
        if (block.crossAttentions() > 0) {
            mark(g, marks, top[i] + BOX / 2.0, false);
        }
        g.setColor(new Color(theme.text()));
        g.drawString(Lettering.fitted(g, block.does(), width[i] - numbers - 32), (float) left[i] + 18, (float) y);
        g.drawString(channels, (float) (left[i] + width[i] - numbers - 7), (float) y);
    }

    /** A dot for the timestep, a square for the prompt: told apart without their colours too. */
    private void mark(Graphics2D g, double x, double y, boolean timestep) {
        g.setColor(new Color(theme.series(timestep ? TIMESTEP : PROMPT)));
        g.fill(timestep ? new Ellipse2D.Double(x - 4, y - 4, 8, 8) : new Rectangle2D.Double(x - 3.5, y - 3.5, 7, 7));
    }

    private void legend(Graphics2D g, double y) {
        g.setFont(Lettering.font(11, Font.PLAIN));
        double x = MARGIN;
        for (Kind kind : kinds()) {
            g.setColor(new Color(colour(kind)));
            g.setStroke(new BasicStroke(1.2f));
            g.draw(new RoundRectangle2D.Double(x, y + 2, 14, 9, 4, 4));
            x = label(g, kind.toString(), x + 19, y + 11);
        }
        double line = y + 22;
        x = MARGIN;
        if (architecture.timestepEmbedding().layers() > 0) {
            mark(g, x + 5, line + 6.5, true);
            x = label(g, "takes the timestep embedding", x + 14, line + 11);
        }
        if (looksAtPrompt()) {
            mark(g, x + 5, line + 6.5, false);
            x = label(g, "looks at the prompt", x + 14, line + 11);
        }
        g.setColor(new Color(theme.quietText()));
        g.setStroke(DASHED);
        g.draw(new Line2D.Double(x, line + 7, x + 26, line + 7));
        label(g, "skip: concatenated to what comes up", x + 31, line + 11);
    }

    private double label(Graphics2D g, String text, double x, double y) {
        g.setColor(new Color(theme.quietText()));
        g.drawString(text, (float) x, (float) y);
        return x + g.getFontMetrics().stringWidth(text) + 16;
    }

    /** What occurs, convolutions last. */
    private Set<Kind> kinds() {
        Set<Kind> kinds = new LinkedHashSet<>();
        for (Kind kind : List.of(Kind.RESIDUAL, Kind.ATTENTION, Kind.DOWNSAMPLE, Kind.UPSAMPLE, Kind.CONVOLUTION)) {
            architecture.blocks().stream()
                    .map(Block::kind)
                    .filter(kind::equals)
                    .findFirst()
                    .ifPresent(kinds::add);
        }
        return kinds;
    }

    private String altText(String title, int height, int width) {
        List<String> levels = new ArrayList<>();
        for (int level = 0; level < architecture.reductions().size(); level++) {
            int reduction = architecture.reductions().get(level);
            levels.add(String.format(
                    Locale.ROOT,
                    "level %d of %d x %d: down %s; up %s",
                    level,
                    (height + reduction - 1) / reduction,
                    (width + reduction - 1) / reduction,
                    described(side(level, 0, architecture.lastDown() + 1)),
                    described(side(level, architecture.firstUp(), left.length))));
        }
        List<Integer> middle = IntStream.range(architecture.lastDown() + 1, architecture.firstUp())
                .boxed()
                .toList();
        return String.format(
                Locale.ROOT,
                "%s, drawn as a U with %d levels, %d blocks and %d skips. %s. Middle: %s. %d blocks take the timestep, %d look at the prompt.",
                title,
                architecture.reductions().size(),
                left.length,
                architecture.skips().size(),
                String.join(". ", levels),
                described(middle),
                architecture.blocks().stream().filter(Block::timestep).count(),
                architecture.blocks().stream()
                        .filter(block -> block.crossAttentions() > 0)
                        .count());
    }

    private String described(List<Integer> blocks) {
        return blocks.isEmpty()
                ? "nothing"
                : blocks.stream().map(i -> architecture.blocks().get(i).does()).collect(Collectors.joining(", "));
    }
}
