package org.daguerre.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.daguerre.onnx.ModelException;

/**
 * The normaliser of a sentencepiece model, usually NFKC with blanks made one: a double-array trie (Yata et al. 2007, as in
 * darts-clone) from stretches of UTF-8 to places in a pool of their replacements.
 *
 * <p>Read as Hugging Face's tokenizers reads it, not as sentencepiece: a grapheme cluster of fewer than 6 bytes is replaced as a
 * whole by what its shortest known beginning stands for, longer ones character by character.
 */
final class PrecompiledCharsmap {

    private static final Pattern GRAPHEME = Pattern.compile("\\X");
    private static final int WHOLE_BYTES = 6;

    private final String label;
    private final int[] trie;
    private final byte[] pool;

    /**
     * @param charsmap the bytes of {@code precompiled_charsmap}: the trie's size in bytes, the trie, the pool
     * @param label the file, for messages
     */
    PrecompiledCharsmap(byte[] charsmap, String label) {
        this.label = label;
        ByteBuffer in = ByteBuffer.wrap(charsmap).order(ByteOrder.LITTLE_ENDIAN);
        int size = in.remaining() < Integer.BYTES ? -1 : in.getInt();
        if (size < Integer.BYTES || size % Integer.BYTES != 0 || size > in.remaining()) {
            throw damaged();
        }
        trie = new int[size / Integer.BYTES];
        in.asIntBuffer().get(trie);
        in.position(Integer.BYTES + size);
        pool = new byte[in.remaining()];
        in.get(pool);
    }

    String normalize(String text) {
        StringBuilder normal = new StringBuilder(text.length());
        GRAPHEME.matcher(text).results().forEach(match -> {
            String grapheme = match.group();
            byte[] bytes = grapheme.getBytes(StandardCharsets.UTF_8);
            String whole = bytes.length < WHOLE_BYTES ? replacement(bytes) : null;
            if (whole != null) {
                normal.append(whole);
                return;
            }
            grapheme.codePoints().forEach(c -> {
                String one = replacement(Character.toString(c).getBytes(StandardCharsets.UTF_8));
                if (one == null) {
                    normal.appendCodePoint(c);
                } else {
                    normal.append(one);
                }
            });
        });
        return normal.toString();
    }

    /** What the shortest known beginning of some bytes stands for; null if none is known. */
    private String replacement(byte[] bytes) {
        int node = offset(unit(0));
        for (byte b : bytes) {
            int label = b & 0xff;
            if (label == 0) {
                return null;
            }
            node ^= label;
            int unit = unit(node);
            if ((unit & 0x800000ff) != label) {
                return null;
            }
            node ^= offset(unit);
            if ((unit >>> 8 & 1) == 1) {
                return pooled(unit(node) & 0x7fffffff);
            }
        }
        return null;
    }

    private String pooled(int from) {
        for (int to = from; to < pool.length; to++) {
            if (pool[to] == 0) {
                return new String(pool, from, to - from, StandardCharsets.UTF_8);
            }
        }
        throw damaged();
    }

    private int unit(int node) {
        if (node < 0 || node >= trie.length) {
            throw damaged();
        }
        return trie[node];
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 0x200) >>> 6);
    }

    private ModelException damaged() {
        return new ModelException(
                label + " has a precompiled_charsmap that is damaged. Download or export the tokenizer again.");
    }
}
