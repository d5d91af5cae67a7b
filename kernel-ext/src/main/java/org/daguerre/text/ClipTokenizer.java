package org.daguerre.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.daguerre.name.Names;
import org.daguerre.onnx.ModelException;
import org.daguerre.text.Tokens.Kind;
import org.daguerre.text.Tokens.Token;

/**
 * The byte pair encoding of CLIP (Radford et al. 2021, arXiv 2103.00020), to the id as transformers 4.57 makes it. The row is
 * {@code <|startoftext|> pieces <|endoftext|> padding}; a prompt too long is cut before the end token.
 *
 * <p>transformers has two readings. With vocab.json and merges.txt this is {@code CLIPTokenizer}, the class that diffusers
 * names, without ftfy: control characters are dropped and Chinese characters stand alone. With tokenizer.json alone it is
 * {@code CLIPTokenizerFast}, which does neither and is the only class that reads that file. What is a letter or a digit is
 * decided by the Unicode of the running JDK.
 */
public final class ClipTokenizer implements Tokenizer {

    private static final int MODEL_MAX_LENGTH = 77;
    private static final String START = "<|startoftext|>";
    private static final String END = "<|endoftext|>";

    private static final String WORDS = "'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+";
    private static final Pattern FAST_WORDS = Pattern.compile(WORDS, Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern SLOW_WORDS = Pattern.compile(
            Pattern.quote(START) + "|" + Pattern.quote(END) + "|" + WORDS,
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.UNICODE_CHARACTER_CLASS);

    private static final Pattern BLANKS = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    /** {@code CLIPTokenizer.__init__} reads no more merges, whatever the file has. */
    private static final int MOST_MERGES = 49152 - 256 - 2;

    /** A longer prompt is not read to its end. */
    private static final int READ_CHARS = 1 << 16;

    private final Map<String, Integer> ids;
    private final BytePairs pairs;
    private final AddedTokens raw;
    private final AddedTokens normalized;
    private final UnaryOperator<String> clean;
    private final Pattern words;
    private final int unknown;
    private final Token start;
    private final Token end;
    private final Token pad;
    private final int modelMaxLength;

    private ClipTokenizer(
            TokenizerFolder folder,
            String file,
            JsonNode vocabulary,
            List<String> merges,
            List<AddedToken> added,
            boolean fast) {
        this.ids = new LinkedHashMap<>(folder.vocabulary(file, vocabulary));
        Map<String, AddedToken> found = new LinkedHashMap<>();
        added.forEach(token -> found.put(token.content(), token));
        found.forEach((content, token) -> ids.put(content, token.id()));
        String[] specials = {
            folder.special("bos_token", START),
            folder.special("eos_token", END),
            folder.special("unk_token", END),
            folder.special("pad_token", END)
        };
        for (String special : specials) {
            if (!ids.containsKey(special)) {
                throw new ModelException(folder.label(file) + " lacks the special token " + Names.quoted(special)
                        + ". Put the vocabulary there that the text encoder was trained with.");
            }
            found.computeIfAbsent(special, text -> AddedToken.plain(text, ids.get(text)));
        }
        this.start = new Token(specials[0], ids.get(specials[0]), Kind.SPECIAL);
        this.end = new Token(specials[1], ids.get(specials[1]), Kind.SPECIAL);
        this.unknown = ids.get(specials[2]);
        this.pad = new Token(specials[3], ids.get(specials[3]), Kind.PADDING);
        this.raw = new AddedTokens(found.values().stream()
                .filter(token -> !fast || !token.normalized())
                .toList());
        this.normalized = new AddedTokens(found.values().stream()
                .filter(token -> fast && token.normalized())
                .map(token -> token.normalized(ClipTokenizer::cleanFast))
                .toList());
        this.pairs = new BytePairs(merges);
        this.clean = fast ? ClipTokenizer::cleanFast : ClipTokenizer::cleanSlow;
        this.words = fast ? FAST_WORDS : SLOW_WORDS;
        this.modelMaxLength = folder.modelMaxLength(MODEL_MAX_LENGTH);
    }

    /**
     * From a folder with vocab.json and merges.txt, or with tokenizer.json; tokenizer_config.json and special_tokens_map.json
     * say the length of the row and the special tokens.
     *
     * @throws ModelException if a file is missing, damaged or of another kind of tokenizer
     */
    public static ClipTokenizer read(Path path) {
        TokenizerFolder folder = new TokenizerFolder(path);
        if (!folder.has("vocab.json") && folder.has("tokenizer.json")) {
            return readFast(folder);
        }
        return new ClipTokenizer(
                folder, "vocab.json", folder.json("vocab.json"), merges(folder), folder.added(), false);
    }

    private static ClipTokenizer readFast(TokenizerFolder folder) {
        String file = "tokenizer.json";
        JsonNode root = folder.json(file);
        JsonNode model = root.path("model");
        List<String> normalizers = new ArrayList<>();
        root.path("normalizer")
                .path("normalizers")
                .forEach(step -> normalizers.add(step.path("type").asText()));
        if (!model.path("type").asText("BPE").equals("BPE")
                || !model.path("end_of_word_suffix").asText().equals(BytePairs.END_OF_WORD)
                || !normalizers.equals(List.of("NFC", "Replace", "Lowercase"))) {
            throw new ModelException(folder.label(file) + " is not CLIP's: a byte pair encoding with </w>, after NFC,"
                    + " blanks and lower case. Put the tokenizer there that the text encoder was trained with.");
        }
        List<String> merges = new ArrayList<>();
        for (JsonNode merge : model.path("merges")) {
            merges.add(
                    merge.isArray()
                            ? merge.path(0).asText() + " " + merge.path(1).asText()
                            : merge.asText());
            checkMerge(folder, file, merges.get(merges.size() - 1), merges.size());
        }
        return new ClipTokenizer(
                folder, file, model.path("vocab"), merges, folder.added(file, root.path("added_tokens")), true);
    }

    /** As {@code CLIPTokenizer} reads them: whatever the first line says, it is the version. */
    private static List<String> merges(TokenizerFolder folder) {
        String[] lines = folder.text("merges.txt").strip().split("\\R");
        List<String> merges = new ArrayList<>();
        for (int i = 1; i < lines.length && i <= MOST_MERGES; i++) {
            merges.add(String.join(" ", lines[i].strip().split("\\s+")));
            checkMerge(folder, "merges.txt", merges.get(i - 1), i + 1);
        }
        return merges;
    }

    private static void checkMerge(TokenizerFolder folder, String file, String merge, int line) {
        int blank = merge.indexOf(' ');
        if (blank < 1 || blank == merge.length() - 1 || merge.indexOf(' ', blank + 1) >= 0) {
            throw new ModelException(folder.label(file) + " has the merge " + Names.quoted(merge) + " (number " + line
                    + "). Give two pieces with a blank between.");
        }
    }

    @Override
    public Tokens tokenize(WeightedPrompt prompt, int mostRows) {
        return new Row(List.of(start), List.of(end), pad, modelMaxLength).tokens(prompt, this::words, mostRows);
    }

    private List<Row.Word> words(String text) {
        String read = text.length() > READ_CHARS ? text.substring(0, READ_CHARS) : text;
        List<Row.Word> said = new ArrayList<>();
        for (AddedTokens.Part part : AddedTokens.split(read, raw, clean, normalized)) {
            if (part.token() != null) {
                Token token = new Token(part.text(), part.token().id(), Kind.WORD);
                said.add(new Row.Word(part.text(), List.of(token)));
            } else {
                words.matcher(part.text())
                        .results()
                        .map(MatchResult::group)
                        .forEach(word -> said.add(new Row.Word(word, spelled(word))));
            }
        }
        return said;
    }

    private List<Token> spelled(String word) {
        boolean whole = word.equals(START) || word.equals(END);
        return (whole ? List.of(word) : pairs.pieces(word))
                .stream()
                        .map(piece -> ids.containsKey(piece)
                                ? new Token(piece, ids.get(piece), Kind.WORD)
                                : new Token(piece, unknown, Kind.UNKNOWN))
                        .toList();
    }

    /** {@code BasicTokenizer} of transformers: no controls, blanks round Chinese characters, NFC, lower case word by word. */
    private static String cleanSlow(String text) {
        StringBuilder cleaned = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || Character.getType(c) == Character.SPACE_SEPARATOR) {
                cleaned.append(' ');
            } else if (isChinese(c)) {
                cleaned.append(' ').appendCodePoint(c).append(' ');
            } else if (c != 0xfffd && !isOther(c)) {
                cleaned.appendCodePoint(c);
            }
        });
        StringBuilder lower = new StringBuilder(cleaned.length());
        for (String word : BLANKS.split(Normalizer.normalize(cleaned, Normalizer.Form.NFC))) {
            lower.append(LowerCase.word(word)).append(' ');
        }
        return lower.toString();
    }

    private static String cleanFast(String text) {
        return LowerCase.characters(
                BLANKS.matcher(Normalizer.normalize(text, Normalizer.Form.NFC)).replaceAll(" "));
    }

    /** Of Unicode's general category C: control, format, surrogate, private use, unassigned. */
    private static boolean isOther(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }

    private static boolean isChinese(int c) {
        return c >= 0x4E00 && c <= 0x9FFF
                || c >= 0x3400 && c <= 0x4DBF
                || c >= 0x20000 && c <= 0x2A6DF
                || c >= 0x2A700 && c <= 0x2B73F
                || c >= 0x2B740 && c <= 0x2B81F
                || c >= 0x2B820 && c <= 0x2CEAF
                || c >= 0xF900 && c <= 0xFAFF
                || c >= 0x2F800 && c <= 0x2FA1F;
    }

    @Override
    public int modelMaxLength() {
        return modelMaxLength;
    }

    @Override
    public int vocabularySize() {
        return 1 + ids.values().stream().mapToInt(id -> id).max().orElse(-1);
    }

    /** None: every word can be spelled. */
    @Override
    public List<String> suggestions(String word) {
        return List.of();
    }
}
