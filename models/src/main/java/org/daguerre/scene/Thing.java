package org.daguerre.scene;

/**
 * One object on the tray.
 *
 * @param shape  what it is
 * @param colour its colour
 * @param x      centre, pixels from the left
 * @param y      centre, pixels from the top
 * @param radius half its extent in pixels
 * @param angle  turn in radians, clockwise as seen
 * @param group  the noun phrase of the caption that it belongs to: 1 or 2
 */
public record Thing(Shape shape, Colour colour, double x, double y, double radius, double angle, int group) {}
