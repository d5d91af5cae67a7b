package org.daguerre.scene;

/**
 * A sign on a tray: all that the {@link Renderer} needs to draw it.
 *
 * @param tray     the floor
 * @param cloth    what the tray stands on
 * @param inset    distance of the tray's rim from the picture's edge in pixels
 * @param sign     the word or hand, nothing of it left open
 * @param x        centre, pixels from the left
 * @param y        centre, pixels from the top
 * @param radius   half the height of a letter or of a hand with all fingers raised, pixels
 * @param angle    turn in radians, clockwise as seen
 * @param mirrored whether a hand has its thumb on the right
 */
public record SignScene(
        Tray tray,
        Cloth cloth,
        double inset,
        Sign sign,
        double x,
        double y,
        double radius,
        double angle,
        boolean mirrored) {}
