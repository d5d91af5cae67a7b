package org.daguerre.scene;

import static org.daguerre.scene.Scene.SIZE;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Reads the sign in a picture. No neural net: what is not ground is a hand if it has a palm, and else a word. Fingers are the pieces that
 * circles around the palm cut off; letters are read one by one, by correlation with our own glyphs, without a list of words.
 *
 * <p>{@code docs/judge-signs.md} has its error rates.
 */
public final class SignJudge {

    private static final double CONTRAST = 26; // least distance of a sign's pixel to the ground, of 255
    private static final int LEAST = 150; // pixels of the smallest sign
    private static final int SPECK =
            5; // pixels of the largest piece that is no part of a sign; a square of a letter has 11
    private static final int TIP = 12; // pixels of the largest piece that is no finger
    private static final double BRIGHTEST = 1.2; // most ink of a pixel
    private static final double PALM =
            14; // least distance of a palm's centre to the edge, pixels; the inside of an O has 11
    private static final double NEAREST_CUT = 1.35, FARTHEST_CUT = 2.3; // radii of the circles, in radii of the palm

    private SignJudge() {}

    /**
     * What is in a picture; empty if it is neither a word nor a hand.
     *
     * @throws IllegalArgumentException if it has not {@value Scene#SIZE} x {@value Scene#SIZE} pixels
     */
    public static Optional<Sign> find(Raster picture) {
        Judge.checkSize(picture);
        Segmentation seen = new Segmentation(picture);
        double[] contrast = new double[SIZE * SIZE];
        Arrays.setAll(contrast, seen::contrast);
        double[] sorted =
                Arrays.stream(contrast).filter(c -> c > CONTRAST).sorted().toArray();
        if (sorted.length < LEAST) {
            return Optional.empty();
        }
        double full = sorted[(int) (0.85 * sorted.length)]; // that of a pixel well within the sign
        float[] ink = new float[SIZE * SIZE];
        boolean[] sign = new boolean[SIZE * SIZE];
        for (int i = 0; i < sign.length; i++) {
            ink[i] = (float) Math.min(BRIGHTEST, contrast[i] / full);
            sign[i] = ink[i] > 0.5;
        }
        dropSpecks(sign, ink);
        Colour colour = colour(seen, sign, contrast);
        boolean[] filled = filled(sign);
        double[] depths = Segmentation.depths(filled);
        int palm = 0;
        for (int i = 0; i < depths.length; i++) {
            palm = depths[i] > depths[palm] ? i : palm;
        }
        return depths[palm] >= PALM
                ? Optional.of(new Hand(fingers(filled, palm, depths[palm]), colour))
                : Lettering.read(sign, ink).map(read -> new Word(read.letters(), read.font(), colour));
    }

    /** Whether a claim is true of a picture, part by part. */
    public static SignVerdict judge(Raster picture, Sign claim) {
        return SignVerdict.of(claim, find(picture));
    }

    /** Takes pieces off that are too small for a letter. */
    private static void dropSpecks(boolean[] sign, float[] ink) {
        int[] pieces = Segmentation.components(sign);
        int[] areas = Segmentation.areas(pieces);
        for (int i = 0; i < sign.length; i++) {
            if (sign[i] && areas[pieces[i]] <= SPECK) {
                sign[i] = false;
                ink[i] = 0;
            }
        }
    }

    /** The colour of the pixels that differ most from the ground: thin strokes under blur have no other pure ones. */
    private static Colour colour(Segmentation seen, boolean[] sign, double[] contrast) {
        int[] pixels = IntStream.range(0, sign.length).filter(i -> sign[i]).toArray();
        double[] sorted =
                Arrays.stream(pixels).mapToDouble(i -> contrast[i]).sorted().toArray();
        if (sorted.length == 0) {
            return Colour.WHITE;
        }
        double least = sorted[sorted.length / 2];
        return Judge.nearest(seen.median(
                Arrays.stream(pixels).filter(i -> contrast[i] >= least).toArray()));
    }

    /** The sign without holes: creases are no gaps between fingers. */
    private static boolean[] filled(boolean[] sign) {
        boolean[] ground = new boolean[sign.length];
        for (int i = 0; i < sign.length; i++) {
            ground[i] = !sign[i];
        }
        int[] pieces = Segmentation.components(ground);
        boolean[] filled = new boolean[sign.length];
        for (int i = 0; i < sign.length; i++) {
            filled[i] = sign[i] || pieces[i] != pieces[0];
        }
        return filled;
    }

    /** The most pieces into which a circle around the palm cuts what lies outside of it. */
    private static int fingers(boolean[] hand, int palm, double radius) {
        int most = 0;
        for (double cut = NEAREST_CUT; cut <= FARTHEST_CUT; cut += 0.1) {
            boolean[] outside = new boolean[hand.length];
            for (int i = 0; i < hand.length; i++) {
                outside[i] = hand[i] && Math.hypot(i % SIZE - palm % SIZE, i / SIZE - palm / SIZE) > cut * radius;
            }
            int[] areas = Segmentation.areas(Segmentation.components(outside));
            int pieces = (int)
                    Arrays.stream(areas).skip(1).filter(area -> area > TIP).count();
            most = Math.max(most, pieces);
        }
        return most;
    }
}
