package org.daguerre.course;

import java.util.List;

/**
 * What an answer was found to be worth.
 *
 * @param exercise its name
 * @param points 0 to {@code of}
 * @param of the most it can be
 * @param faults what is wrong, a sentence or two each; empty if nothing is
 */
public record Score(String exercise, int points, int of, List<String> faults) {

    public Score {
        faults = List.copyOf(faults);
    }

    /** For people: the points, and below them what is wrong. */
    public String report() {
        String verdict = faults.isEmpty() ? "right" : "not there yet";
        String head = "%s: %s, %d of %d point%s".formatted(exercise, verdict, points, of, of == 1 ? "" : "s");
        return faults.isEmpty() ? head : head + "\n  " + String.join("\n  ", faults);
    }
}
