package org.daguerre.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.daguerre.image.Graphic;
import org.daguerre.image.Lettering;
import org.daguerre.image.Theme;
import org.knowm.xchart.XYChart;

/**
 * A figure that is drawn when it is asked for: light to hold, as wide as a notebook's page, its PNG twice as fine as its
 * {@link #width()} says.
 */
public final class Figure implements Graphic {

    /** Pixels of the PNG for a CSS pixel. */
    public static final int SCALE = 2;

    /** The width of every figure, in CSS pixels. */
    static final int WIDTH = 760;

    interface Painter {
        /** Draws in CSS pixels from (0, 0). */
        void paint(Graphics2D g);
    }

    private final int height;
    private final Theme theme;
    private final String altText;
    private final List<XYChart> charts;
    private final Painter painter;

    Figure(int height, Theme theme, String altText, List<XYChart> charts, Painter painter) {
        this.height = height;
        this.theme = theme;
        this.altText = altText;
        this.charts = List.copyOf(charts);
        this.painter = painter;
    }

    @Override
    public int width() {
        return WIDTH;
    }

    @Override
    public int height() {
        return height;
    }

    /** The XChart charts of this figure in reading order, to be read or restyled; none in a figure made of pictures. */
    public List<XYChart> charts() {
        return charts;
    }

    @Override
    public String altText() {
        return altText;
    }

    /**
     * The figure drawn.
     *
     * @throws IllegalStateException if this machine has no fonts (the message says what to install), or drawing fails
     */
    @Override
    public byte[] png() {
        Lettering.require();
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ImageIO.write(draw(), "png", bytes);
            return bytes.toByteArray();
        } catch (IOException
                | RuntimeException
                | Error e) { // a notebook's kernel does not outlive an Error in a renderer
            throw new IllegalStateException(
                    "the figure could not be drawn (" + e + "). The numbers behind it are in the run's table.", e);
        }
    }

    private BufferedImage draw() {
        BufferedImage image = new BufferedImage(WIDTH * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        try {
            g.setColor(new Color(theme.background()));
            g.fillRect(0, 0, image.getWidth(), image.getHeight());
            g.scale(SCALE, SCALE);
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            painter.paint(g);
        } finally {
            g.dispose();
        }
        return image;
    }

    @Override
    public String toString() {
        return "Figure[" + altText + "]";
    }
}
