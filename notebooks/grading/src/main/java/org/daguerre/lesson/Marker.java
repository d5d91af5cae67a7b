package org.daguerre.lesson;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** nbgrader's two kinds of marked region in a cell: from a line with BEGIN to a line with END, both lines included. */
enum Marker {
    SOLUTION("SOLUTION"),
    HIDDEN_TESTS("HIDDEN TESTS");

    private final String begin;
    private final String end;

    Marker(String words) {
        this.begin = "BEGIN " + words;
        this.end = "END " + words;
    }

    boolean begins(String line) {
        return line.contains(begin);
    }

    boolean ends(String line) {
        return line.contains(end);
    }

    boolean isIn(String source) {
        return source.lines().anyMatch(line -> begins(line) || ends(line));
    }

    /**
     * The source with every region replaced.
     *
     * @param replacement the lines in the place of a region, given the indent of its first line
     */
    String replaceIn(String source, UnaryOperator<String> replacement) {
        List<String> kept = new ArrayList<>();
        boolean inside = false;
        for (String line : source.split("\n", -1)) {
            if (begins(line)) {
                inside = true;
                String lines = replacement.apply(
                        line.substring(0, line.length() - line.stripLeading().length()));
                if (lines != null) {
                    kept.add(lines);
                }
            } else if (ends(line)) {
                inside = false;
            } else if (!inside) {
                kept.add(line);
            }
        }
        return String.join("\n", kept);
    }

    @Override
    public String toString() {
        return begin + " ... " + end;
    }
}
