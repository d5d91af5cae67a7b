package org.daguerre.text;

/** The beginning of a text that may be of any length, for a message of one line. */
final class Excerpt {

    private static final int CODE_POINTS = 80;

    private Excerpt() {}

    static String of(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ");
        return line.codePointCount(0, line.length()) <= CODE_POINTS
                ? line
                : line.substring(0, line.offsetByCodePoints(0, CODE_POINTS)) + "...";
    }
}
