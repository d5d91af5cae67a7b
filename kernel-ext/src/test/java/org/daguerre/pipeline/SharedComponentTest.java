package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.ModelException;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A copy of models/exact that takes its text encoder from another copy beside it. */
class SharedComponentTest {

    private static final Path EXACT = Path.of("..", "models", "exact");

    @TempDir
    Path temp;

    private Path owner;
    private Path sharer;

    @BeforeEach
    void copies() throws IOException {
        owner = copy("owner");
        sharer = copy("sharer");
        for (String file : List.of("config.json", "model.onnx")) {
            Files.delete(sharer.resolve("text_encoder").resolve(file));
        }
        Files.delete(sharer.resolve("text_encoder"));
        share("owner");
        Path sums = sharer.resolve("SHA256SUMS");
        Files.writeString(sums, Files.readString(sums).replace("  text_encoder/", "  ../owner/text_encoder/"));
    }

    private Path copy(String name) throws IOException {
        return FolderCopy.of(EXACT, temp.resolve(name));
    }

    private void share(String with) throws IOException {
        Path index = sharer.resolve("model_index.json");
        Path whole = EXACT.resolve("model_index.json");
        Files.writeString(
                index,
                Files.readString(whole).replaceFirst("\\{", "{\"_shared\": {\"text_encoder\": \"" + with + "\"},"));
        List<String> lines = Files.readAllLines(sharer.resolve("SHA256SUMS"));
        String sum = ModelFolder.sha256(index);
        Files.write(
                sharer.resolve("SHA256SUMS"),
                lines.stream()
                        .map(line -> line.endsWith("model_index.json") ? sum + "  model_index.json" : line)
                        .toList());
    }

    private static Tensor denoised(Model model) {
        Tensor x = Noise.seed(1).draw(1, 3, 32, 32).tensor();
        Level level = model.scheduler().schedule().at(500);
        return model.denoiser("three red apples", "")
                .predict(x, level, List.of("cond"))
                .get(0)
                .denoised();
    }

    private String refusal() {
        return assertThrows(ModelException.class, () -> Model.load(sharer, Device.CPU))
                .getMessage();
    }

    @Test
    void drawsWhatTheWholeModelDraws() {
        try (Model whole = Model.load(owner, Device.CPU);
                Model shared = Model.load(sharer, Device.CPU)) {
            assertEquals(denoised(whole), denoised(shared));
            assertTrue(shared.card().verified());
            assertEquals(whole.card().bytes(), shared.card().bytes());
        }
    }

    @Test
    void changedSharedComponentIsRefusedByName() throws IOException {
        Path graph = owner.resolve("text_encoder").resolve("model.onnx");
        byte[] bytes = Files.readAllBytes(graph);
        bytes[bytes.length / 2] ^= 1;
        Files.write(graph, bytes);
        assertTrue(refusal().startsWith("text_encoder/model.onnx is not the file that SHA256SUMS describes"));
    }

    @Test
    void sumsMustListTheSharedComponent() throws IOException {
        Path sums = sharer.resolve("SHA256SUMS");
        Files.write(
                sums,
                Files.readAllLines(sums).stream()
                        .filter(line -> !line.endsWith("text_encoder/model.onnx"))
                        .toList());
        assertTrue(refusal().contains("text_encoder/model.onnx is not listed in SHA256SUMS"));
    }

    @Test
    void sumsOfTheOwnersOtherFilesAreRefused() throws IOException {
        Path sums = sharer.resolve("SHA256SUMS");
        Files.writeString(sums, Files.readString(sums) + "0".repeat(64) + "  ../owner/README.md\n");
        assertTrue(refusal().contains("no sum of a file in the folder"));
    }

    @Test
    void ownerThatIsNotBesideIsNamed() throws IOException {
        share("absent");
        assertEquals(
                "model 'sharer' shares its text_encoder with 'absent', which is not beside it."
                        + " Put the folder of 'absent' there.",
                refusal());
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", "../owner", "/etc", "a b", ""})
    void ownerThatIsNoNameIsRefused(String owner) throws IOException {
        share(owner);
        assertTrue(refusal().contains("Give a component and the name of a model folder beside this one"));
    }
}
