package org.daguerre.scene;

/**
 * What a picture of the world of signs shows, or what a caption says of it: one {@link Word} or one {@link Hand}. What a caption leaves
 * open is null.
 */
public sealed interface Sign permits Word, Hand {

    /** Its colour, or null where that is left open. */
    Colour colour();

    /** The sentence: "the word CAT in red pixel font", "a blue hand with three fingers raised". */
    String text();
}
