package org.daguerre.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.daguerre.name.Names;
import org.daguerre.onnx.JsonFile;
import org.daguerre.onnx.ModelException;
import org.daguerre.onnx.OnnxFile;

/** The folder of a tokenizer: its files, which nobody vouches for, read within limits. */
final class TokenizerFolder {

    /** Ids are passed on as float, which counts to 2^24 without a gap. */
    static final int MOST_IDS = 1 << 24;

    private static final int LONGEST_ADDED = 256;

    private static final int MOST_TOKENS = 4096;

    /** What transformers writes where no length was given: anything from here on is "no limit". */
    private static final double NO_LIMIT = 1e6;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Path folder;

    TokenizerFolder(Path folder) {
        this.folder = folder;
    }

    boolean has(String name) {
        return Files.exists(folder.resolve(name));
    }

    /** How messages name a file of the folder. */
    String label(String name) {
        return OnnxFile.label(folder.resolve(name));
    }

    byte[] bytes(String name) {
        Path file = folder.resolve(name);
        OnnxFile.check(file);
        try {
            if (Files.size(file) > JsonFile.MAX_BYTES) {
                throw new ModelException(label(name) + " has " + Files.size(file) + " bytes. Give a file of at most "
                        + JsonFile.MAX_BYTES + " bytes.");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ModelException(label(name) + " cannot be read. Check its permissions.", e);
        }
    }

    String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    ObjectNode json(String name) {
        return JsonFile.read(folder.resolve(name));
    }

    /** The file, or an empty object where there is none. */
    JsonNode jsonIfThere(String name) {
        return has(name) ? json(name) : NODES.objectNode();
    }

    /** An object of pieces and their ids, each of its own. */
    Map<String, Integer> vocabulary(String file, JsonNode pieces) {
        if (!pieces.isObject() || pieces.isEmpty()) {
            throw new ModelException(label(file) + " has no vocabulary. Download or export it again.");
        }
        Map<String, Integer> ids = new LinkedHashMap<>();
        Map<Integer, String> taken = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> piece : pieces.properties()) {
            int id = id(file, piece.getKey(), piece.getValue());
            String other = taken.put(id, piece.getKey());
            if (other != null) {
                throw new ModelException(label(file) + " gives the id " + id + " to " + Names.quoted(other) + " and "
                        + Names.quoted(piece.getKey()) + ". Every piece needs an id of its own.");
            }
            ids.put(piece.getKey(), id);
        }
        return ids;
    }

    int id(String file, String piece, JsonNode id) {
        if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0 || id.intValue() >= MOST_IDS) {
            throw new ModelException(label(file) + " gives " + Names.quoted(piece) + " the id "
                    + Names.quoted(id.toString()) + ". Give a whole number from 0 to " + (MOST_IDS - 1) + ".");
        }
        return id.intValue();
    }

    /** {@code model_max_length} of tokenizer_config.json; the usual one where none is said. */
    int modelMaxLength(int usual) {
        JsonNode given = jsonIfThere("tokenizer_config.json").path("model_max_length");
        if (given.isMissingNode() || given.isNull() || given.isNumber() && given.doubleValue() >= NO_LIMIT) {
            return usual;
        }
        if (!given.isIntegralNumber() || given.asLong() < 2 || given.asLong() > MOST_TOKENS) {
            throw new ModelException(label("tokenizer_config.json") + " has the model_max_length "
                    + Names.quoted(given.toString()) + ". Give a whole number from 2 to " + MOST_TOKENS + ".");
        }
        return given.intValue();
    }

    /**
     * A special token by its role, such as pad_token. As in transformers, special_tokens_map.json is older than
     * added_tokens_decoder in tokenizer_config.json and counts only where that is not there.
     *
     * @param usual what the tokenizer's class takes where nothing is said
     */
    String special(String role, String usual) {
        JsonNode config = jsonIfThere("tokenizer_config.json");
        JsonNode said = config.path(role);
        String file = "tokenizer_config.json";
        if (!config.has("added_tokens_decoder") && has("special_tokens_map.json")) {
            JsonNode older = json("special_tokens_map.json").path(role);
            if (!older.isMissingNode() && !older.isNull()) {
                said = older;
                file = "special_tokens_map.json";
            }
        }
        if (said.isMissingNode() || said.isNull()) {
            return usual;
        }
        JsonNode text = said.isObject() ? said.path("content") : said;
        if (!text.isTextual() || text.textValue().isEmpty()) {
            throw new ModelException(label(file) + " has the " + role + " " + Names.quoted(said.toString())
                    + ". Give a token of the vocabulary, in quotes.");
        }
        return text.textValue();
    }

    /** Tokens beside the vocabulary: those of added_tokens_decoder, or of the older added_tokens.json. */
    List<AddedToken> added() {
        List<AddedToken> added = new ArrayList<>();
        JsonNode config = jsonIfThere("tokenizer_config.json");
        if (config.has("added_tokens_decoder")) {
            for (Map.Entry<String, JsonNode> token :
                    config.path("added_tokens_decoder").properties()) {
                JsonNode number = NODES.textNode(token.getKey());
                if (token.getKey().matches("\\d{1,9}")) {
                    number = NODES.numberNode(Integer.parseInt(token.getKey()));
                }
                added.add(added("tokenizer_config.json", token.getValue(), number));
            }
        } else {
            jsonIfThere("added_tokens.json")
                    .properties()
                    .forEach(token -> added.add(AddedToken.plain(
                            token.getKey(), id("added_tokens.json", token.getKey(), token.getValue()))));
        }
        return added;
    }

    /** The {@code added_tokens} of a tokenizer.json. */
    List<AddedToken> added(String file, JsonNode tokens) {
        List<AddedToken> added = new ArrayList<>();
        tokens.forEach(token -> added.add(added(file, token, token.path("id"))));
        return added;
    }

    /** A token written as an object of content, lstrip, rstrip, normalized and single_word. */
    private AddedToken added(String file, JsonNode token, JsonNode id) {
        String content = token.path("content").asText();
        if (content.isEmpty() || content.length() > LONGEST_ADDED) {
            throw new ModelException(label(file) + " has an added token of " + content.length()
                    + " characters. Give 1 to " + LONGEST_ADDED + ".");
        }
        if (token.path("single_word").asBoolean()) {
            throw new ModelException(label(file) + " has the added token " + Names.quoted(content)
                    + " with single_word, which is not supported. Set it to false if no prompt has the token.");
        }
        return new AddedToken(
                content,
                id(file, content, id),
                token.path("lstrip").asBoolean(),
                token.path("rstrip").asBoolean(),
                token.path("normalized").asBoolean(true));
    }
}
