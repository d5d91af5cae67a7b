package org.daguerre.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A token that is found in the text as it stands, before anything else is cut: special tokens, learned words.
 *
 * @param lstrip takes the blanks to its left with it
 * @param rstrip takes the blanks to its right with it
 * @param normalized is looked for in the normalised text (by tokenizer.json alone)
 */
record AddedToken(String content, int id, boolean lstrip, boolean rstrip, boolean normalized) {

    static AddedToken plain(String content, int id) {
        return new AddedToken(content, id, false, false, false);
    }

    /** As it stands in the normalised text. */
    AddedToken normalized(UnaryOperator<String> normalizer) {
        return new AddedToken(normalizer.apply(content), id, lstrip, rstrip, true);
    }

    /** A stretch of text; a token, or null where it is still to be cut. */
    record Part(String text, AddedToken token) {}

    /** The text cut at raw tokens, what lies between normalised, and that cut at normalised tokens. */
    static List<Part> split(
            String text, List<AddedToken> raw, UnaryOperator<String> normalizer, List<AddedToken> normalized) {
        List<Part> parts = new ArrayList<>();
        for (Part part : split(text, raw)) {
            if (part.token != null) {
                parts.add(part);
            } else {
                parts.addAll(split(normalizer.apply(part.text), normalized));
            }
        }
        return parts;
    }

    /** The text cut at the tokens: the leftmost first, of several there the longest. Empty stretches are left out. */
    private static List<Part> split(String text, List<AddedToken> tokens) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        for (int at = 0; at < text.length(); at++) {
            AddedToken found = null;
            for (AddedToken token : tokens) {
                if (!token.content.isEmpty()
                        && text.startsWith(token.content, at)
                        && (found == null || token.content.length() > found.content.length())) {
                    found = token;
                }
            }
            if (found == null) {
                continue;
            }
            String before = text.substring(from, at);
            add(parts, found.lstrip ? before.stripTrailing() : before);
            parts.add(new Part(found.content, found));
            from = at + found.content.length();
            while (found.rstrip && from < text.length() && Character.isWhitespace(text.charAt(from))) {
                from++;
            }
            at = from - 1;
        }
        add(parts, text.substring(from));
        return parts;
    }

    private static void add(List<Part> parts, String text) {
        if (!text.isEmpty()) {
            parts.add(new Part(text, null));
        }
    }
}
