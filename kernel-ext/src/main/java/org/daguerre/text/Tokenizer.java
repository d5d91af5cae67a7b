package org.daguerre.text;

import java.util.List;

/** Cuts a prompt into the pieces that a text encoder knows by number. */
public interface Tokenizer {

    /** The prompt as the encoder will read it: exactly {@link #modelMaxLength} tokens, any text is accepted. */
    Tokens tokenize(String prompt);

    /** Tokens of every prompt, special ones and padding included. */
    int modelMaxLength();

    /** The number of token ids; they run from 0. */
    int vocabularySize();

    /** Known words that {@code word} may be a slip of, the likeliest first; empty if none comes near. */
    List<String> suggestions(String word);
}
