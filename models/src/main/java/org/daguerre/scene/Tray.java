package org.daguerre.scene;

import java.util.Locale;

/** What the objects lie on. Only full captions name it: for all others it is the free variation of the pictures. */
public enum Tray {
    WOOD(146, 108, 70),
    SLATE(70, 76, 84),
    STONE(126, 122, 114),
    MOSS(92, 104, 78),
    PLUM(98, 80, 92);

    private final Rgb rgb;

    Tray(int red, int green, int blue) {
        this.rgb = new Rgb(red, green, blue);
    }

    /** The word that a {@link FullGrammar full caption} uses. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The colour of the tray's floor. */
    public Rgb rgb() {
        return rgb;
    }
}
