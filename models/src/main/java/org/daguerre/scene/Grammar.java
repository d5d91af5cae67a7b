package org.daguerre.scene;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
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
        WordReader words = new WordReader(text);
        Group first = words.group();
        if (first == null) {
            return Optional.empty();
        }
        boolean and = words.take("and");
        Relation relation = and ? null : relation(words);
        Group second = and || relation != null ? words.group() : null;
        if ((and || relation != null) && second == null) {
            return Optional.empty();
        }
        boolean whole =
                words.ended() || (words.take("on", "a", "tray") || words.take("on", "the", "tray")) && words.ended();
        return whole ? Optional.of(new Claim(first, second, relation)) : Optional.empty();
    }

    private static Relation relation(WordReader words) {
        words.take("to", "the");
        for (Relation relation : Relation.values()) {
            if (words.takeAll(relation.words())) {
                return relation;
            }
        }
        return null;
    }
}
