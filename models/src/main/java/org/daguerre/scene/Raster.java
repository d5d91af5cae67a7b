package org.daguerre.scene;

/**
 * A picture as bytes: {@code rgb[(y * width + x) * 3 + channel]}, channels red, green, blue, each 0..255.
 *
 * @param width  pixels a row
 * @param height rows
 * @param rgb    {@code height * width * 3} bytes, not copied
 */
public record Raster(int width, int height, byte[] rgb) {

    public Raster {
        if (rgb.length != width * height * 3) {
            throw new IllegalArgumentException("A picture of %d x %d pixels has %d bytes, not %d."
                    .formatted(width, height, width * height * 3, rgb.length));
        }
    }

    /** One channel (0 red, 1 green, 2 blue) of one pixel, 0..255. */
    public int at(int x, int y, int channel) {
        return rgb[(y * width + x) * 3 + channel] & 0xff;
    }
}
