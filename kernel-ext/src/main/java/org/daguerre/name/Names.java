package org.daguerre.name;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Names that a person types: which of the known ones was meant. */
public final class Names {

    private static final int SHOWN = 60;

    private Names() {}

    /**
     * The known name, which may be typed in any case.
     *
     * @param kind what is named: "sampler"
     * @throws IllegalArgumentException if it is not known, with the nearest known name and all of them
     */
    public static String known(String kind, String typed, Collection<String> known) {
        return known(kind, typed, known, elsewhere -> Optional.empty());
    }

    /**
     * The same where a name may be one of elsewhere.
     *
     * @param here what is called so here, of a name of elsewhere
     */
    public static String known(
            String kind, String typed, Collection<String> known, Function<String, Optional<String>> here) {
        return known.stream()
                .filter(typed::equalsIgnoreCase)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(here.apply(typed)
                                .map(name -> unknown(kind, typed, List.of()) + "Did you mean " + name + "? ")
                                .orElseGet(() -> unknown(kind, typed, known))
                        + (known.isEmpty() ? "There is none yet." : "Give one of: " + String.join(", ", known) + ".")));
    }

    /** The fact that a name is not known, with the nearest known name if there is one; a blank ends it. */
    public static String unknown(String kind, String typed, Collection<String> known) {
        return kind + " " + quoted(typed) + " is unknown. "
                + near(typed, known).stream()
                        .findFirst()
                        .map(near -> "Did you mean " + near + "? ")
                        .orElse("");
    }

    /**
     * The known names that are a typing slip away, the nearest first: up to a third of their letters differ, or two slips put
     * all of them into another order.
     */
    public static List<String> near(String typed, Collection<String> known) {
        return known.stream()
                .filter(candidate -> isSlip(typed, candidate))
                .sorted(Comparator.comparingInt(candidate -> distance(typed, candidate)))
                .toList();
    }

    private static boolean isSlip(String typed, String candidate) {
        int allowed = Math.max(1, Math.round(candidate.length() / 3f));
        return Math.abs(typed.length() - candidate.length()) <= allowed
                && distance(typed, candidate) <= (isAnagram(typed, candidate) ? Math.max(2, allowed) : allowed);
    }

    private static boolean isAnagram(String one, String other) {
        return Arrays.equals(
                one.toLowerCase(Locale.ROOT).chars().sorted().toArray(),
                other.toLowerCase(Locale.ROOT).chars().sorted().toArray());
    }

    /** Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours, whatever the case. */
    private static int distance(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }

    /** What was typed in single quotes, on one line and cut where it is long. */
    public static String quoted(String typed) {
        String line = line(typed);
        return isLong(line)
                ? "'" + shortened(typed) + "' (" + line.codePointCount(0, line.length()) + " characters)"
                : "'" + line + "'";
    }

    /** What was typed, on one line and cut where it is long. */
    public static String shortened(String typed) {
        String line = line(typed);
        return isLong(line) ? line.substring(0, line.offsetByCodePoints(0, SHOWN)) + "..." : line;
    }

    private static String line(String typed) {
        return typed.replaceAll("\\p{Cntrl}+", " ");
    }

    private static boolean isLong(String line) {
        return line.codePointCount(0, line.length()) > SHOWN;
    }
}
