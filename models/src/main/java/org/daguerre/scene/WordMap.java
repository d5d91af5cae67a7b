package org.daguerre.scene;

import java.util.Arrays;

/**
 * How strongly each place of a picture attends to one word.
 *
 * @param word    the word's number in the caption, from 0
 * @param width   columns, for example 16
 * @param height  rows
 * @param weights {@code height * width} weights, row by row; only their order counts
 */
public record WordMap(int word, int width, int height, float[] weights) {

    public WordMap {
        if (width < 1 || height < 1 || weights.length != width * height) {
            throw new IllegalArgumentException("A word map of %d x %d has %d weights, not %d."
                    .formatted(width, height, (long) width * height, weights.length));
        }
    }

    /**
     * Intersection over union of a mask and as many of the map's strongest pixels as the mask has, the map enlarged to the mask's size
     * linearly. Nothing is tuned: a map that follows the mask exactly has 1, a constant one about the mask's own share of the picture.
     *
     * @param mask the pixels that the word is about, row by row, a square
     * @return in [0, 1]; NaN where the mask is empty, because then there is nothing to find
     */
    public double iou(boolean[] mask) {
        int side = (int) Math.round(Math.sqrt(mask.length));
        if (side * side != mask.length) {
            throw new IllegalArgumentException("A mask is square; %d pixels are not.".formatted(mask.length));
        }
        int size = 0;
        for (boolean in : mask) {
            size += in ? 1 : 0;
        }
        if (size == 0) {
            return Double.NaN;
        }
        float[] enlarged = enlarged(side);
        float[] sorted = enlarged.clone();
        Arrays.sort(sorted);
        float threshold = sorted[sorted.length - size];
        double above = 0, tied = 0, bothAbove = 0, bothTied = 0;
        for (int i = 0; i < mask.length; i++) {
            if (enlarged[i] > threshold) {
                above++;
                bothAbove += mask[i] ? 1 : 0;
            } else if (enlarged[i] == threshold) {
                tied++;
                bothTied += mask[i] ? 1 : 0;
            }
        }
        // of pixels that are equally strong any may be chosen: count the share that falls into the mask on average
        double both = bothAbove + bothTied * (size - above) / tied;
        return both / (2 * size - both);
    }

    private float[] enlarged(int side) {
        float[] out = new float[side * side];
        for (int y = 0; y < side; y++) {
            double v = Math.max(0, Math.min(height - 1, (y + 0.5) * height / side - 0.5));
            int top = (int) v, bottom = Math.min(height - 1, top + 1);
            for (int x = 0; x < side; x++) {
                double u = Math.max(0, Math.min(width - 1, (x + 0.5) * width / side - 0.5));
                int left = (int) u, right = Math.min(width - 1, left + 1);
                double upper = mix(weights[top * width + left], weights[top * width + right], u - left);
                double lower = mix(weights[bottom * width + left], weights[bottom * width + right], u - left);
                out[y * side + x] = (float) mix(upper, lower, v - top);
            }
        }
        return out;
    }

    private static double mix(double a, double b, double share) {
        return a + share * (b - a);
    }
}
