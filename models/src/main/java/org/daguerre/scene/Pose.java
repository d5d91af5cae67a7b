package org.daguerre.scene;

/**
 * Where something lies and how it is turned.
 *
 * @param x      centre, pixels from the left
 * @param y      centre, pixels from the top
 * @param radius pixels of one unit of its outline
 * @param angle  turn in radians, clockwise as seen
 * @param extent units from the centre beyond which its outlines cover nothing
 */
record Pose(double x, double y, double radius, double angle, double extent) {

    Pose moved(double dx, double dy) {
        return new Pose(x + dx, y + dy, radius, angle, extent);
    }
}
