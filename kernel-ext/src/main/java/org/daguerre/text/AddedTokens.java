package org.daguerre.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Added tokens to be found in a text: one look for each of their lengths at each place, however many there are. */
final class AddedTokens {

    private final Map<String, AddedToken> byContent = new HashMap<>();

    /** The longest first. */
    private final int[] lengths;

    AddedTokens(List<AddedToken> tokens) {
        tokens.stream()
                .filter(token -> !token.content().isEmpty())
                .forEach(token -> byContent.putIfAbsent(token.content(), token));
        this.lengths = byContent.keySet().stream()
                .map(String::length)
                .distinct()
                .sorted(Comparator.reverseOrder())
                .mapToInt(length -> length)
                .toArray();
    }

    /** A stretch of text; a token, or null where it is still to be cut. */
    record Part(String text, AddedToken token) {}

    /** The text cut at raw tokens, what lies between normalised, and that cut at normalised tokens. */
    static List<Part> split(String text, AddedTokens raw, UnaryOperator<String> normalizer, AddedTokens normalized) {
        List<Part> parts = new ArrayList<>();
        for (Part part : raw.split(text)) {
            if (part.token != null) {
                parts.add(part);
            } else {
                parts.addAll(normalized.split(normalizer.apply(part.text)));
            }
        }
        return parts;
    }

    /** The text cut at the tokens: the leftmost first, of several there the longest. Empty stretches are left out. */
    private List<Part> split(String text) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        for (int at = 0; at < text.length(); at++) {
            AddedToken found = at(text, at);
            if (found == null) {
                continue;
            }
            String before = text.substring(from, at);
            add(parts, found.lstrip() ? before.stripTrailing() : before);
            parts.add(new Part(found.content(), found));
            from = at + found.content().length();
            while (found.rstrip() && from < text.length() && Character.isWhitespace(text.charAt(from))) {
                from++;
            }
            at = from - 1;
        }
        add(parts, text.substring(from));
        return parts;
    }

    /** The longest token that begins at a place, or null. */
    private AddedToken at(String text, int at) {
        for (int length : lengths) {
            AddedToken token = at + length > text.length() ? null : byContent.get(text.substring(at, at + length));
            if (token != null) {
                return token;
            }
        }
        return null;
    }

    private static void add(List<Part> parts, String text) {
        if (!text.isEmpty()) {
            parts.add(new Part(text, null));
        }
    }
}
