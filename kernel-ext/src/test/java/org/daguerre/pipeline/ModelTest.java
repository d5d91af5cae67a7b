package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.daguerre.name.Names;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.Graphs;
import org.daguerre.onnx.ModelException;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelTest {

    private static final Path EXACT = Path.of("..", "models", "exact");
    private static final int TOKENS = 16;

    @TempDir
    Path temp;

    private Path folder;

    /** A copy of models/exact without its sums, to be spoilt. */
    @BeforeEach
    void copy() throws IOException {
        folder = FolderCopy.of(EXACT, temp.resolve("a model with blanks"));
    }

    private void unsigned() throws IOException {
        Files.delete(folder.resolve("SHA256SUMS"));
    }

    private String refusal() {
        ModelException error = assertThrows(ModelException.class, () -> Model.load(folder, Device.CPU));
        String message = error.getMessage();
        assertEquals(1, message.lines().count(), message);
        String beside = message.replace(Names.quoted(folder.toString()), "the folder as it was given");
        assertFalse(beside.contains(temp.toString()), message);
        assertTrue(message.matches("(?s).*[.:] [A-Z].+"), message);
        return message;
    }

    @Test
    void folderWithBlanksAndDotsInItsPathLoads() {
        Path around = folder.resolve("..").resolve(folder.getFileName());
        try (Model model = Model.load(around, Device.CPU)) {
            assertEquals("a model with blanks", model.name());
            assertTrue(model.card().verified());
            assertEquals(List.of(32, 32), model.card().pictureSize());
            assertEquals("apache-2.0", model.card().licence());
        }
    }

    @Test
    void oneChangedByteIsRefusedByName() throws IOException {
        Path graph = folder.resolve("unet").resolve("model.onnx");
        byte[] bytes = Files.readAllBytes(graph);
        bytes[bytes.length / 2] ^= 1;
        Files.write(graph, bytes);
        assertEquals(
                "unet/model.onnx is not the file that SHA256SUMS describes."
                        + " Download or export the model again; if you changed it yourself, delete SHA256SUMS.",
                refusal());
    }

    @ParameterizedTest
    @ValueSource(strings = {"no sum at all", "0000 *../secret"})
    void sumsThatAreNoSumsAreRefused(String line) throws IOException {
        Files.writeString(folder.resolve("SHA256SUMS"), line + "\n");
        refusal();
    }

    @Test
    void sumsThatAreNoFileOnDiskAreRefusedUnread() throws IOException {
        unsigned();
        Files.createSymbolicLink(folder.resolve("SHA256SUMS"), Path.of("/dev/null"));
        assertTrue(refusal().endsWith("/SHA256SUMS is no regular file. Give a file on disk."));
    }

    @Test
    void rootOfTheDiskIsNamedWhenItIsNoModel() {
        var error = assertThrows(ModelException.class, () -> ModelFolder.open(temp.getRoot()));
        assertTrue(error.getMessage().startsWith("folder '" + temp.getRoot() + "' has no model_index.json"));
    }

    @Test
    void sumsOfFilesOutsideTheFolderAreRefused() throws IOException {
        Files.writeString(folder.resolve("SHA256SUMS"), "0".repeat(64) + "  ../secret\n");
        refusal();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_index.json",
                "scheduler/scheduler_config.json",
                "tokenizer/vocab.json",
                "unet/config.json",
                "unet/model.onnx"
            })
    void fileThatTheSumsDoNotListIsRefused(String name) throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve("SHA256SUMS"));
        Files.write(
                folder.resolve("SHA256SUMS"),
                lines.stream().filter(line -> !line.endsWith(name)).toList());
        assertTrue(refusal().contains(Path.of(name).getFileName() + " is not listed in SHA256SUMS"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unet/model.onnx_data", "vae_decoder/model.onnx", "unet/deeper/weights"})
    void fileAddedToAComponentIsRefused(String name) throws IOException {
        Path added = folder.resolve(name);
        Files.createDirectories(added.getParent());
        Files.writeString(added, "added");
        assertTrue(refusal().contains(added.getFileName() + " is not listed in SHA256SUMS"));
    }

    @Test
    void fingerprintIsOfTheSumsOrElseOfTheFiles() throws IOException {
        Path sums = folder.resolve("SHA256SUMS");
        String signed = ModelFolder.open(folder).fingerprint();
        assertTrue(signed.matches("[0-9a-f]{64}"), signed);
        Files.writeString(sums, "\n", StandardOpenOption.APPEND);
        assertNotEquals(signed, ModelFolder.open(folder).fingerprint());

        unsigned();
        String before = ModelFolder.open(folder).fingerprint();
        assertEquals(before, ModelFolder.open(folder).fingerprint());
        Files.writeString(folder.resolve("unet").resolve("config.json"), "\n", StandardOpenOption.APPEND);
        assertNotEquals(before, ModelFolder.open(folder).fingerprint());
    }

    @Test
    void unlistedPictureBesideTheComponentsIsNoFault() throws IOException {
        Files.writeString(folder.resolve("picture.png"), "added");
        Model.load(folder, Device.CPU).close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_index.json",
                "scheduler/scheduler_config.json",
                "tokenizer/vocab.json",
                "tokenizer/tokenizer_config.json",
                "text_encoder/model.onnx",
                "unet/model.onnx"
            })
    void everyFileThatIsMissingEmptyOrAWebPageIsNamed(String name) throws IOException {
        unsigned();
        Path file = folder.resolve(name);
        byte[] good = Files.readAllBytes(file);
        Files.delete(file);
        assertTrue(refusal().contains(file.getFileName().toString()));
        Files.write(file, new byte[0]);
        assertTrue(refusal().contains(file.getFileName() + " is empty"));
        Files.writeString(file, "<!doctype html>");
        assertTrue(refusal().contains(file.getFileName() + " is a web page"));
        Files.writeString(file, "version https://git-lfs.github.com/spec/v1\n");
        assertTrue(refusal().contains(file.getFileName() + " is a Git-LFS pointer"));
        Files.writeString(file, "[1, 2");
        assertTrue(refusal().contains(file.getFileName().toString()));
        Files.write(file, good);
        Model.load(folder, Device.CPU).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "/etc", "a\\u0000b", ""})
    void componentsThatAreNoNamesAreRefused(String name) throws IOException {
        Files.writeString(folder.resolve("model_index.json"), "{\"" + name + "\": [\"diffusers\", \"UNet\"]}");
        assertTrue(refusal().contains("names the component"));
    }

    @Test
    void damagedModelKeepsNobodyFromTheOthers() throws IOException {
        Files.writeString(Files.createDirectory(temp.resolve("broken")).resolve("model_index.json"), "{");
        String before = System.setProperty("daguerre.models", temp.toString());
        try (Model model = Daguerre.model(folder.getFileName().toString())) {
            assertEquals(folder.getFileName().toString(), model.name());
            assertThrows(ModelException.class, () -> Daguerre.model("broken"));
            List<String> lines = Daguerre.listing();
            assertEquals(2, lines.size());
            assertTrue(lines.get(0).startsWith("a model with blanks: ")
                    && lines.get(0).contains("licence"));
            assertTrue(lines.get(1).startsWith("broken: damaged: broken/model_index.json is not JSON"), lines.get(1));
            assertEquals(1, lines.get(1).lines().count());
        } finally {
            if (before == null) {
                System.clearProperty("daguerre.models");
            } else {
                System.setProperty("daguerre.models", before);
            }
        }
    }

    @Test
    void archiveInPlaceOfAFolderIsSaidToBeAFile() throws IOException {
        Path archive = Files.write(temp.resolve("model.zip"), new byte[] {'P', 'K', 3, 4});
        var error = assertThrows(ModelException.class, () -> Model.load(archive, Device.CPU));
        assertTrue(error.getMessage().endsWith("is a file. Give the folder that holds model_index.json."));
    }

    @Test
    void indexWithAByteOrderMarkIsRead() throws IOException {
        unsigned();
        Path index = folder.resolve("model_index.json");
        Files.writeString(index, "\uFEFF" + Files.readString(index));
        Model.load(folder, Device.CPU).close();
    }

    @Test
    void indexOfFiftyMegabytesOrTenThousandLevelsIsRefused() throws IOException {
        unsigned();
        Path index = folder.resolve("model_index.json");
        Files.writeString(index, "{\"a\": \"" + "b".repeat(50 << 20) + "\"}");
        assertTrue(refusal().contains("is over 16 MB"));
        Files.writeString(index, "{\"a\": " + "[".repeat(10_000) + "]".repeat(10_000) + "}");
        assertTrue(refusal().contains("/model_index.json"));
    }

    /** What is refused half-way holds nothing: the same folder loads once it is whole. */
    @Test
    void folderThatIsStillBeingWrittenLoadsOnceItIsWhole() throws IOException {
        unsigned();
        Path graph = folder.resolve("text_encoder").resolve("model.onnx");
        byte[] whole = Files.readAllBytes(graph);
        Files.write(graph, Arrays.copyOf(whole, whole.length / 2));
        assertTrue(refusal().startsWith("text_encoder/model.onnx"));
        Files.write(graph, whole);
        Model.load(folder, Device.CPU).close();
    }

    @Test
    void swappedComponentsAreToldByWhatIsExpectedAndFound() throws IOException {
        unsigned();
        Path unet = folder.resolve("unet").resolve("model.onnx");
        Path encoder = folder.resolve("text_encoder").resolve("model.onnx");
        byte[] one = Files.readAllBytes(unet);
        Files.write(unet, Files.readAllBytes(encoder));
        assertTrue(refusal().startsWith("unet/model.onnx should have an input 'sample' with 4 axes"));
        Files.write(unet, one);
        Files.write(encoder, one);
        assertTrue(refusal().startsWith("text_encoder/model.onnx should have an input 'input_ids'"));
    }

    @Test
    void vocabularyOfAnotherModelIsRefused() throws IOException {
        unsigned();
        Files.writeString(
                folder.resolve("tokenizer").resolve("vocab.json"),
                "{\"<pad>\": 0, \"<unk>\": 1, \"<bos>\": 2, \"<eos>\": 3, \"red\": 4}");
        assertTrue(refusal().contains("has 5 pieces"));
    }

    /** Where no config.json says how many there are, the graph does. */
    @Test
    void vocabularyBeyondTheRowsOfTheEmbeddingIsRefused() throws IOException {
        unsigned();
        Files.deleteIfExists(folder.resolve("text_encoder").resolve("config.json"));
        Graphs.graph()
                .input("input_ids", DataType.INT32, "batch", "tokens")
                .weights("table", new float[4 * 16], 4, 16)
                .node("Cast", List.of("input_ids"), "ids", Graphs.whole("to", DataType.INT64.getNumber()))
                .node("Gather", List.of("table", "ids"), "last_hidden_state")
                .output("last_hidden_state", DataType.FLOAT, "batch", "tokens", 16)
                .write(folder.resolve("text_encoder").resolve("model.onnx"));
        assertTrue(
                refusal().startsWith("text_encoder/model.onnx has an embedding for 4 tokens, the tokenizer makes ids"));
    }

    @Test
    void sumsOfOverAMegabyteAreRefused() throws IOException {
        Files.writeString(folder.resolve("SHA256SUMS"), " ".repeat((1 << 20) + 1));
        assertTrue(refusal().contains("is over 1 MB"));
    }

    @Test
    void folderWithClipsTokenizerLoads() throws IOException {
        unsigned();
        Path index = folder.resolve("model_index.json");
        Files.writeString(index, Files.readString(index).replace("WordTokenizer", "CLIPTokenizer"));
        Path tokenizer = folder.resolve("tokenizer");
        Files.writeString(
                tokenizer.resolve("vocab.json"),
                "{\"<|startoftext|>\": 0, \"<|endoftext|>\": 1, \"r\": 2, \"ed</w>\": 3, \"e\": 4, \"d</w>\": 5}");
        assertTrue(refusal().startsWith("tokenizer/merges.txt is missing"));
        Files.writeString(tokenizer.resolve("merges.txt"), "#version: 0.2\ne d</w>");
        try (Model model = Model.load(folder, Device.CPU)) {
            assertEquals(
                    List.of(0, 2, 3, 1, 1),
                    model.tokens("Red").tokens().stream()
                            .limit(5)
                            .map(token -> token.id())
                            .toList());
            assertEquals(
                    TOKENS,
                    model.conditioning("red")
                            .values()
                            .get("encoder_hidden_states")
                            .shape()[1]);
        }
        Files.writeString(index, Files.readString(index).replace("CLIPTokenizer", "T5Tokenizer"));
        assertTrue(refusal().startsWith("tokenizer/tokenizer.json is missing"));
        Files.writeString(index, Files.readString(index).replace("T5Tokenizer", "BertTokenizer"));
        assertTrue(refusal().contains("has the tokenizer 'BertTokenizer', which is not known here. Known are: "));
        Files.writeString(index, Files.readString(index).replace("BertTokenizer", "two\\nlines"));
        assertTrue(refusal().contains("which is not known here"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "no-such-model", "../nowhere/at/all", "\u0000", "😀", "a\nb"})
    void unknownNamesAreRefusedInOneLine(String name) {
        var error = assertThrows(IllegalArgumentException.class, () -> Daguerre.model(name));
        assertEquals(1, error.getMessage().lines().count(), error.getMessage());
    }

    @Test
    void modelThatIsLoadedIsHandedOutAgainUntilItIsClosed() {
        Model first = Daguerre.model(folder.toString(), Device.CPU);
        assertEquals(first, Daguerre.model(folder.toString(), Device.CPU));
        first.close();
        try (Model second = Daguerre.model(folder.toString(), Device.CPU)) {
            assertFalse(second.isClosed());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "😀🍎 ünïcode \u202e \u0000", "<script>alert(1)</script> $$x$$"})
    void anyPromptIsRead(String prompt) {
        try (Model model = Model.load(folder, Device.CPU)) {
            assertEquals(TOKENS, model.tokens(prompt).size());
            assertTrue(model.prompt(prompt).steps(1).start().finish().pixels().isFinite());
        }
    }

    @Test
    void megabyteOfPromptIsReadAndItsEndIsSaidToBeDropped() {
        try (Model model = Model.load(folder, Device.CPU)) {
            Request request = model.prompt("red apple ".repeat(100_000)).steps(1);
            assertEquals(TOKENS - 2, request.tokens().words().size());
            assertFalse(request.tokens().dropped().isEmpty());
            assertTrue(request.start().finish().pixels().isFinite());
        }
    }

    @Test
    void wrongRequestsAreRefusedWithWhatMayBe() {
        try (Model model = Model.load(folder, Device.CPU)) {
            Request request = model.prompt("red");
            for (Runnable wrong : List.<Runnable>of(
                    () -> request.steps(0),
                    () -> request.steps(1001),
                    () -> request.count(0),
                    () -> request.count(1_000_000),
                    () -> request.guidance(Double.NaN),
                    () -> request.guidance(Double.POSITIVE_INFINITY),
                    () -> request.sampler("ddmi"),
                    () -> request.schedule("cosin"),
                    () -> request.spacing("leadin"),
                    () -> request.size(64, 32))) {
                var error = assertThrows(IllegalArgumentException.class, wrong::run);
                assertEquals(1, error.getMessage().lines().count(), error.getMessage());
            }
        }
    }

    @Test
    void generationGoesBackBranchesAndCarriesWhatMadeIt() {
        try (Model model = Model.load(folder, Device.CPU)) {
            Generation generation =
                    model.prompt("cups").steps(6).seed(3).start().step(4);
            Tensor before = generation.pixels();
            Generation branch = generation.branch().step(2);
            generation.back(2).step(2);

            assertEquals(before, generation.pixels());
            assertTrue(branch.done());
            assertEquals(branch.pixels(), generation.finish().pixels());
            assertEquals(6, branch.path().size());
            assertEquals("cups", branch.picture().parameters().get("prompt"));
            assertEquals("3", branch.picture().parameters().get("seed"));
        }
    }

    @Test
    void interruptLeavesTheRunAtItsLastStepAndItGoesOn() {
        try (Model model = Model.load(folder, Device.CPU)) {
            Generation generation = model.prompt("cups").steps(6).start().step(2);
            Thread.currentThread().interrupt();
            assertThrows(CancellationException.class, generation::finish);
            assertEquals(2, generation.run().trajectory().length());
            assertEquals(
                    model.prompt("cups").steps(6).start().finish().pixels(),
                    generation.finish().pixels());
        }
    }

    @Test
    void closedModelAnswersWithASentence() {
        Model model = Model.load(folder, Device.CPU);
        Generation generation = model.prompt("cups").steps(3).start();
        model.close();
        var error = assertThrows(IllegalStateException.class, generation::finish);
        assertTrue(error.getMessage().contains("is closed"), error.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-32", "4097", "1e99", "99999999999", "3.5", "\"32\"", "[32, 32]", "true"})
    void stateOfNoUsableSizeIsRefused(String sampleSize) throws IOException {
        unsigned();
        open("sample", "batch", 3, "height", "width")
                .input("timestep", DataType.FLOAT)
                .input("encoder_hidden_states", DataType.FLOAT, "batch", TOKENS, 16)
                .node("Identity", List.of("sample"), "out_sample")
                .output("out_sample", DataType.FLOAT, "batch", 3, "height", "width")
                .write(folder.resolve("unet").resolve("model.onnx"));
        Path config = folder.resolve("unet").resolve("config.json");
        Files.writeString(config, "{\"sample_size\": " + sampleSize + "}");
        String refusal = refusal();
        assertTrue(refusal.contains("has the sample_size '") && refusal.contains("1 to 4096"), refusal);
        Files.writeString(config, "{\"sample_size\": 24}");
        try (Model model = Model.load(folder, Device.CPU)) {
            assertEquals(List.of(24, 24), model.card().pictureSize());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"scaling_factor\": 0",
                "\"scaling_factor\": -0.0",
                "\"scaling_factor\": 1e999",
                "\"scaling_factor\": \"one\"",
                "\"shift_factor\": \"NaN\"",
                "\"shift_factor\": [0]"
            })
    void factorOfTheVaeThatMakesNoNumbersIsRefused(String factor) throws IOException {
        unsigned();
        Path decoder = folder.resolve("vae_decoder");
        open("latent_sample", "batch", 3, "height", "width")
                .node("Identity", List.of("latent_sample"), "sample")
                .output("sample", DataType.FLOAT, "batch", 3, "height", "width")
                .write(decoder.resolve("model.onnx"));
        Files.writeString(decoder.resolve("config.json"), "{" + factor + "}");
        assertTrue(refusal().startsWith("vae_decoder/config.json of model 'a model with blanks' has the "));
        Files.writeString(decoder.resolve("config.json"), "{\"scaling_factor\": 0.5, \"shift_factor\": 0}");
        Model.load(folder, Device.CPU).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"latents_mean", "latents_std"})
    void factorForEveryChannelIsRefused(String name) throws IOException {
        unsigned();
        Path decoder = folder.resolve("vae_decoder");
        open("latent_sample", "batch", 3, "height", "width")
                .node("Identity", List.of("latent_sample"), "sample")
                .output("sample", DataType.FLOAT, "batch", 3, "height", "width")
                .write(decoder.resolve("model.onnx"));
        Files.writeString(decoder.resolve("config.json"), "{\"" + name + "\": [0.5, 0.5, 0.5]}");
        assertTrue(refusal().contains("has " + name + ", a factor for every channel"));
    }

    /** The file has a hole in it and takes no room. */
    @Test
    void networksLargerThanTheMemoryAreRefusedUnread() throws IOException {
        unsigned();
        long memory = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
        try (RandomAccessFile weights = new RandomAccessFile(
                folder.resolve("unet").resolve("model.onnx").toFile(), "rw")) {
            weights.setLength(memory + 1);
        }
        assertTrue(refusal().contains("GB of networks, and this machine has"));
    }

    private static Graphs open(String input, Object... axes) {
        return Graphs.graph().input(input, DataType.FLOAT, axes);
    }

    /** A one-layer network with a cross-attention of two heads, and a self-attention that is none. */
    static Graphs attending(boolean cross) {
        int heads = 2;
        int dim = 4;
        float[] query = new float[3 * heads * dim];
        float[] key = new float[16 * heads * dim];
        float[] value = new float[16 * 3];
        for (int i = 0; i < query.length; i++) {
            query[i] = (float) StrictMath.sin(i);
        }
        for (int i = 0; i < key.length; i++) {
            key[i] = (float) StrictMath.sin(2 * i) * 1e-9f;
        }
        for (int i = 0; i < value.length; i++) {
            value[i] = (float) StrictMath.sin(3 * i) * 1e-9f;
        }
        Graphs graph = Graphs.graph()
                .input("sample", DataType.FLOAT, "batch", 3, 32, 32)
                .input("timestep", DataType.FLOAT)
                .input("encoder_hidden_states", DataType.FLOAT, "batch", TOKENS, 16)
                .weights("wq", query, 3, heads * dim)
                .weights("wk", key, 16, heads * dim)
                .weights("wv", value, 16, 3)
                .weights("scale", new float[] {0.5f})
                .weights("flat", new long[] {0, 3, 1024}, 3)
                .weights("split", new long[] {0, 0, heads, dim}, 4)
                .weights("unflat", new long[] {0, 3, 32, 32}, 4)
                .weights("one", new long[] {1}, 1)
                .node("Reshape", List.of("sample", "flat"), "pixels")
                .node("Transpose", List.of("pixels"), "rows", Graphs.ints("perm", 0, 2, 1))
                .node("MatMul", List.of("rows", "wq"), "q")
                .node("Reshape", List.of("q", "split"), "q_split")
                .node("Transpose", List.of("q_split"), "q_heads", Graphs.ints("perm", 0, 2, 1, 3))
                .node("MatMul", List.of("encoder_hidden_states", "wk"), "k")
                .node("Reshape", List.of("k", "split"), "k_split")
                .node("Transpose", List.of("k_split"), "k_heads", Graphs.ints("perm", 0, 2, 3, 1));
        if (!cross) {
            return graph.node("Identity", List.of("sample"), "out_sample")
                    .output("out_sample", DataType.FLOAT, "batch", 3, 32, 32);
        }
        return graph.node("MatMul", List.of("q_heads", "k_heads"), "scores")
                .node("Mul", List.of("scores", "scale"), "scaled")
                .node("Softmax", List.of("scaled"), "/mid_block/attn2/Softmax", Graphs.whole("axis", -1))
                .node("Transpose", List.of("q_heads"), "q_back", Graphs.ints("perm", 0, 1, 3, 2))
                .node("MatMul", List.of("q_heads", "q_back"), "self_scores")
                .node("Softmax", List.of("self_scores"), "/mid_block/attn1/Softmax", Graphs.whole("axis", -1))
                .node("ReduceMean", List.of("/mid_block/attn2/Softmax", "one"), "mean", Graphs.whole("keepdims", 0))
                .node("MatMul", List.of("encoder_hidden_states", "wv"), "v")
                .node("MatMul", List.of("mean", "v"), "attended")
                .node("Transpose", List.of("attended"), "channels", Graphs.ints("perm", 0, 2, 1))
                .node("Reshape", List.of("channels", "unflat"), "update")
                .node("Add", List.of("sample", "update"), "out_sample")
                .output("out_sample", DataType.FLOAT, "batch", 3, 32, 32);
    }
}
