package org.daguerre.scene;

/**
 * One coat of paint.
 *
 * @param outline where it covers
 * @param tint    what light it sends there
 */
record Layer(Outline outline, Tint tint) {

    /** The light that a point of a layer sends when the object has this colour. */
    @FunctionalInterface
    interface Tint {
        Rgb at(Rgb colour, double u, double v);
    }
}
