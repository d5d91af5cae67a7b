package org.daguerre.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
