package org.daguerre.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ColormapTest {

    /** CIE L* of an sRGB colour, 0 to 100. */
    static double lightness(int rgb) {
        double y = 0.2126 * linear(rgb >> 16 & 255) + 0.7152 * linear(rgb >> 8 & 255) + 0.0722 * linear(rgb & 255);
        return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
    }

    static double linear(int channel) {
        double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }

    @Test
    void endsAreMatplotlibs() {
        assertEquals(0x440154, Colormap.VIRIDIS.rgb(0));
        assertEquals(0xfde725, Colormap.VIRIDIS.rgb(1));
        assertEquals(0x21918c, Colormap.VIRIDIS.rgb(0.5));
        assertEquals(0x000004, Colormap.INFERNO.rgb(0));
        assertEquals(0xfcffa4, Colormap.INFERNO.rgb(1));
    }

    @Test
    void sequentialMapsGrowLighterEvenly() {
        for (Colormap map : new Colormap[] {Colormap.VIRIDIS, Colormap.INFERNO}) {
            double range = lightness(map.rgb(1)) - lightness(map.rgb(0));
            for (int i = 1; i <= 16; i++) {
                double step = lightness(map.rgb(i / 16.0)) - lightness(map.rgb((i - 1) / 16.0));
                assertTrue(step > 0.4 * range / 16 && step < 1.6 * range / 16, "step " + i + " is " + step);
            }
        }
    }

    @Test
    void divergingMapIsLightestInTheMiddleAndFallsToBothSides() {
        for (int i = 1; i <= 10; i++) {
            assertTrue(lightness(Colormap.DIVERGING.rgb(0.5 + i / 20.0))
                    < lightness(Colormap.DIVERGING.rgb(0.5 + (i - 1) / 20.0)));
            assertTrue(lightness(Colormap.DIVERGING.rgb(0.5 - i / 20.0))
                    < lightness(Colormap.DIVERGING.rgb(0.5 - (i - 1) / 20.0)));
        }
        assertEquals(0xf7f7f7, Colormap.DIVERGING.rgb(0.5));
    }

    @Test
    void signsStayApartWithoutRedOrGreenCones() {
        // Linear RGB as seen without long- or medium-wave cones, Machado, Oliveira and Fernandes 2009, severity 1.
        double[][] protanopia = {
            {0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}
        };
        double[][] deuteranopia = {
            {0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}
        };
        for (double[][] sight : new double[][][] {protanopia, deuteranopia}) {
            for (double v = 0.1; v <= 0.5; v += 0.1) {
                double[] below = seen(sight, Colormap.DIVERGING.rgb(0.5 - v));
                double[] above = seen(sight, Colormap.DIVERGING.rgb(0.5 + v));
                double distance = Math.hypot(Math.hypot(below[0] - above[0], below[1] - above[1]), below[2] - above[2]);
                assertTrue(distance > 0.08, "at " + v + " only " + distance);
            }
        }
    }

    private static double[] seen(double[][] sight, int rgb) {
        double[] in = {linear(rgb >> 16 & 255), linear(rgb >> 8 & 255), linear(rgb & 255)};
        double[] out = new double[3];
        for (int r = 0; r < 3; r++) {
            for (int c = 0; c < 3; c++) {
                out[r] += sight[r][c] * in[c];
            }
        }
        return out;
    }
}
