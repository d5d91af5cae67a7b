package org.daguerre.image;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;

/**
 * Text in pictures, where the machine has fonts. A machine without them makes Java2D throw, often an {@link Error}, at the
 * first measured letter; here that is found out once and turned into an answer.
 */
public final class Lettering {

    /** What a machine without fonts lacks, and the commands that bring it. */
    public static final String REMEDY = "This machine has no fonts to draw text with. Install fontconfig and DejaVu:"
            + " apt-get install fontconfig fonts-dejavu-core (Debian, Ubuntu),"
            + " dnf install fontconfig dejavu-sans-fonts (Fedora); then restart the kernel.";

    private static final boolean AVAILABLE = probe();

    private Lettering() {}

    private static boolean probe() {
        try {
            return width("fonts", 12) > 0;
        } catch (Throwable missing) { // InternalError, NoClassDefFoundError, RuntimeException: each JDK has its own
            return false;
        }
    }

    /** True if text can be drawn here. */
    public static boolean available() {
        return AVAILABLE;
    }

    /** Passes if text can be drawn here. */
    public static void require() {
        if (!AVAILABLE) {
            throw new IllegalStateException(REMEDY);
        }
    }

    /** The sans serif font at a size in points; style as in {@link Font}. */
    public static Font font(double size, int style) {
        return new Font(Font.SANS_SERIF, style, 12).deriveFont((float) size);
    }

    /** How wide a line of text is at a size in points. */
    public static double width(String text, double size) {
        FontRenderContext context = new FontRenderContext(null, true, true);
        return font(size, Font.PLAIN).getStringBounds(text, context).getWidth();
    }

    /** Shortened with an ellipsis at its end until it is at most {@code width} wide in the font that g has set. */
    public static String fitted(Graphics2D g, String text, double width) {
        if (g.getFontMetrics().stringWidth(text) <= width) {
            return text;
        }
        int end = text.length();
        while (end > 0 && g.getFontMetrics().stringWidth(text.substring(0, end) + "…") > width) {
            end = text.offsetByCodePoints(end, -1);
        }
        return text.substring(0, end).stripTrailing() + "…";
    }

    /** One line of text, its middle at x, its baseline at y, shortened to {@code width}. */
    public static void centred(Graphics2D g, String text, Font font, int colour, double x, double y, double width) {
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint( // as width() measures; letters of whole pixels can be wider
                RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        g.setFont(font);
        g.setColor(new Color(colour));
        String line = fitted(g, text, width);
        g.drawString(line, (float) (x - g.getFontMetrics().stringWidth(line) / 2.0), (float) y);
    }
}
