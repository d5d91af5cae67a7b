package org.daguerre.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/** The prompts of tokenizer_fixtures.py, and the files that it wrote. */
final class Prompts {

    static final ObjectMapper JSON = new ObjectMapper();

    private Prompts() {}

    /** The prompt with a number, as {@code prompt} in the script makes it. */
    static String prompt(int number) {
        JsonNode parts = PARTS;
        Random random = new Random(number);
        StringBuilder text = new StringBuilder();
        int atoms = number % parts.get("longEvery").asInt() == 0 ? 500 : below(random, 24);
        for (int i = 0; i < atoms; i++) {
            int kind = below(random, 4);
            if (kind < 2) {
                text.append(one(random, parts.get("atoms")).textValue());
            } else if (kind == 2) {
                JsonNode range = one(random, parts.get("ranges"));
                int first = range.get(0).intValue();
                text.appendCodePoint(first + below(random, range.get(1).intValue() - first + 1));
            } else {
                int letters = 1 + below(random, 6);
                for (int j = 0; j < letters; j++) {
                    text.appendCodePoint(0x20 + below(random, 0x5f));
                }
            }
            text.append(one(random, parts.get("separators")).textValue());
        }
        return text.toString();
    }

    private static final JsonNode PARTS = parsed(read("prompts.json"));
    private static final JsonNode IDS = parsed(unzipped("ids.json.gz"));

    private static JsonNode one(Random random, JsonNode list) {
        return list.get(below(random, list.size()));
    }

    private static int below(Random random, int n) {
        return (random.nextInt() >>> 1) % n;
    }

    /** What transformers made of the prompts with one tokenizer. */
    static JsonNode ids(String tokenizer) {
        return IDS.get(tokenizer);
    }

    private static JsonNode parsed(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] read(String name) {
        try (InputStream in = Prompts.class.getResourceAsStream("/text/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] unzipped(String name) {
        try (InputStream in = new GZIPInputStream(Prompts.class.getResourceAsStream("/text/" + name))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Numbers of the prompts whose ids differ from those recorded; every token counts, padding aside. */
    static List<Integer> differing(String name, Tokenizer unlimited) {
        String hashes = ids(name).get("hashes").textValue();
        List<Integer> differing = new ArrayList<>();
        for (int i = 0; i < hashes.length() / 8; i++) {
            List<Integer> ids = unlimited.tokenize(prompt(i)).tokens().stream()
                    .filter(token -> token.kind() != Tokens.Kind.PADDING)
                    .map(Tokens.Token::id)
                    .toList();
            if (Integer.parseUnsignedInt(hashes.substring(8 * i, 8 * i + 8), 16) != ids.hashCode()) {
                differing.add(i);
            }
        }
        return differing;
    }

    /** Numbers of the prompts whose row, cut and padded, differs from that recorded. */
    static List<Integer> differingRows(String name, Tokenizer tokenizer) {
        JsonNode rows = ids(name).get("rows");
        List<Integer> differing = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            JsonNode row = JSON.valueToTree(tokenizer.tokenize(prompt(i)).tokens().stream()
                    .map(Tokens.Token::id)
                    .toList());
            if (!row.equals(rows.get(i))) {
                differing.add(i);
            }
        }
        return differing;
    }

    static void config(Path folder, int modelMaxLength, String pad) throws IOException {
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                JSON.writeValueAsString(Map.of("model_max_length", modelMaxLength, "pad_token", pad)));
    }

    /** CLIP's merges.txt. */
    static String clipMerges() {
        return new String(unzipped("clip-merges.txt.gz"), StandardCharsets.UTF_8);
    }

    /** CLIP's vocabulary, as its simple_tokenizer.py builds it: letters, letters that end words, merges, special tokens. */
    static Map<String, Integer> clipVocabulary() {
        List<String> letters = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            boolean printable = b > 32 && b < 127 || b > 160 && b != 173;
            (printable ? letters : others).add(Character.toString(printable ? b : 256 + others.size()));
        }
        letters.addAll(others);
        List<String> pieces = new ArrayList<>(letters);
        letters.forEach(letter -> pieces.add(letter + "</w>"));
        clipMerges().lines().skip(1).forEach(merge -> pieces.add(merge.replace(" ", "")));
        pieces.addAll(List.of("<|startoftext|>", "<|endoftext|>"));
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        pieces.forEach(piece -> vocabulary.put(piece, vocabulary.size()));
        return vocabulary;
    }

    static void clip(Path folder) throws IOException {
        Files.writeString(folder.resolve("vocab.json"), JSON.writeValueAsString(clipVocabulary()));
        Files.writeString(folder.resolve("merges.txt"), clipMerges());
    }
}
