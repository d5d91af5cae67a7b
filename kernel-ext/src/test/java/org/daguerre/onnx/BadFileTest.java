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
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import com.sun.management.OperatingSystemMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
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

    /** Wherever a tensor may stand: in an attribute, in a list of them, in a branch, behind a function. */
    @Test
    void weightsInsideNodesAreLookedForOutsideTheFolderToo() throws IOException {
        outside();
        TensorProto secret = stored(Map.of("location", "../secret")).build();
        AttributeProto tensors = AttributeProto.newBuilder()
                .setName("values")
                .setType(AttributeProto.AttributeType.TENSORS)
                .addTensors(secret)
                .build();
        AttributeProto inBranch = branch(GraphProto.newBuilder().addInitializer(secret));
        AttributeProto graphs = AttributeProto.newBuilder()
                .setName("bodies")
                .setType(AttributeProto.AttributeType.GRAPHS)
                .addGraphs(GraphProto.newBuilder().addInitializer(secret))
                .build();
        for (AttributeProto attribute : List.of(value(secret), tensors, inBranch, graphs)) {
            NodeProto node = node("", "Neg", "x", "z").toBuilder()
                    .addAttribute(attribute)
                    .build();
            ModelProto.Builder inGraph = whole();
            inGraph.getGraphBuilder().addNode(node);
            ModelProto.Builder inFunction =
                    whole().addFunctions(function("f").addNode(node).addNode(node("", "Neg", "a", "c")));
            for (ModelProto.Builder model : List.of(inGraph, inFunction)) {
                write(model);
                assertTrue(refusal().contains("outside"));
            }
        }
        write(whole().addFunctions(
                        function("f").addAttributeProto(value(secret)).addNode(node("", "Neg", "a", "c"))));
        assertTrue(refusal().contains("outside"));
    }

    /** The file has a hole in it and takes no room. */
    @Test
    void weightsLargerThanTheMemoryAreRefused() throws IOException {
        long memory = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
        long values = memory / Float.BYTES + 1;
        try (RandomAccessFile weights =
                new RandomAccessFile(file.resolveSibling("data").toFile(), "rw")) {
            weights.setLength(values * Float.BYTES);
        }
        adding().weights(stored(Map.of("location", "data")).setDims(0, values).build())
                .write(file);
        assertTrue(refusal().contains("has weights of over"));
    }

    /** It says so before any of it is read. */
    @Test
    void structureOfMoreThanAQuarterOfAGigabyteIsRefused() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeInt64(ModelProto.IR_VERSION_FIELD_NUMBER, 8);
        out.writeTag(ModelProto.GRAPH_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(300 << 20);
        out.writeTag(GraphProto.NODE_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag((256 << 20) + 1);
        out.flush();
        Files.write(file, bytes.toByteArray());
        assertTrue(refusal().contains("has over 256 MB of nodes and constants"));
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
        filling("Tile", List.of("x", "shape"));
        assertTrue(refusal().contains("Tile"));
    }

    @Test
    void shapesBehindOtherNodesAreFollowed() {
        for (List<String> by : List.of(List.of("Identity", "shape"), List.of("Concat", "half", "half"))) {
            Graphs.graph()
                    .weights("shape", new long[] {1 << 20, 1 << 20}, 2)
                    .weights("half", new long[] {1 << 20}, 1)
                    .node(by.get(0), by.subList(1, by.size()), "told", Graphs.whole("axis", 0))
                    .node("ConstantOfShape", List.of("told"), "y")
                    .output("y", DataType.FLOAT, "a", "b")
                    .write(file);
            var error = assertThrows(ModelException.class, () -> OnnxGraph.read(file));
            assertTrue(error.getMessage().contains("fills [1048576, 1048576]"), error.getMessage());
        }
    }

    @Test
    void manyFillsAreSummed() {
        Graphs graph = Graphs.graph().weights("shape", new long[] {1 << 26}, 1);
        for (int i = 0; i < 5; i++) {
            graph.node("ConstantOfShape", List.of("shape"), "z" + i);
        }
        graph.output("z0", DataType.FLOAT, "a").write(file);
        var error = assertThrows(ModelException.class, () -> OnnxGraph.read(file));
        assertTrue(error.getMessage().contains("in all over 1 GB"), error.getMessage());
    }

    @Test
    void largerOfTwoShapesWithOneNameCounts() throws IOException {
        TensorProto small = TensorProto.newBuilder()
                .setDataType(DataType.INT64.getNumber())
                .addDims(1)
                .addInt64Data(1)
                .build();
        ModelProto.Builder model = Graphs.graph()
                .weights("shape", new long[] {1L << 40}, 1)
                .node("ConstantOfShape", List.of("shape"), "y")
                .output("y", DataType.FLOAT, "a")
                .model()
                .toBuilder();
        write(model.addFunctions(function("f")
                .addNode(NodeProto.newBuilder()
                        .setOpType("Constant")
                        .addOutput("shape")
                        .addAttribute(value(small)))
                .addNode(node("", "Neg", "a", "c"))));
        assertThrows(ModelException.class, () -> OnnxGraph.read(file));
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

    private static TensorProto ones(String name, int count) {
        TensorProto.Builder ones = TensorProto.newBuilder()
                .setName(name)
                .setDataType(DataType.FLOAT.getNumber())
                .addDims(count);
        IntStream.range(0, count).forEach(i -> ones.addFloatData(1));
        return ones.build();
    }

    private static AttributeProto value(TensorProto tensor) {
        return AttributeProto.newBuilder()
                .setName("value")
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(tensor)
                .build();
    }

    private static NodeProto constant(String name, int count) {
        return NodeProto.newBuilder()
                .setOpType("Constant")
                .addOutput(name)
                .addAttribute(value(ones(name, count)))
                .build();
    }

    private static NodeProto resize(String in, String scales, String out) {
        return node("", "Resize", in, out).toBuilder()
                .addInput("")
                .addInput(scales)
                .build();
    }

    /** A graph that calls 'f' and resizes by 's', which are 256 numbers and which it is given besides. */
    private static ModelProto.Builder scaling() {
        ModelProto.Builder model = Graphs.graph()
                .input("x", DataType.FLOAT, 1, 1, 2, 2)
                .weights(ones("s", 256))
                .output("y", DataType.FLOAT, "a", "b", "c", "d")
                .model()
                .toBuilder()
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1));
        model.getGraphBuilder()
                .addNode(node("own", "f", "x", "u").toBuilder().addInput("s"))
                .addNode(resize("u", "s", "y"));
        return model;
    }

    private static AttributeProto branch(GraphProto.Builder graph) {
        return AttributeProto.newBuilder()
                .setName("then_branch")
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(graph)
                .build();
    }

    /** Files where a list of 256 scales goes by a name that stands for four numbers elsewhere: each ended the process. */
    static Map<String, ModelProto.Builder> shadows() {
        FunctionProto.Builder f = function("f").addInput("q");
        NodeProto neg = node("", "Neg", "a", "c");
        Map<String, ModelProto.Builder> files = new LinkedHashMap<>();
        files.put(
                "a function's constant",
                scaling().addFunctions(f.clone().addNode(constant("s", 4)).addNode(neg)));
        ModelProto.Builder parameter =
                scaling().addFunctions(function("f").addInput("short").addNode(resize("a", "short", "c")));
        parameter.getGraphBuilder().removeNode(1).addInitializer(ones("short", 4));
        parameter.getGraphBuilder().getNodeBuilder(0).setOutput(0, "y");
        files.put("a function's parameter", parameter);
        ModelProto.Builder computed = scaling()
                .addFunctions(f.clone().addNode(node("", "Abs", "q", "short")).addNode(resize("a", "short", "c")));
        computed.getGraphBuilder().removeNode(1).addInitializer(ones("short", 4));
        computed.getGraphBuilder().getNodeBuilder(0).setOutput(0, "y");
        files.put("a function's computed value", computed);
        for (boolean stored : new boolean[] {true, false}) {
            GraphProto.Builder inner = GraphProto.newBuilder();
            if (stored) {
                inner.addInitializer(ones("s", 4));
            } else {
                inner.addNode(constant("s", 4));
            }
            ModelProto.Builder model = scaling().addFunctions(f.clone().addNode(neg));
            model.getGraphBuilder()
                    .addNode(node("", "If", "yes", "z").toBuilder().addAttribute(branch(inner)));
            files.put("a branch's " + (stored ? "weight" : "constant"), model);
        }
        ModelProto.Builder given =
                scaling().addFunctions(f.clone().addNode(constant("s", 4)).addNode(neg));
        given.getGraphBuilder()
                .clearInitializer()
                .addInput(Graphs.graph()
                        .input("s", DataType.FLOAT, "n")
                        .model()
                        .getGraph()
                        .getInput(0));
        files.put("an input", given);
        ModelProto.Builder own = scaling().addFunctions(f.clone().addNode(neg));
        own.getGraphBuilder()
                .addInitializer(ones("short", 4))
                .setNode(1, node("own", "Identity", "short", "t"))
                .addNode(resize("u", "t", "y"));
        files.put(
                "an operator that only has a standard one's name",
                own.addFunctions(function("Identity").addNode(node("", "Neg", "a", "c"))));
        ModelProto.Builder two = scaling().addFunctions(f.clone().addNode(neg));
        two.getGraphBuilder()
                .setNode(
                        1,
                        constant("t", 4).toBuilder()
                                .addAttribute(
                                        0,
                                        AttributeProto.newBuilder()
                                                .setName("value_floats")
                                                .setType(AttributeProto.AttributeType.FLOATS)
                                                .addAllFloats(Collections.nCopies(256, 1f))))
                .addNode(resize("u", "t", "y"));
        files.put("a constant of two values", two);
        return files;
    }

    @TestFactory
    Stream<DynamicTest> scalesWhoseNameStandsForAShortListElsewhereAreRefused() {
        return shadows().entrySet().stream()
                .map(shadow -> DynamicTest.dynamicTest(shadow.getKey(), () -> {
                    write(shadow.getValue());
                    assertScalesRefused();
                    Files.write(file, nodesLast(shadow.getValue()));
                    assertScalesRefused();
                }));
    }

    private void assertScalesRefused() {
        var error = assertThrows(ModelException.class, () -> OnnxGraph.read(file));
        assertTrue(error.getMessage().contains("resizes by the scales '"), error.getMessage());
    }

    /** A file may say its graph in two parts, so that the names inside a node are the last that are read. */
    private static byte[] nodesLast(ModelProto.Builder model) throws IOException {
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        GraphProto nodes = GraphProto.newBuilder()
                .addAllNode(model.getGraph().getNodeList())
                .build();
        ModelProto.Builder rest = model.clone();
        rest.getGraphBuilder().clearNode();
        rest.build().writeTo(parts);
        ModelProto.newBuilder().setGraph(nodes).build().writeTo(parts);
        return parts.toByteArray();
    }

    @Test
    void functionUnderAStandardOperatorsNameIsRefused() throws IOException {
        write(whole().addFunctions(function("Identity").setDomain("").addNode(node("", "Neg", "a", "c"))));
        assertTrue(refusal().contains("the function 'Identity' in a domain of ONNX Runtime's own operators"));
    }

    /** The last ends the process when ONNX Runtime 1.28 puts it in its place. */
    @Test
    void functionWhoseNodesDoNotMakeItsOutputsAloneIsRefused() throws IOException {
        NodeProto neg = node("", "Neg", "a", "c");
        for (FunctionProto.Builder f : List.of(
                function("f").addNode(node("", "Neg", "a", "b")),
                function("f").addNode(neg).clearOutput(),
                function("f").addNode(neg).addInput("c"))) {
            write(whole().addFunctions(f));
            var error = assertThrows(ModelException.class, () -> OnnxGraph.read(file));
            assertTrue(error.getMessage().contains("'f', whose nodes do not make its outputs"), error.getMessage());
        }
    }

    /** ONNX Runtime divides by the groups of a ConvTranspose before it looks at them. */
    @ParameterizedTest
    @ValueSource(strings = {"Conv", "ConvTranspose"})
    void convolutionInNoGroupsIsRefused(String op) {
        Graphs.graph()
                .input("x", DataType.FLOAT, "b", 4, "h", "w")
                .weights("k", new float[16], 4, 4, 1, 1)
                .node(op, List.of("x", "k"), "y", Graphs.whole("group", 0))
                .output("y", DataType.FLOAT, "b", 4, "h", "w")
                .write(file);
        var error = assertThrows(ModelException.class, () -> OnnxGraph.read(file));
        assertTrue(error.getMessage().contains("'" + op + "' without a stored number of groups"), error.getMessage());
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

    /** The same functions once more under no overload, harmless: what is called is the first. */
    @Test
    void functionsToldApartByTheirOverloadAreCountedByIt() throws IOException {
        ModelProto model = Graphs.graph()
                .input("x", DataType.FLOAT, 2)
                .output("y", DataType.FLOAT, 2)
                .model();
        ModelProto.Builder file = model.toBuilder()
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1));
        file.getGraphBuilder().addNode(node("own", "f0", "x", "y").toBuilder().setOverload("big"));
        for (int i = 0; i < 30; i++) {
            NodeProto.Builder next = node(i < 29 ? "own" : "", i < 29 ? "f" + (i + 1) : "Neg", "a", "b").toBuilder();
            next.setOverload(i < 29 ? "big" : "");
            file.addFunctions(function("f" + i)
                    .setOverload("big")
                    .addNode(next)
                    .addNode(next.clone().setInput(0, "b").setOutput(0, "c")));
            file.addFunctions(function("f" + i).addNode(node("", "Neg", "a", "c")));
        }
        write(file);
        assertThrows(ModelException.class, () -> OnnxGraph.read(this.file));
        assertTrue(refusal().contains("over 50000 nodes"));
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
