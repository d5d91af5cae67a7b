package org.daguerre.scene;

import java.util.List;

/** One picture of a {@link World} with what is said about it. */
public interface Example {

    /** What the caption is about. */
    Enum<?> kind();

    /** A short sentence. */
    Caption caption();

    /** The same said in the one way that is easiest to learn, see {@link Claim#canonical()}. */
    Caption canonical();

    /** All that there is to say. */
    Caption fullCaption();

    /** What stands where, one box a thing; none where no things are told apart. */
    List<Box> boxes();

    /** The picture, {@value Scene#SIZE} x {@value Scene#SIZE} pixels. */
    Raster picture();

    /**
     * How much of each pixel the things of one group cover, their shadows not counted.
     *
     * @param group 1 or 2, as in the captions
     * @return {@code SIZE * SIZE} shares in [0, 1], row by row
     */
    float[] coverage(int group);
}
