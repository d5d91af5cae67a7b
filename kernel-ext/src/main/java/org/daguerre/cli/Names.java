package org.daguerre.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Names that a person types: which of the known ones was meant. */
public final class Names {

    private Names() {}

    /**
     * The name itself if it is known.
     *
     * @param kind what is named: "sampler"
     * @throws IllegalArgumentException if it is not, with the nearest known name or all of them
     */
    public static String known(String kind, String name, Collection<String> known) {
        if (known.contains(name)) {
            return name;
        }
        throw new IllegalArgumentException(kind + " " + Arguments.quoted(name) + " is unknown. "
                + nearest(name, known)
                        .map(near -> "Did you mean " + near + "? ")
                        .orElse("")
                + (known.isEmpty() ? "There is none yet." : "Give one of: " + String.join(", ", known) + "."));
    }

    /** The known name that is a typing slip away: a third of its letters at most. */
    static Optional<String> nearest(String name, Collection<String> known) {
        return known.stream()
                .filter(candidate -> distance(name, candidate) <= Math.max(1, candidate.length() / 3))
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)));
    }

    /** Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours, whatever the case. */
    static int distance(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        if (Math.abs(a.length() - b.length()) > b.length()) {
            return Integer.MAX_VALUE;
        }
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
}
