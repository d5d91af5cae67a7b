package org.daguerre.scene;

/**
 * A thing and the rectangle that it fills, its shadow not counted: what is said to a model that reads boxes.
 *
 * @param phrase what it is, "red apple"
 * @param left   0 to 1 of the picture's width
 * @param top    0 to 1 of its height
 * @param right  more than {@code left}
 * @param bottom more than {@code top}
 */
public record Box(String phrase, double left, double top, double right, double bottom) {

    /** The box of a thing. */
    public static Box of(Thing thing) {
        return new Box(
                thing.colour().word() + " " + thing.shape().word(),
                (thing.x() - thing.radius()) / Scene.SIZE,
                (thing.y() - thing.radius()) / Scene.SIZE,
                (thing.x() + thing.radius()) / Scene.SIZE,
                (thing.y() + thing.radius()) / Scene.SIZE);
    }
}
