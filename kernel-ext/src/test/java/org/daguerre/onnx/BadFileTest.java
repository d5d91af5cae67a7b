package org.daguerre.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BadFileTest {

    @TempDir
    Path temp;

    private Path file;

    @BeforeEach
    void folder() throws IOException {
        file = Files.createDirectories(temp.resolve("unet")).resolve("model.onnx");
    }

    /** One line, the file's name without the folders above it, and what to do. */
    private String refusal() {
        ModelException error = assertThrows(ModelException.class, () -> OnnxModel.load(file, Device.CPU));
        String message = error.getMessage();
        assertEquals(1, message.lines().count(), message);
        assertTrue(message.startsWith("unet/model.onnx"), message);
        assertFalse(message.contains(temp.toString()), message);
        assertTrue(message.matches(".*[.:] [A-Z].+"), message);
        return message;
    }

    private void write(String text) throws IOException {
        Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void missingFileIsSaidToBeMissing() {
        assertTrue(refusal().contains("is missing"));
    }

    @Test
    void emptyFileIsSaidToBeEmpty() throws IOException {
        write("");
        assertTrue(refusal().contains("is empty"));
    }

    @Test
    void folderIsSaidToBeAFolder() throws IOException {
        Files.createDirectory(file);
        assertTrue(refusal().contains("is a folder"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<!DOCTYPE html><p>", "\n  <HTML lang=en>", "<?xml version='1.0'?>"})
    void webPageIsSaidToBeOne(String page) throws IOException {
        write(page);
        assertTrue(refusal().contains("is a web page"));
    }

    @Test
    void gitLfsPointerIsNamedWithItsCommand() throws IOException {
        write("version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 6921413\n");
        assertTrue(refusal().contains("git lfs pull"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello, I am a model", "PK\u0003\u0004", "\b\b\b\b", "{\"json\": true}"})
    void anythingElseIsNoOnnx(String text) throws IOException {
        write(text);
        assertTrue(refusal().contains("is no ONNX"));
    }

    private Graphs adding() {
        return Graphs.graph()
                .input("x", DataType.FLOAT, 2)
                .node("Add", List.of("x", "w"), "y")
                .output("y", DataType.FLOAT, 2);
    }

    @Test
    void fileCutShortAnywhereIsRefusedOrAnswersNothingWrong() throws IOException {
        byte[] whole = adding().weights("w", new float[] {1, 2}, 2).model().toByteArray();
        for (int length = 1; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            refusal();
        }
    }

    @Test
    void flippedBytesNeverEndTheProcess() throws IOException {
        byte[] whole = adding().weights("w", new float[] {1, 2}, 2).model().toByteArray();
        int refused = 0;
        for (int i = 0; i < whole.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 0x55;
            Files.write(file, flipped);
            try (OnnxModel model = OnnxModel.load(file, Device.CPU)) {
                model.run(Map.of("x", Tensor.zeros(2)), "y");
            } catch (IllegalArgumentException e) {
                refused++;
            }
        }
        assertTrue(refused > whole.length / 4, refused + " of " + whole.length);
    }

    @Test
    void unknownOperationIsToldInOneLineWithoutSourceCode() {
        Graphs.graph()
                .input("x", DataType.FLOAT, 2)
                .node("Conjure", List.of("x"), "y")
                .output("y", DataType.FLOAT, 2)
                .write(file);
        String message = refusal();
        assertTrue(message.contains("Conjure"), message);
        assertFalse(message.contains(".cc"), message);
    }

    @Test
    void negativeAxisOfAWeightIsRefused() {
        adding().weights("w", new float[] {1, 2}, -2).write(file);
        assertTrue(refusal().contains("[-2]"));
    }

    private static TensorProto.Builder stored(Map<String, String> entries) {
        TensorProto.Builder weight = TensorProto.newBuilder()
                .setName("w")
                .setDataType(DataType.FLOAT.getNumber())
                .addDims(2)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL);
        entries.forEach((key, value) -> weight.addExternalData(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return weight;
    }

    private void external(Map<String, String> entries) {
        adding().weights(stored(entries).build()).write(file);
    }

    private Path outside() throws IOException {
        return Files.write(temp.resolve("secret"), new byte[8]);
    }

    @Test
    void weightsBesideTheGraphAreRead() throws IOException {
        Files.write(file.resolveSibling("model.onnx_data"), new byte[8]);
        external(Map.of("location", "model.onnx_data", "offset", "0", "length", "8"));
        Tensor x = Tensor.of(new float[] {3, 4}, 2);
        try (OnnxModel model = OnnxModel.load(file, Device.CPU)) {
            assertEquals(x, model.run(Map.of("x", x), "y"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "sub/../../secret", "/etc/hostname", "", "."})
    void weightsOutsideTheFolderAreRefused(String location) throws IOException {
        outside();
        external(Map.of("location", location));
        assertTrue(refusal().contains("'w'"));
    }

    @Test
    void sparseWeightsOutsideTheFolderAreRefused() throws IOException {
        outside();
        SparseTensorProto sparse = SparseTensorProto.newBuilder()
                .setValues(stored(Map.of("location", "../secret")))
                .build();
        Files.write(
                file,
                adding().model().toBuilder()
                        .mergeGraph(GraphProto.newBuilder()
                                .addSparseInitializer(sparse)
                                .build())
                        .build()
                        .toByteArray());
        assertTrue(refusal().contains("outside"));
    }

    @Test
    void symbolicAndHardLinksToOtherFilesAreRefused() throws IOException {
        Path link = file.resolveSibling("link");
        external(Map.of("location", "link"));
        Files.createSymbolicLink(link, outside());
        assertTrue(refusal().contains("link out of"));
        Files.delete(link);
        Files.createLink(link, outside());
        assertTrue(refusal().contains("hard link"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"9", "-1", "9223372036854775807", "eight"})
    void weightsShorterThanSaidAreRefused(String length) throws IOException {
        Files.write(file.resolveSibling("data"), new byte[8]);
        external(Map.of("location", "data", "length", length));
        refusal();
    }

    @Test
    void missingWeightsAreNamed() {
        external(Map.of("location", "model.onnx_data"));
        assertTrue(refusal().contains("'model.onnx_data', which is missing"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void pipeInTheFolderIsRefusedUnopened() throws Exception {
        Path pipe = file.resolveSibling("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        external(Map.of("location", "pipe"));
        assertTrue(refusal().contains("is no regular file"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "8", "-8", "9223372036854775807"})
    void weightsThatBeginElsewhereThanSaidAreRefused(String offset) throws IOException {
        Files.write(file.resolveSibling("data"), new byte[8]);
        external(Map.of("location", "data", "offset", offset, "length", "8"));
        refusal();
    }

    @Test
    void externalWeightsShorterThanTheirShapeAreRefused() throws IOException {
        Files.write(file.resolveSibling("data"), new byte[7]);
        external(Map.of("location", "data"));
        assertTrue(refusal().contains("needs more"));
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 1L << 40, Long.MAX_VALUE})
    void weightsLargerThanTheFileHasOfThemAreRefused(long axis) {
        adding().weights("w", new float[] {1, 2}, axis).write(file);
        assertTrue(refusal().contains("more than the file has of it"));
    }

    /** protobuf may write numbers one by one instead of in a row. */
    @Test
    void weightsWrittenNumberByNumberAreRead() throws IOException {
        byte[] floats = {0x25, 0, 0, (byte) 0x80, 0x3f, 0x25, 0, 0, 0, 0x40}; // field 4, a float: twice
        TensorProto described = TensorProto.newBuilder()
                .setName("w")
                .setDataType(DataType.FLOAT.getNumber())
                .addDims(2)
                .build();
        ByteArrayOutputStream weight = new ByteArrayOutputStream();
        weight.write(described.toByteArray());
        weight.write(floats);
        ByteArrayOutputStream model = new ByteArrayOutputStream();
        model.write(adding().model().toByteArray());
        model.write(new byte[] {0x3a, (byte) (weight.size() + 2), 0x2a, (byte) weight.size()}); // graph, initializer
        model.write(weight.toByteArray());
        Files.write(file, model.toByteArray());
        try (OnnxModel read = OnnxModel.load(file, Device.CPU)) {
            assertEquals(Tensor.of(new float[] {1, 2}, 2), read.run(Map.of("x", Tensor.zeros(2)), "y"));
        }
    }

    @Test
    void productOfAxesBeyondSixtyFourBitsIsRefused() {
        adding().weights("w", new float[] {1, 2}, 1L << 33, 1L << 33).write(file);
        assertTrue(refusal().contains("more than the file has of it"));
    }

    private void filling(String op, List<String> inputs) {
        Graphs.graph()
                .input("x", DataType.FLOAT, 1)
                .weights("shape", new long[] {1 << 20, 1 << 20}, 2)
                .node(op, inputs, "y")
                .output("y", DataType.FLOAT, "a", "b")
                .write(file);
    }

    @Test
    void tensorsMadeLargeOutOfNothingAreRefused() {
        filling("ConstantOfShape", List.of("shape"));
        assertTrue(refusal().contains("ConstantOfShape"));
        filling("Expand", List.of("x", "shape"));
        assertTrue(refusal().contains("Expand"));
        Graphs.graph()
                .node("RandomNormal", List.of(), "y", Graphs.ints("shape", 1 << 20, 1 << 20))
                .output("y", DataType.FLOAT, "a", "b")
                .write(file);
        assertTrue(refusal().contains("RandomNormal"));
    }

    private void resizing(String scales) {
        Graphs.graph()
                .input("x", DataType.FLOAT, 1, 1, 2, 2)
                .input("computed", DataType.FLOAT, "n")
                .weights("stored", new float[] {1, 1, 2, 2}, 4)
                .weights("long", new float[256], 256)
                .weights("half", new float[] {1, 1}, 2)
                .node("Concat", List.of("half", "half"), "joined", Graphs.whole("axis", 0))
                .node("Cast", List.of("joined"), "cast", Graphs.whole("to", DataType.FLOAT.getNumber()))
                .node("Resize", List.of("x", "", scales), "y")
                .output("y", DataType.FLOAT, "a", "b", "c", "d")
                .write(file);
    }

    /** Of 256 numbers, ONNX Runtime 1.28 ends the process. */
    @ParameterizedTest
    @ValueSource(strings = {"computed", "long", "x"})
    void scalesThatAreNoShortStoredListAreRefused(String scales) {
        resizing(scales);
        assertTrue(refusal().contains("resizes by the scales '" + scales + "'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"stored", "joined", "cast"})
    void storedScalesAreRead(String scales) {
        resizing(scales);
        OnnxModel.load(file, Device.CPU).close();
    }

    private void write(ModelProto.Builder model) throws IOException {
        Files.write(file, model.build().toByteArray());
    }

    private ModelProto.Builder whole() {
        return adding().weights("w", new float[] {1, 2}, 2).model().toBuilder();
    }

    @Test
    void newerOperatorSetAndIrAreToldWithBothVersions() throws IOException {
        write(whole().setOpsetImport(0, OperatorSetIdProto.newBuilder().setVersion(GraphLimits.NEWEST_OPSET + 1)));
        assertTrue(refusal().contains("operator set 27, and this ONNX Runtime has up to 26"));
        write(whole().setIrVersion(GraphLimits.NEWEST_IR + 1));
        assertTrue(refusal().contains("IR version 14, and this ONNX Runtime reads up to 13"));
    }

    @Test
    void newestOperatorSetAndIrAreRead() throws IOException {
        write(whole().setOpsetImport(0, OperatorSetIdProto.newBuilder().setVersion(GraphLimits.NEWEST_OPSET))
                .setIrVersion(GraphLimits.NEWEST_IR));
        try (OnnxModel model = OnnxModel.load(file, Device.CPU)) {
            assertEquals(Tensor.of(new float[] {1, 2}, 2), model.run(Map.of("x", Tensor.zeros(2)), "y"));
        }
    }

    @Test
    void operatorOfAnotherLibraryIsNamedWithItsDomain() throws IOException {
        ModelProto.Builder model = whole();
        model.getGraphBuilder().getNodeBuilder(0).setOpType("CLIPTokenizer").setDomain("ai.onnx.contrib");
        write(model);
        assertTrue(refusal().contains("'CLIPTokenizer' of the domain 'ai.onnx.contrib'"));
    }

    private static NodeProto node(String domain, String op, String in, String out) {
        return NodeProto.newBuilder()
                .setDomain(domain)
                .setOpType(op)
                .addInput(in)
                .addOutput(out)
                .build();
    }

    private static FunctionProto.Builder function(String name) {
        return FunctionProto.newBuilder()
                .setDomain("own")
                .setName(name)
                .addInput("a")
                .addOutput("c")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(18))
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1));
    }

    /** A graph that calls the first of some functions. */
    private void calling(FunctionProto... functions) throws IOException {
        ModelProto model = Graphs.graph()
                .input("x", DataType.FLOAT, 2)
                .output("y", DataType.FLOAT, 2)
                .model();
        write(model.toBuilder()
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1))
                .setGraph(model.getGraph().toBuilder().addNode(node("own", functions[0].getName(), "x", "y")))
                .addAllFunctions(List.of(functions)));
    }

    @Test
    void functionsOfTheFileItselfAreNoForeignOperators() throws IOException {
        calling(function("twice")
                .addNode(node("", "Neg", "a", "b"))
                .addNode(node("", "Neg", "b", "c"))
                .build());
        try (OnnxModel model = OnnxModel.load(file, Device.CPU)) {
            Tensor x = Tensor.of(new float[] {3, 4}, 2);
            assertEquals(x, model.run(Map.of("x", x), "y"));
        }
    }

    /** Each of thirty functions calls the next one twice: 2^30 nodes in a file of three kilobytes. */
    @Test
    void functionsThatMultiplyAreRefusedBeforeTheyAreUnfolded() throws IOException {
        FunctionProto[] functions = new FunctionProto[30];
        for (int i = 0; i < functions.length; i++) {
            String domain = i + 1 < functions.length ? "own" : "";
            String op = domain.isEmpty() ? "Neg" : "f" + (i + 1);
            functions[i] = function("f" + i)
                    .addNode(node(domain, op, "a", "b"))
                    .addNode(node(domain, op, "b", "c"))
                    .build();
        }
        calling(functions);
        assertTrue(refusal().contains("nodes"));
        calling(function("f0").addNode(node("own", "f0", "a", "c")).build());
        assertTrue(refusal().contains("uses itself"));
    }

    private static Graphs chain(int length) {
        Graphs graph = Graphs.graph().input("v0", DataType.FLOAT, 2);
        for (int i = 0; i < length; i++) {
            graph.node("Neg", List.of("v" + i), "v" + (i + 1));
        }
        return graph.output("v" + length, DataType.FLOAT, 2);
    }

    @Test
    void chainOfAHundredThousandNodesIsRefused() {
        chain(100_000).write(file);
        assertTrue(refusal().contains("over 50000 nodes"));
    }

    /** Loop with no count and a condition that stays true. */
    @Test
    void endlessLoopEndsWhenItIsInterrupted() throws Exception {
        ModelProto body = Graphs.graph()
                .input("i", DataType.INT64)
                .input("go", DataType.BOOL)
                .input("v", DataType.FLOAT, 2)
                .node("Identity", List.of("go"), "on")
                .node("Neg", List.of("v"), "w")
                .output("on", DataType.BOOL)
                .output("w", DataType.FLOAT, 2)
                .model();
        AttributeProto loop = AttributeProto.newBuilder()
                .setName("body")
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(body.getGraph())
                .build();
        Graphs.graph()
                .input("x", DataType.FLOAT, 2)
                .weights(TensorProto.newBuilder()
                        .setName("yes")
                        .setDataType(DataType.BOOL.getNumber())
                        .addInt32Data(1)
                        .build())
                .node("Loop", List.of("", "yes", "x"), "y", loop)
                .output("y", DataType.FLOAT, 2)
                .write(file);
        try (OnnxModel model = OnnxModel.load(file, Device.CPU)) {
            CompletableFuture<Throwable> ended = new CompletableFuture<>();
            Thread asking = new Thread(() -> {
                try {
                    model.run(Map.of("x", Tensor.zeros(2)), "y");
                    ended.complete(null);
                } catch (Throwable e) {
                    ended.complete(e);
                }
            });
            asking.start();
            while (asking.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            asking.interrupt();
            assertTrue(ended.get(30, TimeUnit.SECONDS) instanceof CancellationException);
        }
    }

    @Test
    void graphThatRunsInACircleIsRefused() {
        Graphs.graph()
                .input("x", DataType.FLOAT, 2)
                .node("Add", List.of("x", "b"), "a")
                .node("Neg", List.of("a"), "b")
                .output("b", DataType.FLOAT, 2)
                .write(file);
        refusal();
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 400})
    void branchesInBranchesAreRefusedOrLoaded(int depth) throws IOException {
        GraphProto inner = chain(1).model().getGraph().toBuilder().clearInput().build();
        for (int i = 0; i < depth; i++) {
            AttributeProto.Builder branch = AttributeProto.newBuilder()
                    .setType(AttributeProto.AttributeType.GRAPH)
                    .setG(inner);
            inner = GraphProto.newBuilder()
                    .setName("branch")
                    .addNode(NodeProto.newBuilder()
                            .setOpType("If")
                            .addInput("yes")
                            .addOutput("v1")
                            .addAttribute(branch.setName("then_branch"))
                            .addAttribute(branch.clone().setName("else_branch")))
                    .addOutput(inner.getOutput(0))
                    .build();
            if (inner.getSerializedSize() > 1 << 22) {
                break; // both branches hold the next: 2^depth
            }
        }
        write(chain(1).model().toBuilder()
                .setGraph(inner.toBuilder().addInput(chain(1).model().getGraph().getInput(0))));
        refusal();
    }

    /** ONNX Runtime maps weights beside a graph into memory for as long as their session is open; Linux lists the maps. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void refusedGraphLeavesNoSessionOpen() throws IOException {
        int values = 1 << 18;
        Files.write(file.resolveSibling("weights"), new byte[4 * values]);
        TensorProto weights =
                stored(Map.of("location", "weights")).setDims(0, values).build();
        Graphs.graph()
                .input("x", DataType.FLOAT, values)
                .node("Add", List.of("x", "w"), "y")
                .output("y", DataType.FLOAT, values)
                .weights(weights)
                .write(file);
        try (OnnxModel open = OnnxModel.load(file, Device.CPU)) {
            assertTrue(weightsAreMapped(), open.toString());
        }
        assertFalse(weightsAreMapped());
        Graphs.graph()
                .input("x", DataType.FLOAT, values)
                .node("Less", List.of("x", "w"), "y")
                .output("y", DataType.BOOL, values)
                .weights(weights)
                .write(file);
        assertTrue(refusal().contains("has element type BOOL"));
        assertFalse(weightsAreMapped());
    }

    private boolean weightsAreMapped() throws IOException {
        String weights = file.resolveSibling("weights").toRealPath().toString();
        return Files.readAllLines(Path.of("/proc/self/maps")).stream().anyMatch(line -> line.endsWith(weights));
    }

    @Test
    void cudaOnTheCpuBuildIsRefusedAndAutoFallsBackWithTheReason() {
        adding().weights("w", new float[] {1, 2}, 2).write(file);
        var error = assertThrows(ModelException.class, () -> OnnxModel.load(file, Device.of("cuda:0")));
        assertTrue(error.getMessage().startsWith("device cuda:0 cannot be used: "), error.getMessage());
        try (OnnxModel model = OnnxModel.load(file, Device.AUTO)) {
            assertTrue(model.provider().toString().startsWith("cpu (no CUDA: "), model.toString());
        }
    }
}
