package org.daguerre.scene;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The language of captions:
 *
 * <pre>
 * caption  = phrase [ ("and" | relation) phrase ] [ "on" ("a" | "the") "tray" ]
 * phrase   = ("a" | "an" | number) [ colour ] noun
 * relation = ["to" "the"] "left" "of" | ["to" "the"] "right" "of" | "above" | "below"
 * </pre>
 */
public final class Grammar {

    private Grammar() {}

    /** Every word of the language, in a fixed order: the vocabulary of the models trained on it, after the four special tokens. */
    public static List<String> vocabulary() {
        Set<String> words = new LinkedHashSet<>(List.of("a", "an"));
        for (int n = 1; n <= Group.MOST; n++) {
            words.add(Group.number(n));
        }
        Arrays.stream(Colour.values()).map(Colour::word).forEach(words::add);
        for (Shape shape : Shape.values()) {
            words.add(shape.word());
            words.add(shape.plural());
        }
        words.addAll(List.of("left", "right", "above", "below", "of", "and", "on", "the", "tray", "to"));
        return List.copyOf(words);
    }

    /**
     * Reads a caption.
     *
     * @return what it claims, or empty if the sentence is not one of this language, so that nothing can be judged
     */
    public static Optional<Claim> parse(String text) {
        return new Reader(text).claim();
    }

    /** One reading of one sentence; every method takes its words off the front or leaves them. */
    private static final class Reader {
        private final List<String> words;

        Reader(String text) {
            this.words = new ArrayList<>(List.of(text.toLowerCase(Locale.ROOT)
                    .replaceAll("[.,!]", " ")
                    .strip()
                    .split("\\s+")));
        }

        Optional<Claim> claim() {
            Group first = phrase();
            if (first == null) {
                return Optional.empty();
            }
            boolean and = take("and");
            Relation relation = and ? null : relation();
            Group second = and || relation != null ? phrase() : null;
            if ((and || relation != null) && second == null) {
                return Optional.empty();
            }
            boolean ended = words.isEmpty() || take("on", "a", "tray") || take("on", "the", "tray");
            return ended && words.isEmpty() ? Optional.of(new Claim(first, second, relation)) : Optional.empty();
        }

        private Group phrase() {
            int count = 0;
            for (int n = Group.MOST; n >= 1 && count == 0; n--) {
                count = take(Group.number(n)) ? n : 0;
            }
            if (count == 0 && (take("a") || take("an"))) {
                count = 1;
            }
            if (count == 0) {
                return null;
            }
            Colour colour = null;
            for (Colour each : Colour.values()) {
                colour = colour == null && take(each.word()) ? each : colour;
            }
            for (Shape shape : Shape.values()) {
                if (take(shape.word()) || take(shape.plural())) {
                    return new Group(count, colour, shape);
                }
            }
            return null;
        }

        private Relation relation() {
            take("to", "the");
            for (Relation relation : Relation.values()) {
                if (take(relation.words().split(" "))) {
                    return relation;
                }
            }
            return null;
        }

        private boolean take(String... expected) {
            if (words.size() < expected.length
                    || !words.subList(0, expected.length).equals(List.of(expected))) {
                return false;
            }
            words.subList(0, expected.length).clear();
            return true;
        }
    }
}
