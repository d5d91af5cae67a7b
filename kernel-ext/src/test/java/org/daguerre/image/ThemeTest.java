package org.daguerre.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ThemeTest {

    /** WCAG 2.2 contrast ratio, 1 to 21. */
    private static double contrast(int a, int b) {
        double first = luminance(a);
        double second = luminance(b);
        return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
    }

    private static double luminance(int rgb) {
        return 0.2126 * ColormapTest.linear(rgb >> 16 & 255)
                + 0.7152 * ColormapTest.linear(rgb >> 8 & 255)
                + 0.0722 * ColormapTest.linear(rgb & 255);
    }

    @ParameterizedTest
    @EnumSource
    void textStandsOutAsWcagAsks(Theme theme) {
        assertTrue(contrast(theme.text(), theme.background()) >= 7);
        assertTrue(contrast(theme.quietText(), theme.background()) >= 4.5);
    }

    @ParameterizedTest
    @EnumSource
    void firstThreeSeriesStandOutAsWcagAsksOfGraphics(Theme theme) {
        for (int i = 0; i < theme.seriesColours(); i++) {
            double contrast = contrast(theme.series(i), theme.background());
            assertTrue(contrast >= (i < 3 ? 3 : 2.2), theme + " series " + i + " has " + contrast);
        }
    }

    @ParameterizedTest
    @EnumSource
    void gridStaysInTheBackgroundButCanBeSeen(Theme theme) {
        double contrast = contrast(theme.grid(), theme.background());
        assertTrue(contrast > 1.15 && contrast < 2, theme + " grid has " + contrast);
    }

    @ParameterizedTest
    @EnumSource
    void seriesColoursDifferAndBeginAgainAfterTheLast(Theme theme) {
        int n = theme.seriesColours();
        assertEquals(n, IntStream.range(0, n).map(theme::series).distinct().count());
        assertEquals(theme.series(0), theme.series(n));
    }
}
