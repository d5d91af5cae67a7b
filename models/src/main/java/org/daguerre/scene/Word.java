package org.daguerre.scene;

import java.util.List;

/**
 * A short word laid out in letters.
 *
 * @param letters capital letters, 1 to {@value #MOST}; {@link #UNREADABLE} for one that the judge cannot read
 * @param font    their font, or null where that is left open
 * @param colour  their colour, or null where that is left open
 */
public record Word(String letters, Font font, Colour colour) implements Sign {

    /** The most letters that a tray has room for. */
    public static final int MOST = 4;

    /** Stands for a letter that cannot be read. */
    public static final char UNREADABLE = '?';

    /** The words of this world. Together they have every letter. */
    public static final List<String> ALL = List.of(
            "GO", "NO", "UP", "HI", "OK", "CAT", "DOG", "SUN", "BUS", "EGG", "FOX", "PIG", "JAM", "KEY", "MAP", "OWL",
            "MOON", "FISH", "LAMP", "BIRD", "ZERO", "TAXI", "WAVE", "QUIZ");

    public Word {
        if (!letters.matches("[A-Z?]{1," + MOST + "}")) {
            throw new IllegalArgumentException(
                    "A sign has room for 1 to " + MOST + " letters from A to Z, not '" + letters + "'.");
        }
    }

    @Override
    public String text() {
        return "the word " + letters + look();
    }

    /** " in red pixel font", with what is left open left out. */
    String look() {
        String look = (colour == null ? "" : " " + colour.word()) + (font == null ? "" : " " + font.word() + " font");
        return look.isEmpty() ? "" : " in" + look;
    }

    List<Layer> layers() {
        return List.of(new Layer(font.word(letters), (paint, u, v) -> paint.lit(1 - 0.08 * v)));
    }

    /** Units from the centre to the farthest corner, see {@link Font#word}. */
    double extent() {
        return 1 + (double) Font.width(letters.length()) / Font.HEIGHT;
    }
}
