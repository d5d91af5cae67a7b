package org.daguerre.text;

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
}
