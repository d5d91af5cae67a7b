package org.daguerre.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.daguerre.name.Names;
import org.daguerre.onnx.JsonFile;
import org.daguerre.onnx.ModelException;
import org.daguerre.onnx.OnnxFile;
import org.daguerre.text.Tokens.Kind;
import org.daguerre.text.Tokens.Token;

/**
 * One token a word: the tokenizer of the project's own models. A prompt is lower-cased and cut at blanks and punctuation;
 * words outside the vocabulary become {@code <unk>}. The row is {@code <bos> words <eos> <pad> ...}.
 */
public final class WordTokenizer implements Tokenizer {

    static final String PAD = "<pad>";
    static final String UNKNOWN = "<unk>";
    static final String BOS = "<bos>";
    static final String EOS = "<eos>";

    private static final Pattern BETWEEN_WORDS = Pattern.compile("[\\s\\p{Punct}\\p{Cntrl}]+");

    /** A longer prompt is not read to its end; it would be dropped in any case. */
    private static final int READ_CHARS = 4096;

    private static final int SUGGESTIONS = 3;
    private static final int MAX_LENGTH = 4096;

    private final Map<String, Integer> ids;
    private final int modelMaxLength;

    /** From word to id; ids are 0 to size - 1, and the four special tokens are among the words. */
    public WordTokenizer(Map<String, Integer> vocabulary, int modelMaxLength) {
        this.ids = new LinkedHashMap<>(vocabulary);
        this.modelMaxLength = modelMaxLength;
        for (String special : List.of(PAD, UNKNOWN, BOS, EOS)) {
            if (!ids.containsKey(special)) {
                throw new ModelException(
                        "the vocabulary lacks " + special + ". A word vocabulary has <pad>, <unk>, <bos> and <eos>.");
            }
        }
        boolean[] seen = new boolean[ids.size()];
        ids.forEach((word, id) -> {
            if (id < 0 || id >= seen.length || seen[id]) {
                throw new ModelException("the vocabulary gives '" + word + "' the id " + id
                        + ". Every word needs an id of its own, from 0 to " + (seen.length - 1) + ".");
            }
            seen[id] = true;
        });
        if (modelMaxLength < 2 || modelMaxLength > MAX_LENGTH) {
            throw new ModelException("model_max_length is " + modelMaxLength + ". Give 2 to " + MAX_LENGTH
                    + ": <bos> and <eos> need a place, and every prompt is filled up to it.");
        }
    }

    /** From a folder with vocab.json and tokenizer_config.json. */
    public static WordTokenizer read(Path folder) {
        Path vocabulary = folder.resolve("vocab.json");
        Path config = folder.resolve("tokenizer_config.json");
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> word : JsonFile.read(vocabulary).properties()) {
            if (!word.getValue().canConvertToInt()) {
                throw new ModelException(OnnxFile.label(vocabulary) + " gives " + Names.quoted(word.getKey())
                        + " the id " + Names.quoted(word.getValue().toString()) + ". Give whole numbers.");
            }
            ids.put(word.getKey(), word.getValue().intValue());
        }
        JsonNode length = JsonFile.read(config).path("model_max_length");
        if (!length.canConvertToInt()) {
            throw new ModelException(
                    OnnxFile.label(config) + " has no model_max_length. Add it: the tokens of a prompt, such as 16.");
        }
        return new WordTokenizer(ids, length.intValue());
    }

    @Override
    public Tokens tokenize(WeightedPrompt prompt, int mostRows) {
        Row row = new Row(
                List.of(special(BOS, Kind.SPECIAL)),
                List.of(special(EOS, Kind.SPECIAL)),
                special(PAD, Kind.PADDING),
                modelMaxLength);
        return row.tokens(prompt, this::words, mostRows);
    }

    private List<Row.Word> words(String text) {
        String read = text.length() > READ_CHARS ? text.substring(0, READ_CHARS) : text;
        String normal = Normalizer.normalize(read, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
        return BETWEEN_WORDS
                .splitAsStream(normal)
                .filter(word -> !word.isEmpty())
                .map(word -> new Row.Word(word, List.of(token(word))))
                .toList();
    }

    private Token token(String word) {
        Integer id = ids.get(word);
        return id == null ? new Token(word, ids.get(UNKNOWN), Kind.UNKNOWN) : new Token(word, id, Kind.WORD);
    }

    private Token special(String text, Kind kind) {
        return new Token(text, ids.get(text), kind);
    }

    @Override
    public int modelMaxLength() {
        return modelMaxLength;
    }

    @Override
    public int vocabularySize() {
        return ids.size();
    }

    /** The words that can be said, in the order of their ids. */
    public List<String> vocabulary() {
        return ids.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .filter(word -> !List.of(PAD, UNKNOWN, BOS, EOS).contains(word))
                .toList();
    }

    @Override
    public List<String> suggestions(String word) {
        return Names.near(word, vocabulary()).stream().limit(SUGGESTIONS).toList();
    }
}
