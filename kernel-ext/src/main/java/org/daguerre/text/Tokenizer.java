package org.daguerre.text;

import java.util.List;

/** Cuts a prompt into the pieces that a text encoder knows by number. */
public interface Tokenizer {

    /**
     * A text as the encoder will read it: exactly {@link #modelMaxLength} tokens, as transformers makes them. Any text is accepted;
     * parentheses are text.
     */
    default Tokens tokenize(String text) {
        return tokenize(WeightedPrompt.plain(text), 1);
    }

    /**
     * A prompt in as many rows of {@link #modelMaxLength} tokens as it needs, each with its special tokens, so that any encoder can
     * read it row by row.
     *
     * @param mostRows 1 or more; what finds no room in them is dropped
     */
    Tokens tokenize(WeightedPrompt prompt, int mostRows);

    /** Tokens of every row, special ones and padding included. */
    int modelMaxLength();

    /** The number of token ids; they run from 0. */
    int vocabularySize();

    /** Known words that {@code word} may be a slip of, the likeliest first; empty if none comes near. */
    List<String> suggestions(String word);
}
