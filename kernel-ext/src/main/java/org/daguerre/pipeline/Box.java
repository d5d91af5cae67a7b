package org.daguerre.pipeline;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daguerre.name.Names;

/**
 * Where a thing shall stand, for models that read boxes (Li et al. 2023, GLIGEN, arXiv 2301.07093).
 *
 * @param phrase what it is, such as "red apple"
 * @param left   0 to 1 of the picture's width
 * @param top    0 to 1 of its height
 * @param right  more than {@code left}, at most 1
 * @param bottom more than {@code top}, at most 1
 */
public record Box(String phrase, double left, double top, double right, double bottom) {

    private static final String NUMBER = "\\s*([^,\\s]+)\\s*";
    private static final Pattern WRITTEN =
            Pattern.compile("(.*\\S)\\s*@" + NUMBER + "," + NUMBER + "," + NUMBER + "," + NUMBER, Pattern.DOTALL);

    public Box {
        boolean within = 0 <= left && left < right && right <= 1 && 0 <= top && top < bottom && bottom <= 1;
        if (phrase.isBlank()) {
            throw new IllegalArgumentException("a box has no phrase. Give what it shall hold, such as \"red apple\".");
        }
        if (!within) {
            throw new IllegalArgumentException("the box of " + Names.quoted(phrase) + " is "
                    + corners(left, top, right, bottom)
                    + ". Give left, top, right, bottom within 0 to 1, left below right and top below bottom.");
        }
    }

    public static Box of(String phrase, double left, double top, double right, double bottom) {
        return new Box(phrase, left, top, right, bottom);
    }

    /**
     * A box in one word, "red apple@0.1,0.2,0.5,0.6": its phrase, and left, top, right, bottom.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Box parse(String written) {
        Matcher parts = WRITTEN.matcher(written);
        if (parts.matches()) {
            try {
                double[] at = new double[4];
                for (int i = 0; i < 4; i++) {
                    at[i] = Double.parseDouble(parts.group(2 + i));
                }
                return new Box(parts.group(1), at[0], at[1], at[2], at[3]);
            } catch (NumberFormatException e) {
                // answered below
            }
        }
        throw new IllegalArgumentException("the box is " + Names.quoted(written)
                + ". Give a phrase, @ and left, top, right, bottom, such as \"red apple@0.1,0.2,0.5,0.6\".");
    }

    private static String corners(double left, double top, double right, double bottom) {
        return String.format(Locale.ROOT, "%s,%s,%s,%s", left, top, right, bottom);
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return phrase + "@" + corners(left, top, right, bottom);
    }
}
