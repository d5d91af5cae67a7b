package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.JsonFile;
import org.daguerre.onnx.ModelException;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy of models/exact whose tokenizer and text encoder are another copy's, exported. */
class SelfContainedTest {

    private static final Path EXACT = Path.of("..", "models", "exact");

    @TempDir
    Path temp;

    private Path sharer;

    @BeforeEach
    void copies() throws IOException {
        copy("owner");
        sharer = copy("sharer");
        for (String component : List.of("text_encoder", "tokenizer")) {
            try (Stream<Path> files = Files.list(sharer.resolve(component))) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(sharer.resolve(component));
        }
        Files.delete(sharer.resolve("SHA256SUMS"));
        Path index = sharer.resolve("model_index.json");
        Files.writeString(
                index,
                Files.readString(index)
                        .replaceFirst("\\{", "{\"_shared\": {\"text_encoder\": \"owner\", \"tokenizer\": \"owner\"},"));
    }

    private Path copy(String name) throws IOException {
        return FolderCopy.of(EXACT, temp.resolve(name));
    }

    private static Tensor denoised(Path folder) {
        try (Model model = Model.load(folder, Device.CPU)) {
            Level level = model.scheduler().schedule().at(500);
            return model.denoiser("three red apples", "")
                    .predict(Noise.seed(1).draw(1, 3, 32, 32).tensor(), level, List.of("cond"))
                    .get(0)
                    .denoised();
        }
    }

    @Test
    void exportedModelDrawsTheSameWithoutTheOneItSharesWith() throws IOException {
        Path alone = temp.resolve("elsewhere").resolve("alone");
        Tensor before = denoised(sharer);
        Daguerre.export(sharer.toString(), alone);
        assertEquals(before, denoised(alone));
        assertTrue(ModelFolder.open(alone).verify());
        assertTrue(ModelFolder.open(alone).shared().isEmpty());
    }

    @Test
    void tokenizerSaysOfItselfWhatTransformersReads() throws IOException {
        Path alone = temp.resolve("alone");
        Daguerre.export(sharer.toString(), alone);
        var tokenizer = JsonFile.read(alone.resolve("tokenizer").resolve("tokenizer.json"));
        assertEquals(
                JsonFile.read(alone.resolve("tokenizer").resolve("vocab.json")),
                tokenizer.path("model").path("vocab"));
        assertEquals("WordLevel", tokenizer.path("model").path("type").asText());
        assertEquals(
                "PreTrainedTokenizerFast",
                JsonFile.read(alone.resolve("model_index.json"))
                        .path("tokenizer")
                        .path(1)
                        .asText());
    }

    @Test
    void folderWithSomethingInItIsRefusedAndLeftAsItIs() throws IOException {
        Path mine = Files.createDirectories(temp.resolve("mine"));
        Files.writeString(mine.resolve("notes.txt"), "mine");
        var refusal = assertThrows(IllegalArgumentException.class, () -> Daguerre.export(sharer.toString(), mine));
        assertTrue(refusal.getMessage().endsWith("Give a new or an empty folder."), refusal.getMessage());
        assertEquals("mine", Files.readString(mine.resolve("notes.txt")));
    }

    @Test
    void damagedModelIsRefusedAndNothingIsWritten() throws IOException {
        Path owner = temp.resolve("owner");
        Files.writeString(owner.resolve("unet").resolve("config.json"), "{}");
        Path out = temp.resolve("out");
        assertThrows(ModelException.class, () -> Daguerre.export(owner.toString(), out));
        assertFalse(Files.exists(out));
        try (Stream<Path> left = Files.list(temp)) {
            assertTrue(left.noneMatch(path -> path.toString().contains(".part")));
        }
    }
}
