package org.daguerre.scene;

import static org.daguerre.scene.Scene.SIZE;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Letters read from a picture.
 *
 * @param letters what they are, {@link Word#UNREADABLE} where nothing fits
 * @param font    the font that fits them best
 */
record Lettering(String letters, Font font) {

    private static final double LEAST = 0.55; // correlation below which a letter is unreadable
    private static final double STEEPEST = 0.14; // largest turn that is tried, radians
    private static final int FINE = 3; // samples a unit
    private static final int ACROSS = FINE * (Font.WIDTH + 1), DOWN = FINE * (Font.HEIGHT + 1); // half a unit around
    private static final double[] BLURS = {0.2, 0.34, 0.5}; // sigma in units of the glyphs that are compared
    private static final double[] SHIFTS = {-0.4, -0.2, 0, 0.2, 0.4}; // units

    private static final int TAPS = 5; // points along one axis that a blurred sample averages

    /** What is compared: the letters from A to Z in one font under one blur. */
    private record Alphabet(Font font, float[][] letters) {}

    private static final List<Alphabet> ALPHABETS = alphabets();

    /** The rectangle that holds a word: its upper left corner and, in units of a letter's 7, its pixels a unit. */
    private record Frame(double angle, double left, double top, double width, double height) {}

    /**
     * Reads the only word of a picture.
     *
     * @param sign its pixels
     * @param ink  how much of each pixel it covers, 0..1
     * @return empty if nothing has the proportions of a word
     */
    static Optional<Lettering> read(boolean[] sign, float[] ink) {
        Frame frame = frame(sign);
        if (frame == null) {
            return Optional.empty();
        }
        int n = (int) Math.round((Font.HEIGHT * frame.width / frame.height + 1) / Font.ADVANCE);
        if (n < 1 || n > Word.MOST) {
            return Optional.empty();
        }
        Lettering best = null;
        double most = Double.NEGATIVE_INFINITY;
        for (Alphabet alphabet : ALPHABETS) {
            StringBuilder letters = new StringBuilder();
            double sum = 0;
            for (int i = 0; i < n; i++) {
                Match match = match(alphabet, ink, frame, n, i);
                letters.append(match.fit < LEAST ? Word.UNREADABLE : match.letter);
                sum += match.fit;
            }
            if (sum > most) {
                most = sum;
                best = new Lettering(letters.toString(), alphabet.font);
            }
        }
        return Optional.of(best);
    }

    /** The smallest upright or slightly turned rectangle around all pixels; null if there are none. */
    private static Frame frame(boolean[] sign) {
        Frame best = null;
        for (double angle = -STEEPEST; angle <= STEEPEST; angle += 0.01) {
            double cos = Math.cos(angle), sin = Math.sin(angle);
            double left = SIZE * 2, right = -SIZE * 2, top = SIZE * 2, bottom = -SIZE * 2;
            for (int i = 0; i < sign.length; i++) {
                if (sign[i]) {
                    double x = i % SIZE + 0.5, y = i / SIZE + 0.5, u = cos * x + sin * y, v = cos * y - sin * x;
                    left = Math.min(left, u - 0.5);
                    right = Math.max(right, u + 0.5);
                    top = Math.min(top, v - 0.5);
                    bottom = Math.max(bottom, v + 0.5);
                }
            }
            Frame frame = new Frame(angle, left, top, right - left, bottom - top);
            boolean any = right > left;
            if (any && (best == null || frame.width * frame.height < best.width * best.height)) {
                best = frame;
            }
        }
        return best;
    }

    private record Match(char letter, double fit) {}

    /** The letter that fits cell {@code i} of {@code n} best, moved a little either way. */
    private static Match match(Alphabet alphabet, float[] ink, Frame frame, int n, int i) {
        Match best = new Match(Word.UNREADABLE, Double.NEGATIVE_INFINITY);
        for (double du : SHIFTS) {
            for (double dv : SHIFTS) {
                float[] cell = cell(ink, frame, n, i, du, dv);
                for (int letter = 0; letter < alphabet.letters.length; letter++) {
                    double fit = product(cell, alphabet.letters[letter]);
                    best = fit > best.fit ? new Match((char) ('A' + letter), fit) : best;
                }
            }
        }
        return best;
    }

    /** The ink of one cell, normalised, as an {@link Alphabet} has it. */
    private static float[] cell(float[] ink, Frame frame, int n, int i, double du, double dv) {
        double across = frame.width / Font.width(n), down = frame.height / Font.HEIGHT; // pixels a unit
        double cos = Math.cos(frame.angle), sin = Math.sin(frame.angle);
        float[] cell = new float[ACROSS * DOWN];
        for (int s = 0; s < cell.length; s++) {
            double u = frame.left + (Font.ADVANCE * i - 0.5 + (s % ACROSS + 0.5) / FINE + du) * across;
            double v = frame.top + (-0.5 + (s / ACROSS + 0.5) / FINE + dv) * down;
            cell[s] = at(ink, cos * u - sin * v - 0.5, sin * u + cos * v - 0.5);
        }
        return normalised(cell);
    }

    /** Between pixels, linearly. */
    private static float at(float[] ink, double x, double y) {
        int left = (int) Math.floor(x), top = (int) Math.floor(y);
        if (left < 0 || top < 0 || left >= SIZE - 1 || top >= SIZE - 1) {
            return 0;
        }
        double u = x - left, v = y - top;
        int i = top * SIZE + left;
        return (float)
                ((1 - v) * ((1 - u) * ink[i] + u * ink[i + 1]) + v * ((1 - u) * ink[i + SIZE] + u * ink[i + SIZE + 1]));
    }

    private static List<Alphabet> alphabets() {
        List<Alphabet> alphabets = new ArrayList<>();
        for (Font font : Font.values()) {
            for (double blur : BLURS) {
                float[][] letters = new float['Z' - 'A' + 1][];
                for (int letter = 0; letter < letters.length; letter++) {
                    letters[letter] = blurred(font.letter((char) ('A' + letter)), blur);
                }
                alphabets.add(new Alphabet(font, letters));
            }
        }
        return alphabets;
    }

    /** A letter in its cell under a Gaussian, normalised. */
    private static float[] blurred(Outline outline, double sigma) {
        float[] cell = new float[ACROSS * DOWN];
        for (int s = 0; s < cell.length; s++) {
            double u = -0.5 + (s % ACROSS + 0.5) / FINE, v = -0.5 + (s / ACROSS + 0.5) / FINE, sum = 0;
            for (int tap = 0; tap < TAPS * TAPS; tap++) {
                double du = tap % TAPS - TAPS / 2, dv = tap / TAPS - TAPS / 2; // in sigma
                double distance = outline.distance(u + du * sigma, v + dv * sigma);
                double coverage = Math.max(0, Math.min(1, 0.5 - distance / (0.5 * sigma)));
                sum += coverage * Math.exp(-(du * du + dv * dv) / 2);
            }
            cell[s] = (float) sum;
        }
        return normalised(cell);
    }

    /** Mean 0 and length 1, so that a product is a correlation. */
    private static float[] normalised(float[] values) {
        double mean = 0, square = 0;
        for (float value : values) {
            mean += value / values.length;
        }
        for (float value : values) {
            square += (value - mean) * (value - mean);
        }
        float[] normalised = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            normalised[i] = square == 0 ? 0 : (float) ((values[i] - mean) / Math.sqrt(square));
        }
        return normalised;
    }

    private static double product(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
