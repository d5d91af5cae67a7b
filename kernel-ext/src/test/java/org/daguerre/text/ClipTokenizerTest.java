package org.daguerre.text;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.daguerre.onnx.ModelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ids as transformers has them: resources/text, recorded by tokenizer_fixtures.py. */
class ClipTokenizerTest {

    @TempDir
    private Path folder;

    private ClipTokenizer real(int length, String pad) throws IOException {
        Prompts.clip(folder);
        Prompts.config(folder, length, pad);
        return ClipTokenizer.read(folder);
    }

    private ClipTokenizer fast(int length) throws IOException {
        Map<String, Object> model = Map.of(
                "type",
                "BPE",
                "end_of_word_suffix",
                "</w>",
                "vocab",
                Prompts.clipVocabulary(),
                "merges",
                Prompts.clipMerges().lines().skip(1).toList());
        List<Map<String, String>> normalizers =
                List.of(Map.of("type", "NFC"), Map.of("type", "Replace"), Map.of("type", "Lowercase"));
        Files.writeString(
                folder.resolve("tokenizer.json"),
                Prompts.JSON.writeValueAsString(Map.of(
                        "model",
                        model,
                        "normalizer",
                        Map.of("type", "Sequence", "normalizers", normalizers),
                        "added_tokens",
                        List.of(
                                Map.of("id", 49406, "content", "<|startoftext|>"),
                                Map.of("id", 49407, "content", "<|endoftext|>")))));
        Prompts.config(folder, length, "<|endoftext|>");
        return ClipTokenizer.read(folder);
    }

    @Test
    void idsEqualTransformers() throws IOException {
        assertEquals(List.of(), Prompts.differing("slow", real(4096, "<|endoftext|>")));
    }

    @Test
    void rowsEqualTransformers() throws IOException {
        assertEquals(List.of(), Prompts.differingRows("slow", real(77, "<|endoftext|>")));
    }

    @Test
    void padTokenIsFoundInThePromptToo() throws IOException {
        assertEquals(List.of(), Prompts.differing("slow, pad !", real(4096, "!")));
        assertEquals(List.of(), Prompts.differingRows("slow, pad !", real(77, "!")));
    }

    @Test
    void idsFromTokenizerJsonEqualTheFastTokenizer() throws IOException {
        assertEquals(List.of(), Prompts.differing("fast", fast(4096)));
    }

    @Test
    void wordsAreFoundWhateverTheirPieces() throws IOException {
        Tokens tokens = real(77, "<|endoftext|>").tokenize("A photorealistic café, well-lit");
        assertAll(
                () -> assertEquals(List.of("a", "photorealistic", "café", ",", "well", "-", "lit"), tokens.words()),
                () -> assertEquals("café</w>".length(), tokens.words().get(2).length() + "</w>".length()),
                () -> assertTrue(tokens.positions("Photorealistic").size() > 1),
                () -> assertEquals(3, tokens.positions("well-lit").size()));
    }

    @Test
    void whatIsCutOffIsNamed() throws IOException {
        Tokens tokens = real(6, "<|endoftext|>").tokenize("red apples on photorealistic trays");
        assertAll(
                () -> assertEquals(6, tokens.size()),
                () -> assertEquals(List.of("photorealistic", "trays"), tokens.dropped()),
                () -> assertEquals(List.of("red", "apples", "on", "photorealistic"), tokens.words()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "vocab.json | {\"a\": 0, | is not JSON",
                "vocab.json | [] | is no JSON object",
                "vocab.json | {} | has no vocabulary",
                "vocab.json | {\"a\": -1} | gives 'a' the id '-1'. Give a whole number from 0",
                "vocab.json | {\"a\": 1e9} | gives 'a' the id '1.0E9'",
                "vocab.json | {\"a\": 99999999} | gives 'a' the id '99999999'",
                "vocab.json | {\"a\": \"1\"} | gives 'a' the id '\"1\"'",
                "vocab.json | {\"a\": 1, \"b\": 1} | gives the id 1 to 'a' and 'b'",
                "vocab.json | {\"a\": 1} | lacks the special token '<|startoftext|>'",
                "merges.txt | version~a b c | has the merge 'a b c' (number 2)",
                "merges.txt | version~ab | has the merge 'ab' (number 2)",
                "tokenizer_config.json | {\"model_max_length\": 1} | has the model_max_length '1'. Give a whole number from 2",
                "tokenizer_config.json | {\"model_max_length\": \"77\"} | has the model_max_length",
                "tokenizer_config.json | {\"pad_token\": 7} | has the pad_token '7'",
                "tokenizer_config.json | {\"pad_token\": \"zzz\"} | lacks the special token 'zzz'",
                "tokenizer_config.json | {\"added_tokens_decoder\": {\"x\": {\"content\": \"y\"}}} | gives 'y' the id '\"x\"'",
            })
    void damagedFileIsNamedWithTheRemedy(String file, String content, String fact) throws IOException {
        tiny("a b");
        Files.writeString(folder.resolve(file), content.replace("~", "\n"));
        String message = assertThrows(ModelException.class, () -> ClipTokenizer.read(folder))
                .getMessage();
        assertTrue(message.contains(fact) && message.lines().count() == 1 && message.contains(". "), message);
    }

    @Test
    void fileOverTheLimitIsNotRead() throws IOException {
        tiny("a b");
        try (var file =
                new java.io.RandomAccessFile(folder.resolve("merges.txt").toFile(), "rw")) {
            file.setLength(1L << 32);
        }
        String message = assertThrows(ModelException.class, () -> ClipTokenizer.read(folder))
                .getMessage();
        assertTrue(message.contains("merges.txt has 4294967296 bytes"), message);
    }

    @Test
    void mergesInACircleEnd() throws IOException {
        tiny("a b\nab a\naba b\na a\nb a\nab ab");
        assertEquals(
                77, ClipTokenizer.read(folder).tokenize("ab".repeat(30_000)).size());
    }

    private void tiny(String merges) throws IOException {
        Files.writeString(
                folder.resolve("vocab.json"),
                "{\"a\": 0, \"b\": 1, \"b</w>\": 2, \"<|startoftext|>\": 3, \"<|endoftext|>\": 4}");
        Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\n" + merges);
    }
}
