package org.daguerre.scene;

import java.util.List;

/**
 * A picture that a model made, with what it looked at if that is known.
 *
 * @param picture the picture, {@value Scene#SIZE} x {@value Scene#SIZE}
 * @param maps    attention maps of the caption's words, at most one a word; empty where there are none
 */
public record Painting(Raster picture, List<WordMap> maps) {

    public Painting {
        maps = List.copyOf(maps);
    }

    /** A picture without attention maps. */
    public static Painting of(Raster picture) {
        return new Painting(picture, List.of());
    }
}
