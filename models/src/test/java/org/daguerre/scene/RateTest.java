package org.daguerre.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RateTest {

    /** The four examples of Newcombe (1998), table I, method 3. */
    @Test
    void theIntervalIsWilsons() {
        assertInterval(0.2553, 0.3662, new Rate(81, 263));
        assertInterval(0.0624, 0.1605, new Rate(15, 148));
        assertInterval(0.0000, 0.1611, new Rate(0, 20));
        assertInterval(0.0061, 0.1718, new Rate(1, 29));
    }

    private static void assertInterval(double low, double high, Rate rate) {
        assertEquals(low, rate.low(), 5e-5);
        assertEquals(high, rate.high(), 5e-5);
    }

    @Test
    void theIntervalStaysBetweenZeroAndOne() {
        for (int n = 1; n < 400; n++) {
            assertTrue(new Rate(0, n).low() >= 0 && new Rate(n, n).high() <= 1, "n = " + n);
        }
    }

    @Test
    void nothingTriedLeavesEverythingOpen() {
        assertEquals(0, new Rate(0, 0).low());
        assertEquals(1, new Rate(0, 0).high());
    }
}
