package org.daguerre.text;

/**
 * Lower case as Python and Rust have it. {@link String#toLowerCase()} agrees with neither on the Greek final sigma: it asks a
 * word-break iterator, which changes with the JDK.
 */
final class LowerCase {

    private static final int SIGMA = 'Σ';
    private static final String MID_WORD = "'.:·\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55＇．：";

    private LowerCase() {}

    /** Character by character; a final sigma is like any other. */
    static String characters(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        text.codePoints().forEach(c -> append(lower, c));
        return lower.toString();
    }

    /** With the final sigma of the Unicode Standard, section 3.13, table 3-17. */
    static String word(String text) {
        int[] c = text.codePoints().toArray();
        StringBuilder lower = new StringBuilder(text.length());
        for (int i = 0; i < c.length; i++) {
            if (c[i] == SIGMA && casedFrom(c, i, -1) && !casedFrom(c, i, 1)) {
                lower.append('ς');
            } else {
                append(lower, c[i]);
            }
        }
        return lower.toString();
    }

    private static void append(StringBuilder lower, int c) {
        if (c == 'İ') {
            lower.append("i\u0307");
        } else {
            lower.appendCodePoint(Character.toLowerCase(c));
        }
    }

    private static boolean casedFrom(int[] c, int i, int way) {
        int at = i + way;
        while (at >= 0 && at < c.length && isCaseIgnorable(c[at])) {
            at += way;
        }
        return at >= 0
                && at < c.length
                && (Character.isLowerCase(c[at]) || Character.isUpperCase(c[at]) || Character.isTitleCase(c[at]));
    }

    private static boolean isCaseIgnorable(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.FORMAT,
                    Character.MODIFIER_LETTER,
                    Character.MODIFIER_SYMBOL -> true;
            default -> MID_WORD.indexOf(c) >= 0;
        };
    }
}
