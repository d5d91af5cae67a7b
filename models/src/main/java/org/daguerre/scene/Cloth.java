package org.daguerre.scene;

import java.util.Locale;

/** What the tray stands on: the narrow margin of the picture. */
public enum Cloth {
    LINEN(190, 182, 166),
    CHARCOAL(52, 54, 58),
    DENIM(84, 98, 120);

    private final Rgb rgb;

    Cloth(int red, int green, int blue) {
        this.rgb = new Rgb(red, green, blue);
    }

    /** The word that a {@link FullGrammar full caption} uses. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The colour of the cloth. */
    public Rgb rgb() {
        return rgb;
    }
}
