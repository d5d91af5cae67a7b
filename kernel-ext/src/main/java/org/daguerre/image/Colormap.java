package org.daguerre.image;

/**
 * Numbers as colours. The ones here stay readable under the common kinds of colour blindness; one's own is a lambda.
 */
@FunctionalInterface
public interface Colormap {

    /** Dark blue over green to yellow, lightness rising evenly; nine points of matplotlib's viridis (Smith and van der Walt 2015). */
    Colormap VIRIDIS = of(0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725);

    /** Black over red to pale yellow, lightness rising evenly; nine points of matplotlib's inferno. */
    Colormap INFERNO = of(0x000004, 0x210c4a, 0x57106e, 0x8a226a, 0xbc3754, 0xe45a31, 0xf98e09, 0xf9cb35, 0xfcffa4);

    /** Blue below the middle, near white there, orange above: for values with a sign (ColorBrewer's RdBu and PuOr, halves). */
    Colormap DIVERGING = of(
            0x053061, 0x2166ac, 0x4393c3, 0x92c5de, 0xd1e5f0, 0xf7f7f7, 0xfee0b6, 0xfdb863, 0xe08214, 0xb35806,
            0x7f3b08);

    /** Black to white. */
    Colormap GREY = of(0x000000, 0xffffff);

    /** The colour 0xRRGGBB of a value in [0, 1]. Callers bring values into that range first. */
    int rgb(double value);

    /** Colours at equal distances from 0 to 1, blended linearly in between. */
    static Colormap of(int... points) {
        int[] fixed = points.clone();
        if (fixed.length < 2) {
            throw new IllegalArgumentException("a colormap of " + fixed.length + " colours. Give two or more.");
        }
        return value -> {
            double place = value * (fixed.length - 1);
            int i = Math.min((int) place, fixed.length - 2);
            return blend(fixed[i], fixed[i + 1], place - i);
        };
    }

    /** One colour moved towards another; weight 0 is the first, 1 the second. */
    static int blend(int first, int second, double weight) {
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int a = first >> shift & 255;
            int b = second >> shift & 255;
            mixed |= (int) Math.rint(a + weight * (b - a)) << shift;
        }
        return mixed;
    }
}
