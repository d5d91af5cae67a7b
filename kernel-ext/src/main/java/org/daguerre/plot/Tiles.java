package org.daguerre.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.util.List;
import org.daguerre.image.Colormap;
import org.daguerre.image.Lettering;
import org.daguerre.image.Picture;
import org.daguerre.image.Theme;

/** A figure of pictures of one size in a grid, each under its name, with the scale of their colours at the foot. */
final class Tiles {

    private static final int MARGIN = 16;
    private static final int GAP = 10;
    private static final int HEADING = 40;
    private static final int NAME = 20;
    private static final int SCALE = 44;

    private Tiles() {}

    /** A bar of the colormap with words at its ends and, unless it is empty, in its middle. */
    record Scale(Colormap colormap, String low, String middle, String high) {}

    static Figure figure(
            String title,
            List<String> names,
            List<Picture> tiles,
            int columns,
            Scale scale,
            Theme theme,
            String altText) {
        int across = Math.min(columns, tiles.size());
        int cell = Math.min(240, (Figure.WIDTH - 2 * MARGIN - (across - 1) * GAP) / across);
        int cellHeight = cell * tiles.get(0).height() / tiles.get(0).width();
        int rows = (tiles.size() + across - 1) / across;
        int foot = HEADING + rows * (NAME + cellHeight + GAP);
        return new Figure(foot + SCALE, theme, altText, List.of(), g -> {
            g.setFont(Lettering.font(15, Font.BOLD));
            g.setColor(new Color(theme.text()));
            g.drawString(Lettering.fitted(g, title, Figure.WIDTH - 2 * MARGIN), MARGIN, 25);
            for (int i = 0; i < tiles.size(); i++) {
                int x = MARGIN + i % across * (cell + GAP);
                int y = HEADING + i / across * (NAME + cellHeight + GAP);
                Font font = Lettering.font(12, Font.PLAIN);
                Lettering.centred(g, names.get(i), font, theme.text(), x + cell / 2.0, y + 13, cell);
                g.setRenderingHint(
                        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
                g.drawImage(tiles.get(i).toImage(), x, y + NAME, cell, cellHeight, null);
            }
            paint(g, scale, foot + 2, theme);
        });
    }

    private static void paint(Graphics2D g, Scale scale, int y, Theme theme) {
        int width = 260;
        for (int i = 0; i < width * Figure.SCALE; i++) {
            g.setColor(new Color(scale.colormap().rgb(i / (width * Figure.SCALE - 1.0))));
            g.fill(new java.awt.geom.Rectangle2D.Double(MARGIN + (double) i / Figure.SCALE, y, 1.0 / Figure.SCALE, 10));
        }
        g.setFont(Lettering.font(11, Font.PLAIN));
        g.setColor(new Color(theme.quietText()));
        g.drawString(scale.low(), MARGIN, y + 24);
        g.drawString(scale.middle(), MARGIN + (width - g.getFontMetrics().stringWidth(scale.middle())) / 2, y + 24);
        g.drawString(scale.high(), MARGIN + width - g.getFontMetrics().stringWidth(scale.high()), y + 24);
    }
}
