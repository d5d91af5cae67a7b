package org.daguerre.text;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daguerre.name.Names;
import org.daguerre.tensor.Tensor;

/**
 * A prompt as a text encoder reads it.
 *
 * @param tokens every token in order, padding included
 * @param dropped the words at the end that found no room
 */
public record Tokens(List<Token> tokens, List<String> dropped) {

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
     */
    public record Token(String text, int id, Kind kind, int word) {

        @Override
        public String toString() {
            return kind == Kind.UNKNOWN ? text + "?" : text;
        }
    }

    public Tokens {
        tokens = List.copyOf(tokens);
        dropped = List.copyOf(dropped);
    }

    public int size() {
        return tokens.size();
    }

    /** The ids as the encoder takes them, {@code [1, size]}. */
    public Tensor ids() {
        float[] ids = new float[tokens.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = tokens.get(i).id();
        }
        return Tensor.wrap(ids, 1, ids.length);
    }

    /** The words that the vocabulary lacks, each once. */
    public List<String> unknown() {
        return tokens.stream()
                .filter(token -> token.kind() == Kind.UNKNOWN)
                .map(Token::text)
                .distinct()
                .toList();
    }

    /** The words of the prompt that the encoder sees, in order. */
    public List<String> words() {
        return tokens.stream()
                .filter(token -> token.word() >= 0)
                .collect(Collectors.groupingBy(
                        Token::word, java.util.TreeMap::new, Collectors.mapping(Token::text, Collectors.joining())))
                .values()
                .stream()
                .map(word -> word.replace("</w>", ""))
                .toList();
    }

    /**
     * Where a word stands, every place of every occurrence.
     *
     * @param word a word of the prompt, or several with blanks between; upper and lower case are one
     * @throws IllegalArgumentException if the prompt has no such word
     */
    public List<Integer> positions(String word) {
        List<String> words = words();
        List<String> wanted =
                List.of(word.strip().toLowerCase(java.util.Locale.ROOT).split("\\s+"));
        List<Integer> positions = IntStream.rangeClosed(0, words.size() - wanted.size())
                .filter(from -> words.subList(from, from + wanted.size()).equals(wanted))
                .boxed()
                .flatMap(from -> IntStream.range(0, tokens.size())
                        .filter(i ->
                                tokens.get(i).word() >= from && tokens.get(i).word() < from + wanted.size())
                        .boxed())
                .distinct()
                .toList();
        if (positions.isEmpty()) {
            throw new IllegalArgumentException("word " + Names.quoted(word) + " is not in the prompt. It has: "
                    + (words.isEmpty() ? "no words" : Names.quoted(String.join(" ", words))) + ".");
        }
        return positions;
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
