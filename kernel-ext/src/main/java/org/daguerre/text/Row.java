package org.daguerre.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.daguerre.text.Tokens.Token;
import org.daguerre.text.WeightedPrompt.Part;

/**
 * The rows of fixed length that a text encoder reads: the tokens before, as many pieces as have room, the tokens behind, padding.
 *
 * @param before tokens at the beginning of every row
 * @param behind tokens behind the pieces of every row
 * @param padding fills a row up
 * @param length tokens of a row
 */
record Row(List<Token> before, List<Token> behind, Token padding, int length) {

    /** A word of a prompt with the tokens that spell it, none of which knows its number yet. */
    record Word(String text, List<Token> pieces) {}

    /**
     * A prompt in as many rows as it needs, one at least. Between two rows no word is cut that has room in one; behind the last
     * row that may be the prompt is cut, in a word if need be.
     *
     * @param cut the words of a text
     * @param mostRows 1 or more
     */
    Tokens tokens(WeightedPrompt prompt, Function<String, List<Word>> cut, int mostRows) {
        List<Token> pieces = new ArrayList<>();
        List<String> said = new ArrayList<>();
        for (Part part : prompt.parts()) {
            for (Word word : cut.apply(part.text())) {
                word.pieces().forEach(piece -> pieces.add(piece.of(said.size(), part.weight())));
                said.add(word.text());
            }
        }
        List<Token> row = new ArrayList<>();
        int kept = 0;
        int rows = 0;
        do {
            rows++;
            int end = end(pieces, kept, rows == mostRows);
            row.addAll(before);
            row.addAll(pieces.subList(kept, end));
            row.addAll(behind);
            row.addAll(Collections.nCopies(rows * length - row.size(), padding));
            kept = end;
        } while (kept < pieces.size() && rows < mostRows);
        int seen = kept == 0 ? 0 : pieces.get(kept - 1).word() + 1;
        int whole = kept == pieces.size() ? said.size() : pieces.get(kept).word();
        return new Tokens(row, rows, said.subList(0, seen), said.subList(whole, said.size()));
    }

    private int end(List<Token> pieces, int from, boolean last) {
        int full = Math.min(pieces.size(), from + length - before.size() - behind.size());
        if (last || full == pieces.size()) {
            return full;
        }
        int end = full;
        while (end > from && pieces.get(end).word() == pieces.get(end - 1).word()) {
            end--;
        }
        return end > from ? end : full;
    }
}
