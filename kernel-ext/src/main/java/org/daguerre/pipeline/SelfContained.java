package org.daguerre.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.daguerre.name.Names;
import org.daguerre.onnx.JsonFile;

/**
 * A model folder that needs no other: what is shared is copied in, and tokenizer and text encoder say of themselves what
 * Python's transformers and optimum want to know.
 */
final class SelfContained {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** What {@link org.daguerre.text.WordTokenizer} cuts a prompt at, in the syntax of the tokenizers library. */
    private static final String BETWEEN_WORDS = "[\\s!-/:-@\\[-`{-~\\x00-\\x1f\\x7f]+";

    private static final int LAYERS = 2; // of the project's text encoders

    private final ModelFolder source;
    private final Path folder;

    private SelfContained(ModelFolder source, Path folder) {
        this.source = source;
        this.folder = folder;
    }

    /** Whole or not at all: it is written beside the target and moved there. */
    static void write(ModelFolder source, Path target) throws IOException {
        Path whole = target.toAbsolutePath().normalize();
        requireFree(whole, target);
        source.verify();
        Files.createDirectories(whole.getParent());
        Path part = Files.createTempDirectory(whole.getParent(), whole.getFileName() + ".part");
        try {
            new SelfContained(source, part).write();
            Files.move(part, whole, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            delete(part);
        }
    }

    private static void requireFree(Path whole, Path given) throws IOException {
        if (!Files.exists(whole)) {
            return;
        }
        boolean empty = false;
        if (Files.isDirectory(whole)) {
            try (Stream<Path> entries = Files.list(whole)) {
                empty = entries.findAny().isEmpty();
            }
        }
        if (!empty) {
            throw new IllegalArgumentException("DIR is " + Names.quoted(given.toString())
                    + ", which is there already. Give a new or an empty folder.");
        }
    }

    private void write() throws IOException {
        ObjectNode index = JsonFile.read(source.path().resolve(ModelFolder.INDEX));
        index.remove(ModelFolder.SHARED);
        Set<String> components = new TreeSet<>(source.components().keySet());
        components.addAll(source.shared().keySet());
        for (String component : components) {
            copy(component);
        }
        Path card = source.path().resolve("README.md");
        if (Files.isRegularFile(card)) {
            Files.copy(card, folder.resolve("README.md"));
        }
        if (source.components().getOrDefault("tokenizer", "").equals("WordTokenizer")) {
            index.putArray("tokenizer").add("transformers").add("PreTrainedTokenizerFast");
            describeTokenizer(folder.resolve("tokenizer"));
            describeTextEncoder(folder.resolve("text_encoder").resolve("config.json"));
        }
        JSON.writeValue(folder.resolve(ModelFolder.INDEX).toFile(), index);
        writeSums();
    }

    private void copy(String component) throws IOException {
        Path from = source.folder(component);
        if (!Files.isDirectory(from)) {
            return; // named in the index and not there, as safety_checker of diffusers
        }
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to =
                        folder.resolve(component).resolve(from.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
        }
    }

    /** The same tokenizer as transformers' PreTrainedTokenizerFast reads it, beside vocab.json. */
    private static void describeTokenizer(Path tokenizer) throws IOException {
        ObjectNode vocabulary = JsonFile.read(tokenizer.resolve("vocab.json"));
        ObjectNode json = JSON.createObjectNode().put("version", "1.0");
        json.putNull("truncation").putNull("padding");
        ArrayNode added = json.putArray("added_tokens");
        for (String special : List.of("<pad>", "<unk>", "<bos>", "<eos>")) {
            ObjectNode token = added.addObject().put("content", special).put("special", true);
            token.set("id", vocabulary.get(special));
            List.of("single_word", "lstrip", "rstrip", "normalized").forEach(flag -> token.put(flag, false));
        }
        ArrayNode normalizers =
                json.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
        normalizers.addObject().put("type", "NFC");
        normalizers.addObject().put("type", "Lowercase");
        ObjectNode split = json.putObject("pre_tokenizer").put("type", "Split");
        split.putObject("pattern").put("Regex", BETWEEN_WORDS);
        split.put("behavior", "Removed").put("invert", false);
        ObjectNode template = json.putObject("post_processor").put("type", "TemplateProcessing");
        for (String kind : List.of("single", "pair")) {
            ArrayNode row = template.putArray(kind);
            special(row, "<bos>");
            row.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
            special(row, "<eos>");
            if (kind.equals("pair")) {
                row.addObject().putObject("Sequence").put("id", "B").put("type_id", 1);
            }
        }
        ObjectNode specials = template.putObject("special_tokens");
        for (String special : List.of("<bos>", "<eos>")) {
            ObjectNode token = specials.putObject(special).put("id", special);
            token.putArray("ids").add(vocabulary.get(special));
            token.putArray("tokens").add(special);
        }
        json.putNull("decoder");
        ObjectNode model = json.putObject("model").put("type", "WordLevel").put("unk_token", "<unk>");
        model.set("vocab", vocabulary);
        JSON.writeValue(tokenizer.resolve("tokenizer.json").toFile(), json);
        Path config = tokenizer.resolve("tokenizer_config.json");
        JSON.writeValue(config.toFile(), JsonFile.read(config).put("tokenizer_class", "PreTrainedTokenizerFast"));
    }

    private static void special(ArrayNode row, String token) {
        row.addObject().putObject("SpecialToken").put("id", token).put("type_id", 0);
    }

    /** optimum asks every text encoder for the number of its layers. */
    private static void describeTextEncoder(Path config) throws IOException {
        if (Files.isRegularFile(config)) {
            ObjectNode json = JsonFile.read(config);
            JSON.writeValue(
                    config.toFile(), json.has("num_hidden_layers") ? json : json.put("num_hidden_layers", LAYERS));
        }
    }

    private void writeSums() throws IOException {
        StringBuilder sums = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                sums.append(ModelFolder.sha256(file)).append("  ").append(name).append('\n');
            }
        }
        Files.writeString(folder.resolve(ModelFolder.SUMS), sums);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
