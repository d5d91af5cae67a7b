package org.daguerre.scene;

import java.util.List;

/**
 * What is on the tray: all that the {@link Renderer} needs to draw it.
 *
 * @param tray   the floor
 * @param cloth  what the tray stands on
 * @param inset  distance of the tray's rim from the picture's edge in pixels
 * @param things the objects, painted in this order
 */
public record Scene(Tray tray, Cloth cloth, double inset, List<Thing> things) {

    /** Width and height of every picture in pixels. */
    public static final int SIZE = 128;

    public Scene {
        things = List.copyOf(things);
    }
}
