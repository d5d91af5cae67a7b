package org.daguerre.text;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daguerre.name.Names;
import org.daguerre.tensor.Tensor;

/**
 * A prompt as a text encoder reads it.
 *
 * @param tokens every token in order, row after row, padding included
 * @param rows rows of equal length; a long prompt may fill several
 * @param words the words of the prompt that the encoder sees, in order
 * @param dropped the words at the end that found no room; a word that is cut in two is here and among {@code words}
 */
public record Tokens(List<Token> tokens, int rows, List<String> words, List<String> dropped) {

    private static final int NAMED = 5;

    /** What a token stands for. */
    public enum Kind {
        /** A piece of the prompt. */
        WORD,
        /** A piece of the prompt that the vocabulary lacks. */
        UNKNOWN,
        /** The marks at the beginning and the end. */
        SPECIAL,
        /** Filling behind the end. */
        PADDING
    }

    /**
     * One token.
     *
     * @param text the token as the vocabulary has it; of an unknown word, the word
     * @param id its number
     * @param kind what it stands for
     * @param word the number of the prompt's word that it belongs to, from 0; -1 for special tokens and padding
     * @param weight how much it counts, 0 or more; 1 unless the prompt says so
     */
    public record Token(String text, int id, Kind kind, int word, double weight) {

        Token(String text, int id, Kind kind) {
            this(text, id, kind, -1, 1);
        }

        Token of(int word, double weight) {
            return new Token(text, id, kind, word, weight);
        }

        @Override
        public String toString() {
            return (kind == Kind.UNKNOWN ? text + "?" : text) + (weight == 1 ? "" : ":" + weight);
        }
    }

    public Tokens {
        tokens = List.copyOf(tokens);
        words = List.copyOf(words);
        dropped = List.copyOf(dropped);
    }

    /** The number of tokens in all rows, special tokens and padding included. */
    public int size() {
        return tokens.size();
    }

    /** True if a part of the prompt counts more or less than the rest. */
    public boolean weighted() {
        return tokens.stream().anyMatch(token -> token.weight() != 1);
    }

    /** The ids as the encoder takes them, {@code [rows, size / rows]}. */
    public Tensor ids() {
        float[] ids = new float[tokens.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = tokens.get(i).id();
        }
        return Tensor.wrap(ids, rows, ids.length / rows);
    }

    /** The words that the vocabulary lacks, each once. */
    public List<String> unknown() {
        return tokens.stream()
                .filter(token -> token.kind() == Kind.UNKNOWN)
                .map(Token::text)
                .distinct()
                .toList();
    }

    /** What the encoder does not read of the prompt, in one short line; empty if it reads all. */
    public String unread() {
        List<String> unknown = unknown();
        String lacking = unknown.isEmpty()
                ? ""
                : "not in the vocabulary: "
                        + unknown.stream().limit(NAMED).map(Names::shortened).collect(Collectors.joining(", "))
                        + (unknown.size() > NAMED ? " and " + (unknown.size() - NAMED) + " more" : "");
        String cut = dropped.isEmpty() || words.isEmpty()
                ? ""
                : "cut off after " + Names.quoted(words.get(words.size() - 1));
        return lacking + (lacking.isEmpty() || cut.isEmpty() ? "" : "; ") + cut;
    }

    /**
     * Where a word stands, every place of every occurrence.
     *
     * @param word a word of the prompt, or several in a row, such as "red apples" or "well-lit"; upper and lower case are one,
     *     and blanks do not count
     * @throws IllegalArgumentException if the prompt has no such word
     */
    public List<Integer> positions(String word) {
        String wanted = word.toLowerCase(Locale.ROOT).replaceAll("\\s+", "");
        List<Integer> positions = IntStream.range(0, words.size())
                .boxed()
                .flatMap(from -> places(from, end(from, wanted)))
                .distinct()
                .toList();
        if (positions.isEmpty()) {
            throw new IllegalArgumentException("word " + Names.quoted(word) + " is not in the prompt. It has: "
                    + (words.isEmpty() ? "no words" : Names.quoted(String.join(" ", words))) + ".");
        }
        return positions;
    }

    /** One past the last of the words from {@code from} on that make up {@code wanted}; {@code from} if they do not. */
    private int end(int from, String wanted) {
        StringBuilder joined = new StringBuilder();
        for (int i = from; i < words.size() && joined.length() < wanted.length(); i++) {
            joined.append(words.get(i).toLowerCase(Locale.ROOT));
            if (wanted.contentEquals(joined)) {
                return i + 1;
            }
        }
        return from;
    }

    private Stream<Integer> places(int fromWord, int toWord) {
        return IntStream.range(0, tokens.size())
                .filter(i -> tokens.get(i).word() >= fromWord && tokens.get(i).word() < toWord)
                .boxed();
    }

    @Override
    public String toString() {
        String text = tokens.stream()
                .filter(token -> token.kind() != Kind.PADDING)
                .map(Token::toString)
                .collect(Collectors.joining(" "));
        return dropped.isEmpty() ? text : text + " (" + dropped.size() + " words dropped)";
    }
}
