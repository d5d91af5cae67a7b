package org.daguerre.scene;

import java.util.Locale;

/** Where the first group of a caption is, seen from the second. */
public enum Relation {
    LEFT_OF,
    RIGHT_OF,
    ABOVE,
    BELOW;

    /** The words a caption uses: "left of", "right of", "above", "below". */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The relation seen from the other group. */
    public Relation opposite() {
        return switch (this) {
            case LEFT_OF -> RIGHT_OF;
            case RIGHT_OF -> LEFT_OF;
            case ABOVE -> BELOW;
            case BELOW -> ABOVE;
        };
    }

    /** Whether this is about left and right, not above and below. */
    public boolean horizontal() {
        return this == LEFT_OF || this == RIGHT_OF;
    }
}
