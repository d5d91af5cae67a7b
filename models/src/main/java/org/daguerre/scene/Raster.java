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

    /** From pixels given row by row as 0xRRGGBB. */
    public static Raster of(int width, int height, int[] pixels) {
        byte[] rgb = new byte[pixels.length * 3];
        for (int i = 0; i < pixels.length; i++) {
            rgb[3 * i] = (byte) (pixels[i] >> 16);
            rgb[3 * i + 1] = (byte) (pixels[i] >> 8);
            rgb[3 * i + 2] = (byte) pixels[i];
        }
        return new Raster(width, height, rgb);
    }

    /** The pixels row by row as 0xRRGGBB. */
    public int[] pixels() {
        int[] pixels = new int[width * height];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | rgb[3 * i + 2] & 0xff;
        }
        return pixels;
    }

    /** One channel (0 red, 1 green, 2 blue) of one pixel, 0..255. */
    public int at(int x, int y, int channel) {
        return rgb[(y * width + x) * 3 + channel] & 0xff;
    }
}
