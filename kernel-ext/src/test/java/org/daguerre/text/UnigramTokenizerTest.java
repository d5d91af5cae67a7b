package org.daguerre.text;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.daguerre.onnx.ModelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ids as tokenizers has them: resources/text, recorded by tokenizer_fixtures.py. */
class UnigramTokenizerTest {

    @TempDir
    private Path folder;

    private UnigramTokenizer sentencePiece(int length) throws IOException {
        Files.write(folder.resolve("spiece.model"), Prompts.unzipped("spiece.model.gz"));
        Prompts.config(folder, length, "<pad>");
        return UnigramTokenizer.read(folder);
    }

    private UnigramTokenizer json(int length, ObjectNode tree) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), Prompts.JSON.writeValueAsString(tree));
        Prompts.config(folder, length, "<pad>");
        return UnigramTokenizer.read(folder);
    }

    private static ObjectNode tree() throws IOException {
        return (ObjectNode) Prompts.JSON.readTree(Prompts.unzipped("tokenizer.json.gz"));
    }

    @Test
    void idsFromTokenizerJsonEqualTokenizers() throws IOException {
        assertEquals(List.of(), Prompts.differing("t5", json(4096, tree())));
    }

    @Test
    void rowsEqualTokenizers() throws IOException {
        assertEquals(List.of(), Prompts.differingRows("t5", json(256, tree())));
    }

    @Test
    void idsFromASentencepieceModelEqualTokenizers() throws IOException {
        assertEquals(List.of(), Prompts.differing("t5", sentencePiece(4096)));
    }

    @Test
    void idsFromAnOlderTokenizerJsonEqualTokenizers() throws IOException {
        ObjectNode tree = tree();
        tree.set("normalizer", tree.path("normalizer").path("normalizers").path(0));
        tree.set(
                "pre_tokenizer",
                Prompts.JSON.readTree("{\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"WhitespaceSplit\"},"
                        + " {\"type\": \"Metaspace\", \"replacement\": \"▁\", \"add_prefix_space\": true}]}"));
        assertEquals(List.of(), Prompts.differing("t5, older", json(4096, tree)));
    }

    @Test
    void unknownCharactersAreSpelledInBytesWhereTheVocabularyHasThem() throws IOException {
        ObjectNode tree = (ObjectNode) Prompts.JSON.readTree("{\"model\": {\"type\": \"Unigram\", \"unk_id\": 0,"
                + " \"byte_fallback\": true, \"vocab\": [[\"<unk>\", 0], [\"<pad>\", 0], [\"</s>\", 0], [\"a\", -1],"
                + " [\"<0xC3>\", -9], [\"<0xA9>\", -9]]}, \"pre_tokenizer\": {\"type\": \"Metaspace\","
                + " \"replacement\": \"▁\", \"prepend_scheme\": \"never\"}}");
        Tokens tokens = json(6, tree).tokenize("aéaü");
        assertEquals(
                List.of(3, 4, 5, 3, 0, 1),
                tokens.tokens().stream().map(Tokens.Token::id).toList());
        assertEquals(List.of("ü"), tokens.unknown());
    }

    @Test
    void wordsAreFoundAndWhatIsCutOffIsNamed() throws IOException {
        Tokens tokens = sentencePiece(5).tokenize("three red apples left of a green cup");
        assertAll(
                () -> assertEquals(List.of("three", "red", "apples", "left"), tokens.words()),
                () -> assertEquals(List.of("of", "a", "green", "cup"), tokens.dropped()),
                () -> assertEquals(List.of(1, 2), tokens.positions("Red apples")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"model\": {\"type\": \"BPE\"}} | is a tokenizer of type 'BPE'",
                "{\"model\": {\"vocab\": []}} | has 0 pieces",
                "{\"model\": {\"vocab\": [[\"a\"]]}} | Give a text and a score",
                "{\"model\": {\"vocab\": [[\"a\", 1e999]], \"unk_id\": 0}} | gives 'a' the score Infinity",
                "{\"model\": {\"vocab\": [[\"a\", 1], [\"a\", 2]], \"unk_id\": 0}} | there twice",
                "{\"model\": {\"vocab\": [[\"a\", 1]], \"unk_id\": 5}} | has the unknown piece 5. Give the number of a piece, 0 to 0",
                "{\"model\": {\"vocab\": [[\"a\", 1]], \"unk_id\": -1}} | gives '<unk>' the id '-1'",
                "{\"model\": {\"vocab\": [[\"a\", 1]], \"unk_id\": 0}, \"normalizer\": {\"type\": \"Nmt\"}} | has the normalizer 'Nmt'",
                "{\"model\": {\"vocab\": [[\"a\", 1]], \"unk_id\": 0}, \"normalizer\": {\"type\": \"Precompiled\", \"precompiled_charsmap\": \"////fwA=\"}} | precompiled_charsmap that is damaged",
                "{\"model\": {\"vocab\": [[\"a\", 1]], \"unk_id\": 0}} | has the pre_tokenizer ''",
                "{\"model\": | is not JSON",
            })
    void damagedTokenizerJsonIsNamedWithTheRemedy(String content, String fact) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), content);
        assertRefused(fact);
    }

    @Test
    void damagedSentencepieceModelIsRefused() throws IOException {
        byte[] model = Prompts.unzipped("spiece.model.gz");
        Files.write(folder.resolve("spiece.model"), Arrays.copyOf(model, model.length / 2));
        assertRefused("is no sentencepiece model");
        Files.write(folder.resolve("spiece.model"), new byte[] {0x12, 2, 0x18, 2});
        assertRefused("is a sentencepiece model of type 2. Give one of type 1");
    }

    private UnigramTokenizer replacing(int times, String content) throws IOException {
        ObjectNode tree = tree();
        ArrayNode steps = tree.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
        for (int i = 0; i < times; i++) {
            steps.addObject()
                    .put("type", "Replace")
                    .put("content", content)
                    .putObject("pattern")
                    .put("String", "a");
        }
        return json(16, tree);
    }

    /** A prompt of one letter would become 2^40 of them. */
    @Test
    void normalizersDoNotMakeAPromptLongerWithoutEnd() throws IOException {
        assertEquals(16, replacing(40, "aa").tokenize("a").size());
        assertThrows(ModelException.class, () -> replacing(65, "a"));
        assertThrows(ModelException.class, () -> replacing(1, "a".repeat(257)));
    }

    @Test
    @Timeout(20)
    void twoHundredThousandAddedTokensAreFoundTheLongestFirst() throws IOException {
        ObjectNode tree = tree();
        ArrayNode added = tree.withArray("added_tokens");
        for (int i = 0; i < 200_000; i++) {
            added.addObject().put("content", "aaaa" + i).put("id", 50_000 + i).put("normalized", false);
        }
        UnigramTokenizer tokenizer = json(16, tree);
        assertEquals(
                50_000 + 1234,
                tokenizer
                        .tokenize("aaaa1234 " + "a".repeat(2000))
                        .tokens()
                        .get(0)
                        .id());
        added.addObject().put("content", "a".repeat(257)).put("id", 9);
        assertThrows(ModelException.class, () -> json(16, tree));
    }

    private void assertRefused(String fact) {
        String message = assertThrows(ModelException.class, () -> UnigramTokenizer.read(folder))
                .getMessage();
        assertTrue(message.contains(fact) && message.lines().count() == 1 && message.contains(". "), message);
    }
}
