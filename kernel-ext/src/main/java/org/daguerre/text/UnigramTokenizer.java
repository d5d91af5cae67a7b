package org.daguerre.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daguerre.name.Names;
import org.daguerre.onnx.ModelException;
import org.daguerre.text.Tokens.Kind;
import org.daguerre.text.Tokens.Token;

/**
 * The unigram tokenizer of T5 (Raffel et al. 2020, arXiv 1910.10683), to the id as transformers' {@code T5TokenizerFast} makes
 * it. Words begin with "▁", case is kept; the row is {@code pieces </s> <pad> ...}.
 */
public final class UnigramTokenizer implements Tokenizer {

    private static final int MODEL_MAX_LENGTH = 512;
    private static final int EXTRA_IDS = 100;
    private static final int MOST_EXTRA_IDS = 10_000;
    private static final String JSON = "tokenizer.json";
    private static final String SENTENCEPIECE = "spiece.model";
    private static final char METASPACE = '▁';

    /** A longer prompt is not read to its end. */
    private static final int READ_CHARS = 1 << 14;

    /** Normalisers may make a prompt longer, but not without end. */
    private static final int NORMAL_CHARS = 8 * READ_CHARS;

    private static final int MOST_STEPS = 64;

    private static final int LONGEST_PIECE = 256;

    private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern SPACE_AT_END = Pattern.compile("\\s+$", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern SPACE_AT_START = Pattern.compile("^\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern BLANKS = Pattern.compile(" {2,}");

    /** Cuts a stretch of text; the flag says whether the prompt begins with it. */
    private interface Cut {
        List<String> cut(String text, boolean first);
    }

    private final Unigram unigram;
    private final AddedTokens raw;
    private final AddedTokens normalized;
    private final UnaryOperator<String> normalizer;
    private final Cut cut;
    private final List<Token> before;
    private final List<Token> behind;
    private final Token pad;
    private final int modelMaxLength;
    private final int vocabularySize;

    private UnigramTokenizer(
            TokenizerFolder folder,
            String file,
            Unigram unigram,
            List<AddedToken> added,
            UnaryOperator<String> normalizer,
            Cut cut,
            List<String> before,
            List<String> behind,
            int mostTokens) {
        this.unigram = unigram;
        this.normalizer = normalizer;
        this.cut = cut;
        Map<String, AddedToken> found = new LinkedHashMap<>();
        added.forEach(token -> found.put(token.content(), token));
        Function<String, Integer> id = special -> {
            AddedToken token = found.get(special);
            Integer known = token == null ? unigram.ids().get(special) : Integer.valueOf(token.id());
            if (known == null) {
                throw new ModelException(folder.label(file) + " lacks the special token " + Names.quoted(special)
                        + ". Put the tokenizer there that the text encoder was trained with.");
            }
            return known;
        };
        this.before = before.stream()
                .map(text -> new Token(text, id.apply(text), Kind.SPECIAL))
                .toList();
        this.behind = behind.stream()
                .map(text -> new Token(text, id.apply(text), Kind.SPECIAL))
                .toList();
        String padding = folder.special("pad_token", "<pad>");
        this.pad = new Token(padding, id.apply(padding), Kind.PADDING);
        for (String special :
                List.of(padding, folder.special("eos_token", "</s>"), folder.special("unk_token", "<unk>"))) {
            found.putIfAbsent(special, AddedToken.plain(special, id.apply(special)));
        }
        this.raw = new AddedTokens(
                found.values().stream().filter(token -> !token.normalized()).toList());
        this.normalized = new AddedTokens(found.values().stream()
                .filter(AddedToken::normalized)
                .map(token -> token.normalized(normalizer))
                .toList());
        this.modelMaxLength = Math.min(mostTokens, folder.modelMaxLength(MODEL_MAX_LENGTH));
        if (before.size() + behind.size() > modelMaxLength) {
            throw new ModelException(folder.label("tokenizer_config.json") + " has the model_max_length "
                    + modelMaxLength + ", and " + (before.size() + behind.size())
                    + " special tokens are put round every prompt. Give more.");
        }
        this.vocabularySize = Math.max(
                unigram.ids().size(),
                1 + found.values().stream().mapToInt(AddedToken::id).max().orElse(-1));
    }

    /**
     * From a folder with tokenizer.json or spiece.model (sentencepiece's own format); tokenizer_config.json says the length of the
     * row and the padding.
     *
     * @throws ModelException if a file is missing, damaged or of another kind of tokenizer
     */
    public static UnigramTokenizer read(Path path) {
        return read(path, Integer.MAX_VALUE);
    }

    /** The same with rows of at most {@code mostTokens}: models read fewer than their encoder was trained with. */
    public static UnigramTokenizer read(Path path, int mostTokens) {
        TokenizerFolder folder = new TokenizerFolder(path);
        if (!folder.has(JSON) && folder.has(SENTENCEPIECE)) {
            return readSentencePiece(folder, mostTokens);
        }
        JsonNode root = folder.json(JSON);
        JsonNode model = root.path("model");
        if (!model.path("type").asText("Unigram").equals("Unigram")) {
            throw new ModelException(folder.label(JSON) + " is a tokenizer of type "
                    + Names.quoted(model.path("type").asText()) + ". Give one of type Unigram, such as T5's.");
        }
        List<Unigram.Piece> pieces = new ArrayList<>();
        for (JsonNode piece : model.path("vocab")) {
            if (!piece.path(0).isTextual() || !piece.path(1).isNumber()) {
                throw new ModelException(folder.label(JSON) + " has the piece " + Names.quoted(piece.toString())
                        + ". Give a text and a score.");
            }
            pieces.add(
                    new Unigram.Piece(piece.path(0).textValue(), piece.path(1).doubleValue()));
        }
        check(folder, JSON, pieces);
        int unknown = folder.id(JSON, "<unk>", model.path("unk_id"));
        List<String> before = new ArrayList<>();
        List<String> behind = new ArrayList<>();
        template(folder, root.path("post_processor"), before, behind);
        return new UnigramTokenizer(
                folder,
                JSON,
                unigram(
                        folder,
                        JSON,
                        pieces,
                        unknown,
                        model.path("byte_fallback").asBoolean()),
                folder.added(JSON, root.path("added_tokens")),
                normalizer(folder, root.path("normalizer")),
                cut(folder, root.path("pre_tokenizer")),
                before,
                behind,
                mostTokens);
    }

    /** As transformers' {@code T5Converter} turns a sentencepiece model into a tokenizer.json. */
    private static UnigramTokenizer readSentencePiece(TokenizerFolder folder, int mostTokens) {
        String label = folder.label(SENTENCEPIECE);
        SentencePieceModel model = SentencePieceModel.parse(folder.bytes(SENTENCEPIECE), label);
        List<Unigram.Piece> pieces = new ArrayList<>(model.pieces());
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < pieces.size(); id++) {
            if (SentencePieceModel.CONTROL_OR_USER_DEFINED.contains(
                    model.types().get(id))) {
                added.add(AddedToken.plain(pieces.get(id).text(), id));
            }
        }
        JsonNode config = folder.jsonIfThere("tokenizer_config.json");
        boolean prefixed = config.path("add_prefix_space").asBoolean(true);
        boolean always = config.path("legacy").asBoolean(true);
        int extra = Math.min(config.path("extra_ids").asInt(EXTRA_IDS), MOST_EXTRA_IDS);
        for (int i = extra - 1; i >= 0; i--) {
            added.add(AddedToken.plain("<extra_id_" + i + ">", pieces.size()));
            pieces.add(new Unigram.Piece("<extra_id_" + i + ">", 0));
        }
        check(folder, SENTENCEPIECE, pieces);
        UnaryOperator<String> charsmap = model.charsmap().length == 0
                ? text -> text
                : new PrecompiledCharsmap(model.charsmap(), label)::normalize;
        return new UnigramTokenizer(
                folder,
                SENTENCEPIECE,
                unigram(folder, SENTENCEPIECE, pieces, model.unknown(), false),
                added,
                text -> BLANKS.matcher(
                                SPACE_AT_END.matcher(charsmap.apply(text)).replaceAll(""))
                        .replaceAll(Character.toString(METASPACE)),
                (text, first) -> metaspace(text, prefixed && (always || first)),
                List.of(),
                List.of("</s>"),
                mostTokens);
    }

    private static Unigram unigram(
            TokenizerFolder folder, String file, List<Unigram.Piece> pieces, int unknown, boolean byteFallback) {
        if (unknown < 0 || unknown >= pieces.size()) {
            throw new ModelException(folder.label(file) + " has the unknown piece " + unknown
                    + ". Give the number of a piece, 0 to " + (pieces.size() - 1) + ".");
        }
        return new Unigram(pieces, unknown, byteFallback);
    }

    private static void check(TokenizerFolder folder, String file, List<Unigram.Piece> pieces) {
        if (pieces.isEmpty() || pieces.size() > TokenizerFolder.MOST_IDS) {
            throw new ModelException(folder.label(file) + " has " + pieces.size() + " pieces. Give 1 to "
                    + TokenizerFolder.MOST_IDS + ".");
        }
        Set<String> seen = new HashSet<>();
        for (Unigram.Piece piece : pieces) {
            if (!seen.add(piece.text())
                    || piece.text().isEmpty()
                    || piece.text().length() > LONGEST_PIECE) {
                throw new ModelException(folder.label(file) + " has the piece " + Names.quoted(piece.text())
                        + " that is empty, over " + LONGEST_PIECE + " characters or there twice. Export it again.");
            }
            if (!Double.isFinite(piece.score())) {
                throw new ModelException(folder.label(file) + " gives " + Names.quoted(piece.text()) + " the score "
                        + piece.score() + ". Give a finite number.");
            }
        }
    }

    private static UnaryOperator<String> normalizer(TokenizerFolder folder, JsonNode step) {
        String type = step.path("type").asText("");
        return switch (type) {
            case "" -> text -> text;
            case "Sequence" -> {
                List<UnaryOperator<String>> steps = new ArrayList<>();
                step.path("normalizers").forEach(one -> steps.add(normalizer(folder, one)));
                if (steps.size() > MOST_STEPS) {
                    throw unsupported(folder, "number of normalizers", Integer.toString(steps.size()));
                }
                yield text -> {
                    String normal = text;
                    for (UnaryOperator<String> one : steps) {
                        String longer = one.apply(normal);
                        normal = longer.length() > NORMAL_CHARS ? longer.substring(0, NORMAL_CHARS) : longer;
                    }
                    return normal;
                };
            }
            case "Precompiled" -> {
                byte[] charsmap;
                try {
                    charsmap = Base64.getDecoder()
                            .decode(step.path("precompiled_charsmap").asText());
                } catch (IllegalArgumentException e) {
                    charsmap = new byte[0];
                }
                yield new PrecompiledCharsmap(charsmap, folder.label(JSON))::normalize;
            }
            case "Strip" -> {
                boolean left = step.path("strip_left").asBoolean();
                boolean right = step.path("strip_right").asBoolean();
                yield text -> {
                    String stripped = left ? SPACE_AT_START.matcher(text).replaceAll("") : text;
                    return right ? SPACE_AT_END.matcher(stripped).replaceAll("") : stripped;
                };
            }
            case "Replace" -> replace(folder, step);
            case "Lowercase" -> LowerCase::characters;
            case "NFC", "NFD", "NFKC", "NFKD" -> text -> Normalizer.normalize(text, Normalizer.Form.valueOf(type));
            default -> throw unsupported(folder, "normalizer", type);
        };
    }

    private static UnaryOperator<String> replace(TokenizerFolder folder, JsonNode step) {
        String with = step.path("content").asText();
        JsonNode pattern = step.path("pattern");
        if (pattern.path("Regex").asText().equals(BLANKS.pattern())) {
            return text -> BLANKS.matcher(text).replaceAll(Matcher.quoteReplacement(with));
        }
        String literal = pattern.path("String").asText();
        if (literal.isEmpty() || with.length() > LONGEST_PIECE) {
            throw unsupported(folder, "pattern", pattern.toString());
        }
        return text -> text.replace(literal, with);
    }

    private static Cut cut(TokenizerFolder folder, JsonNode step) {
        String type = step.path("type").asText("");
        return switch (type) {
            case "Sequence" -> {
                List<Cut> steps = new ArrayList<>();
                step.path("pretokenizers").forEach(one -> steps.add(cut(folder, one)));
                yield (text, first) -> {
                    List<String> parts = List.of(text);
                    for (Cut one : steps) {
                        List<String> finer = new ArrayList<>();
                        for (int i = 0; i < parts.size(); i++) {
                            finer.addAll(one.cut(parts.get(i), first && i == 0));
                        }
                        parts = finer;
                    }
                    return parts;
                };
            }
            case "WhitespaceSplit" ->
                (text, first) -> SPACE.splitAsStream(text)
                        .filter(part -> !part.isEmpty())
                        .toList();
            case "Metaspace" -> {
                String scheme = step.path("prepend_scheme")
                        .asText(step.path("add_prefix_space").asBoolean(true) ? "always" : "never");
                boolean usual = step.path("replacement").asText().equals(Character.toString(METASPACE))
                        && step.path("split").asBoolean(true)
                        && List.of("always", "first", "never").contains(scheme);
                if (!usual) {
                    throw unsupported(folder, "Metaspace", step.toString());
                }
                yield (text, first) -> metaspace(text, scheme.equals("always") || scheme.equals("first") && first);
            }
            default -> throw unsupported(folder, "pre_tokenizer", type);
        };
    }

    private static ModelException unsupported(TokenizerFolder folder, String what, String value) {
        return new ModelException(folder.label(JSON) + " has the " + what + " " + Names.quoted(value)
                + ", which is not supported. Give a tokenizer such as T5's.");
    }

    /** Blanks written as "▁", one put before if there is none, and a cut before every "▁". */
    private static List<String> metaspace(String text, boolean prepend) {
        String spaced = text.replace(' ', METASPACE);
        if (prepend && !spaced.isEmpty() && spaced.charAt(0) != METASPACE) {
            spaced = METASPACE + spaced;
        }
        List<String> words = new ArrayList<>();
        int from = 0;
        for (int at = 1; at <= spaced.length(); at++) {
            if (at == spaced.length() || spaced.charAt(at) == METASPACE) {
                words.add(spaced.substring(from, at));
                from = at;
            }
        }
        return words;
    }

    /** The special tokens round the prompt, by the template of the post-processor. */
    private static void template(TokenizerFolder folder, JsonNode processor, List<String> before, List<String> behind) {
        if (processor.isMissingNode() || processor.isNull()) {
            return;
        }
        if (!processor.path("type").asText().equals("TemplateProcessing")) {
            throw unsupported(folder, "post_processor", processor.path("type").asText());
        }
        boolean passed = false;
        for (JsonNode part : processor.path("single")) {
            if (part.has("Sequence")) {
                passed = true;
            } else {
                (passed ? behind : before)
                        .add(part.path("SpecialToken").path("id").asText());
            }
        }
    }

    @Override
    public Tokens tokenize(WeightedPrompt prompt, int mostRows) {
        return new Row(before, behind, pad, modelMaxLength).tokens(prompt, this::words, mostRows);
    }

    private List<Row.Word> words(String text) {
        String read = text.length() > READ_CHARS ? text.substring(0, READ_CHARS) : text;
        List<Row.Word> said = new ArrayList<>();
        boolean first = true;
        for (AddedTokens.Part part : AddedTokens.split(read, raw, normalizer, normalized)) {
            if (part.token() != null) {
                Token token = new Token(part.text(), part.token().id(), Kind.WORD);
                said.add(new Row.Word(part.text(), List.of(token)));
            } else {
                for (String word : cut.cut(part.text(), first)) {
                    String shown = word.charAt(0) == METASPACE ? word.substring(1) : word;
                    said.add(new Row.Word(shown, unigram.tokens(word)));
                }
            }
            first = false;
        }
        return said;
    }

    @Override
    public int modelMaxLength() {
        return modelMaxLength;
    }

    @Override
    public int vocabularySize() {
        return vocabularySize;
    }

    /** None: the pieces are no words. */
    @Override
    public List<String> suggestions(String word) {
        return List.of();
    }
}
