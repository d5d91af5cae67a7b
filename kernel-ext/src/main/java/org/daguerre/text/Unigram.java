package org.daguerre.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.daguerre.text.Tokens.Kind;
import org.daguerre.text.Tokens.Token;

/**
 * The likeliest cut of a text into pieces that are drawn independently of each other, found by Viterbi's algorithm: Kudo 2018,
 * "Subword Regularization", arXiv 1804.10959, section 3.2.
 */
final class Unigram {

    /** How much less likely an unknown character is than the least likely piece, in log probability. */
    private static final double UNKNOWN_PENALTY = 10;

    /**
     * A piece of the vocabulary; its number in the list is its id.
     *
     * @param score its log probability
     */
    record Piece(String text, double score) {}

    private final List<Piece> pieces;
    private final Map<String, Integer> ids;
    private final int unknown;
    private final boolean byteFallback;
    private final int longest;
    private final double unknownScore;

    /**
     * @param unknown the id of the unknown piece
     * @param byteFallback spell what is unknown in bytes, {@code <0x00>} to {@code <0xFF>}, if the vocabulary has them
     */
    Unigram(List<Piece> pieces, int unknown, boolean byteFallback) {
        this.pieces = List.copyOf(pieces);
        this.ids = new HashMap<>(2 * pieces.size());
        this.unknown = unknown;
        this.byteFallback = byteFallback;
        int most = 0;
        for (int id = 0; id < pieces.size(); id++) {
            ids.put(pieces.get(id).text(), id);
            most = Math.max(most, pieces.get(id).text().length());
        }
        this.longest = most;
        this.unknownScore = pieces.stream().mapToDouble(Piece::score).min().orElse(0) - UNKNOWN_PENALTY;
    }

    Map<String, Integer> ids() {
        return ids;
    }

    /** The tokens of a text. */
    List<Token> tokens(String text) {
        List<Token> tokens = new ArrayList<>();
        for (String piece : cut(text)) {
            Integer id = ids.get(piece);
            List<Token> spelled = id == null && byteFallback ? bytes(piece) : List.of();
            if (!spelled.isEmpty()) {
                tokens.addAll(spelled);
            } else if (id == null || id == unknown) {
                tokens.add(new Token(piece, unknown, Kind.UNKNOWN));
            } else {
                tokens.add(new Token(piece, id, Kind.WORD));
            }
        }
        return tokens;
    }

    private List<Token> bytes(String piece) {
        List<Token> bytes = new ArrayList<>();
        for (byte b : piece.getBytes(StandardCharsets.UTF_8)) {
            String text = String.format(Locale.ROOT, "<0x%02X>", b);
            Integer id = ids.get(text);
            if (id == null) {
                return List.of();
            }
            bytes.add(new Token(text, id, Kind.WORD));
        }
        return bytes;
    }

    /** The pieces of the best path; unknown characters in a row are one piece. */
    private List<String> cut(String text) {
        int n = text.length();
        double[] best = new double[n + 1];
        int[] from = new int[n + 1];
        boolean[] isUnknown = new boolean[n + 1];
        Arrays.fill(from, -1);
        for (int start = 0, next; start < n; start = next) {
            next = text.offsetByCodePoints(start, 1);
            boolean single = false;
            for (int end = next; end <= n && end - start <= longest; end = after(text, end)) {
                Integer id = ids.get(text.substring(start, end));
                if (id == null) {
                    continue;
                }
                double score = best[start] + pieces.get(id).score();
                if (from[end] < 0 || score > best[end]) {
                    best[end] = score;
                    from[end] = start;
                    isUnknown[end] = id == unknown;
                }
                single |= end == next;
            }
            if (!single && (from[next] < 0 || best[start] + unknownScore > best[next])) {
                best[next] = best[start] + unknownScore;
                from[next] = start;
                isUnknown[next] = true;
            }
        }
        List<String> cut = new ArrayList<>();
        for (int end = n; end > 0; ) {
            int start = from[end];
            while (isUnknown[end] && start > 0 && isUnknown[start]) {
                start = from[start];
            }
            cut.add(text.substring(start, end));
            end = start;
        }
        Collections.reverse(cut);
        return cut;
    }

    private static int after(String text, int at) {
        return at == text.length() ? at + 1 : text.offsetByCodePoints(at, 1);
    }
}
