package org.daguerre.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Byte pair encoding of single words, as of GPT-2 and CLIP: the bytes of a word, each written as a letter, are joined pair by
 * pair, the pair that stands first in the list of merges first, everywhere in the word. Sennrich, Haddow and Birch 2016,
 * "Neural Machine Translation of Rare Words with Subword Units", arXiv 1508.07909, algorithm 1; on bytes: Radford et al. 2019.
 */
final class BytePairs {

    static final String END_OF_WORD = "</w>";

    private static final String[] LETTERS = letters();

    private final Map<String, Integer> ranks;

    /** @param merges pairs with a blank between, the first to be joined first */
    BytePairs(List<String> merges) {
        ranks = new HashMap<>(2 * merges.size());
        for (int rank = 0; rank < merges.size(); rank++) {
            ranks.put(merges.get(rank), rank);
        }
    }

    /** The pieces of a word that is not empty, the last with {@code </w>}. */
    List<String> pieces(String word) {
        List<String> pieces = new ArrayList<>();
        for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
            pieces.add(LETTERS[b & 0xff]);
        }
        pieces.set(pieces.size() - 1, pieces.get(pieces.size() - 1) + END_OF_WORD);
        for (int rank = best(pieces); rank < Integer.MAX_VALUE; rank = best(pieces)) {
            pieces = joined(pieces, rank);
        }
        return pieces;
    }

    private int best(List<String> pieces) {
        int best = Integer.MAX_VALUE;
        for (int i = 0; i + 1 < pieces.size(); i++) {
            best = Math.min(best, rank(pieces, i));
        }
        return best;
    }

    private int rank(List<String> pieces, int i) {
        return ranks.getOrDefault(pieces.get(i) + " " + pieces.get(i + 1), Integer.MAX_VALUE);
    }

    private List<String> joined(List<String> pieces, int rank) {
        List<String> joined = new ArrayList<>(pieces.size());
        for (int i = 0; i < pieces.size(); i++) {
            if (i + 1 < pieces.size() && rank(pieces, i) == rank) {
                joined.add(pieces.get(i) + pieces.get(++i));
            } else {
                joined.add(pieces.get(i));
            }
        }
        return joined;
    }

    /** Every byte as a letter that is seen: printable Latin-1 as itself, the other 68 from U+0100 on. */
    private static String[] letters() {
        String[] letters = new String[256];
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
            letters[b] = Character.toString(printable ? b : next++);
        }
        return letters;
    }
}
