package org.daguerre.run;

import java.util.Locale;

/**
 * How far something has come, in words.
 *
 * @param label what is being done, such as "step 12 of 30"
 * @param fraction the part that is done, 0 to 1
 * @param secondsLeft the time left; NaN where nobody can tell
 */
public record ProgressText(String label, double fraction, double secondsLeft) {

    private static final int BAR = 20;

    /** The time left is what the rest takes at the speed so far. */
    public static ProgressText of(String label, double fraction, double startFraction, double secondsSpent) {
        double made = fraction - startFraction;
        return new ProgressText(label, fraction, made > 0 ? secondsSpent * (1 - fraction) / made : Double.NaN);
    }

    public String timeLeft() {
        if (Double.isNaN(secondsLeft)) {
            return "";
        }
        long seconds = (long) Math.ceil(secondsLeft);
        return seconds < 60
                ? seconds + " s left"
                : seconds < 3600
                        ? String.format(Locale.ROOT, "%d:%02d min left", seconds / 60, seconds % 60)
                        : String.format(Locale.ROOT, "%d:%02d h left", seconds / 3600, seconds / 60 % 60);
    }

    /** A bar of plain characters, the label, the time left. */
    @Override
    public String toString() {
        int done = (int) Math.floor(BAR * Math.max(0, Math.min(1, fraction)));
        String left = timeLeft();
        return "[" + "#".repeat(done) + ".".repeat(BAR - done) + "] " + label + (left.isEmpty() ? "" : ", " + left);
    }
}
