package org.daguerre.scene;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One reading of one sentence; every method takes its words off the front or leaves them. */
final class WordReader {

    private final List<String> words;

    /** Of a sentence in any case, its punctuation left out. */
    WordReader(String text) {
        this.words = new ArrayList<>(List.of(
                text.toLowerCase(Locale.ROOT).replaceAll("[.,:!]", " ").strip().split("\\s+")));
    }

    boolean take(String... expected) {
        if (words.size() < expected.length || !words.subList(0, expected.length).equals(List.of(expected))) {
            return false;
        }
        words.subList(0, expected.length).clear();
        return true;
    }

    /** Takes several words given as one text. */
    boolean takeAll(String phrase) {
        return take(phrase.split(" "));
    }

    boolean ended() {
        return words.isEmpty();
    }

    /** A number word, 1 to {@value Group#MOST}, or 0. */
    int number() {
        for (int n = Group.MOST; n >= 1; n--) {
            if (take(Group.number(n))) {
                return n;
            }
        }
        return 0;
    }

    /** One letter from A to Z that stands alone, or nothing. */
    String letter() {
        boolean alone = !ended() && words.get(0).matches("[a-z]");
        return alone ? words.remove(0).toUpperCase(Locale.ROOT) : "";
    }

    /** A colour, or null. */
    Colour colour() {
        for (Colour colour : Colour.values()) {
            if (take(colour.word())) {
                return colour;
            }
        }
        return null;
    }

    /** "a red apple", "three stars"; null if no such phrase follows, and then words may be lost. */
    Group group() {
        int count = number();
        if (count == 0 && (take("a") || take("an"))) {
            count = 1;
        }
        if (count == 0) {
            return null;
        }
        Colour colour = colour();
        for (Shape shape : Shape.values()) {
            if (take(shape.word()) || take(shape.plural())) {
                return new Group(count, colour, shape);
            }
        }
        return null;
    }
}
