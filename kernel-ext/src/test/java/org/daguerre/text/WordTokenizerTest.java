package org.daguerre.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.daguerre.onnx.ModelException;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordTokenizerTest {

    private static final Map<String, Integer> WORDS =
            Map.of("<pad>", 0, "<unk>", 1, "<bos>", 2, "<eos>", 3, "red", 4, "apples", 5, "tray", 6, "pink", 7);

    private final WordTokenizer tokenizer = new WordTokenizer(WORDS, 6);

    private static Tensor ids(float... ids) {
        return Tensor.of(ids, 1, ids.length);
    }

    @Test
    void rowIsBeginWordsEndPadding() {
        assertEquals(ids(2, 4, 5, 3, 0, 0), tokenizer.tokenize("red apples").ids());
        assertEquals(ids(2, 3, 0, 0, 0, 0), tokenizer.tokenize("").ids());
    }

    @Test
    void caseBlanksAndPunctuationDoNotMatter() {
        assertEquals(
                tokenizer.tokenize("red apples tray").ids(),
                tokenizer.tokenize("  RED,\tapples -- Tray!\n").ids());
    }

    @Test
    void turkishLocaleReadsThePromptAlike() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(new Locale("tr", "TR"));
            assertEquals(ids(2, 7, 3, 0, 0, 0), tokenizer.tokenize("PINK").ids());
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void unknownWordsAreNamedWithWhatMayBeMeant() {
        Tokens tokens = tokenizer.tokenize("red aples 🍎");
        assertEquals(ids(2, 4, 1, 1, 3, 0), tokens.ids());
        assertEquals(List.of("aples", "🍎"), tokens.unknown());
        assertEquals(List.of("apples"), tokenizer.suggestions("aples"));
        assertEquals(List.of(), tokenizer.suggestions("🍎"));
        assertEquals("<bos> red aples? 🍎? <eos>", tokens.toString());
    }

    @Test
    void wordsWithoutRoomAreDroppedAndNamed() {
        Tokens tokens = tokenizer.tokenize("red red red red apples tray");
        assertEquals(ids(2, 4, 4, 4, 4, 3), tokens.ids());
        assertEquals(List.of("apples", "tray"), tokens.dropped());
    }

    @Test
    void positionsAreThoseOfEveryOccurrence() {
        Tokens tokens = tokenizer.tokenize("red apples red");
        assertEquals(List.of(1, 3), tokens.positions("Red"));
        assertEquals(List.of(1, 2), tokens.positions("red apples"));
        var error = assertThrows(IllegalArgumentException.class, () -> tokens.positions("tray"));
        assertEquals("word 'tray' is not in the prompt. It has: 'red apples red'.", error.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{",
                "{\"<pad>\": 0}",
                "{\"<pad>\": 0, \"<unk>\": 1, \"<bos>\": 2, \"<eos>\": 2}",
                "{\"<pad>\": 0, \"<unk>\": 1, \"<bos>\": 2, \"<eos>\": 9}",
                "{\"<pad>\": 0, \"<unk>\": 1, \"<bos>\": 2, \"<eos>\": \"x\"}"
            })
    void vocabularyThatIsNoneIsRefusedInOneLine(String json, @TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("vocab.json"), json);
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"model_max_length\": 16}");
        var error = assertThrows(ModelException.class, () -> WordTokenizer.read(folder));
        assertEquals(1, error.getMessage().lines().count(), error.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"vocab.json", "tokenizer_config.json"})
    void jsonNestedDeeperThanAnyParserGoesIsRefusedInOneLine(String name, @TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("vocab.json"), "{\"<pad>\": 0, \"<unk>\": 1, \"<bos>\": 2, \"<eos>\": 3}");
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"model_max_length\": 16}");
        Files.writeString(folder.resolve(name), "{\"a\": " + "[".repeat(100_000));
        var error = assertThrows(ModelException.class, () -> WordTokenizer.read(folder));
        assertTrue(error.getMessage().contains(name + " is not JSON"), error.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4097, Integer.MAX_VALUE})
    void lengthThatNoPromptFillsIsRefused(int length) {
        var vocabulary = Map.of("<pad>", 0, "<unk>", 1, "<bos>", 2, "<eos>", 3);
        var error = assertThrows(ModelException.class, () -> new WordTokenizer(vocabulary, length));
        assertTrue(error.getMessage().startsWith("model_max_length is " + length + ". Give 2 to 4096"));
    }

    @Test
    void prefixOfAMegabyteIsEnough() {
        Tokens tokens = tokenizer.tokenize("red ".repeat(250_000));
        assertEquals(6, tokens.size());
        assertTrue(tokens.dropped().size() > 4);
    }
}
