package org.daguerre.scene;

import java.util.Locale;

/** The colours of objects. Two are pale, so that guidance that drives saturation up can be seen. */
public enum Colour {
    RED(208, 44, 40),
    ORANGE(236, 130, 30),
    YELLOW(240, 208, 50),
    GREEN(60, 156, 66),
    BLUE(48, 92, 200),
    PURPLE(134, 62, 168),
    PINK(246, 170, 190),
    WHITE(240, 238, 230);

    private final Rgb rgb;

    Colour(int red, int green, int blue) {
        this.rgb = new Rgb(red, green, blue);
    }

    /** The colour in full light. */
    public Rgb rgb() {
        return rgb;
    }

    /** The word a caption uses. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
