package org.daguerre.scene;

/**
 * One object that the {@link Judge} sees in a picture.
 *
 * @param shape      the shape whose rendering is nearest
 * @param colour     the colour nearest to the median of its core
 * @param x          centre, pixels from the left; the same point as {@link Thing#x()}
 * @param y          centre, pixels from the top
 * @param radius     half its extent in pixels, see {@link Thing#radius()}
 * @param area       pixels that it covers
 * @param confidence share of the object's contrast to the tray that the rendering explains: 1 is a perfect copy; below about 0.5 it is
 *                   something that this world does not draw
 */
public record Found(Shape shape, Colour colour, double x, double y, double radius, int area, double confidence) {

    /** Whether it is one of this group; a group whose colour is open takes any. */
    public boolean is(Group group) {
        return shape == group.shape() && (group.colour() == null || colour == group.colour());
    }
}
