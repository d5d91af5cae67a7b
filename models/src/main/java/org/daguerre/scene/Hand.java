package org.daguerre.scene;

import java.util.ArrayList;
import java.util.List;

/**
 * An upright hand that shows a number: one is the index finger, then come middle, ring and little finger, the thumb is the fifth.
 *
 * @param fingers how many are raised; 1 to {@value #ALL} are drawn, the judge may see any number
 * @param colour  its colour, or null where that is left open
 */
public record Hand(int fingers, Colour colour) implements Sign {

    /** The fingers of a hand. */
    public static final int ALL = 5;

    /** Index, middle, ring and little finger, thumb: where each begins and ends. */
    private static final double[][] FINGERS = {
        {-0.31, 0.14, -0.60, -0.66},
        {-0.11, 0.08, -0.21, -0.88},
        {0.11, 0.08, 0.21, -0.82},
        {0.31, 0.16, 0.58, -0.50},
        {-0.26, 0.56, -0.82, 0.14}
    };

    private static final double[] WIDTHS = {0.20, 0.21, 0.20, 0.18, 0.23};
    private static final double CREASE = 0.05; // width of the line around a folded finger

    public Hand {
        if (fingers < 0) {
            throw new IllegalArgumentException("A hand has 0 fingers or more raised, not " + fingers + ".");
        }
    }

    @Override
    public String text() {
        return text(fingers != ALL);
    }

    /** The sentence with the number of fingers or, where all are raised, without it. */
    String text(boolean counted) {
        String hand = colour == null ? "a hand" : (colour == Colour.ORANGE ? "an " : "a ") + colour.word() + " hand";
        return counted ? hand + raised(fingers) : hand;
    }

    /** " with three fingers raised". */
    static String raised(int fingers) {
        String number = fingers == 0 ? "no" : fingers <= Group.MOST ? Group.number(fingers) : String.valueOf(fingers);
        return " with " + number + (fingers == 1 ? " finger" : " fingers") + " raised";
    }

    /** The silhouette, and the lines around the folded fingers. */
    List<Layer> layers(boolean mirrored) {
        double side = mirrored ? -1 : 1;
        Outline body = Outline.circle(0, 0.46, 0.46).melt(Outline.ellipse(0, 0.30, 0.42, 0.30), 0.2);
        List<Layer> creases = new ArrayList<>();
        for (int i = 0; i < ALL; i++) {
            double[] f = FINGERS[i];
            if (i < fingers) {
                body = body.or(Outline.stroke(side * f[0], f[1], side * f[2], f[3], WIDTHS[i]));
            } else {
                Outline folded = i == ALL - 1
                        ? Outline.stroke(side * f[0], f[1], side * 0.06, 0.42, WIDTHS[i])
                        : Outline.stroke(side * f[0] * 0.95, f[1] - 0.02, side * f[0] * 0.95, f[1] + 0.16, WIDTHS[i]);
                body = body.or(folded);
                creases.add(new Layer(folded, (colour, u, v) -> colour.lit(0.95 - 0.09 * (u + v))));
                creases.add(new Layer(folded.ring(CREASE), (colour, u, v) -> colour.lit(0.82)));
            }
        }
        List<Layer> layers =
                new ArrayList<>(List.of(new Layer(body, (colour, u, v) -> colour.lit(1 - 0.09 * (u + v)))));
        layers.addAll(creases);
        return layers;
    }
}
