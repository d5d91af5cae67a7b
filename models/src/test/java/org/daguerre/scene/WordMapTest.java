package org.daguerre.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WordMapTest {

    private static boolean[] square(int left, int top, int side) {
        boolean[] mask = new boolean[128 * 128];
        for (int y = top; y < top + side; y++) {
            for (int x = left; x < left + side; x++) {
                mask[y * 128 + x] = true;
            }
        }
        return mask;
    }

    private static float[] weights(boolean[] mask, float in, float out) {
        float[] weights = new float[mask.length];
        for (int i = 0; i < mask.length; i++) {
            weights[i] = mask[i] ? in : out;
        }
        return weights;
    }

    @Test
    void aMapThatIsTheMaskHasOneWhateverItsScale() {
        boolean[] mask = square(20, 30, 25);
        assertEquals(1, new WordMap(0, 128, 128, weights(mask, 7, -3)).iou(mask), 1e-12);
    }

    @Test
    void aMapBesideTheMaskHasZero() {
        assertEquals(0, new WordMap(0, 128, 128, weights(square(80, 80, 25), 1, 0)).iou(square(20, 30, 25)), 1e-12);
    }

    @Test
    void halfAnOverlapIsAThird() {
        assertEquals(
                1 / 3.0, new WordMap(0, 128, 128, weights(square(30, 30, 20), 1, 0)).iou(square(40, 30, 20)), 1e-12);
    }

    @Test
    void aConstantMapHasWhatChanceHas() {
        boolean[] mask = square(0, 0, 64); // a quarter: chance puts a quarter of the choice into it
        assertEquals(0.25 / 1.75, new WordMap(0, 16, 16, new float[256]).iou(mask), 1e-12);
    }

    @Test
    void aCoarseMapIsEnlargedInPlace() {
        float[] weights = new float[256];
        weights[4 * 16 + 10] = 1; // the block of columns 80 to 87, rows 32 to 39
        assertTrue(new WordMap(0, 16, 16, weights).iou(square(80, 32, 8)) > 0.6);
    }

    @Test
    void anEmptyMaskHasNoAnswer() {
        assertTrue(Double.isNaN(new WordMap(0, 16, 16, new float[256]).iou(new boolean[128 * 128])));
    }

    @Test
    void aMapOfAnotherSizeIsRefused() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> new WordMap(0, 16, 16, new float[255]));
        assertEquals("A word map of 16 x 16 has 256 weights, not 255.", refusal.getMessage());
    }
}
