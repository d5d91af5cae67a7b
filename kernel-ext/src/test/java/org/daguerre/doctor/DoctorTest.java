package org.daguerre.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.daguerre.pipeline.FolderCopy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One damaged model keeps the doctor from none of the others. */
class DoctorTest {

    private static final Path EXACT = Path.of("..", "models", "exact");

    @TempDir
    Path temp;

    private String before;

    @BeforeEach
    void look() {
        before = System.setProperty("daguerre.models", temp.toString());
    }

    @AfterEach
    void lookWhereItWas() {
        if (before == null) {
            System.clearProperty("daguerre.models");
        } else {
            System.setProperty("daguerre.models", before);
        }
    }

    private Path copy(String name) throws IOException {
        return FolderCopy.of(EXACT, temp.resolve(name));
    }

    private static List<Finding> aboutModels() {
        return Doctor.examine().stream()
                .filter(finding -> finding.fact().matches("(no )?models?\\b.*"))
                .toList();
    }

    @Test
    void everyDamagedModelIsNamedWithOneRemedyBesideTheSoundOnes() throws IOException {
        Path cut = copy("cut");
        Path graph = cut.resolve("unet").resolve("model.onnx");
        Files.delete(cut.resolve("SHA256SUMS"));
        Files.write(graph, Arrays.copyOf(Files.readAllBytes(graph), 1000));
        Files.writeString(copy("garbled").resolve("model_index.json"), "{");
        Files.writeString(copy("other").resolve("tokenizer").resolve("vocab.json"), "{}");
        copy("sound");

        List<Finding> models = aboutModels();

        assertEquals(
                List.of(false, false, false, true),
                models.stream().map(Finding::well).toList(),
                models.toString());
        assertTrue(models.get(0).fact().startsWith("model cut: unet/model.onnx "), models.toString());
        assertTrue(
                models.get(1).fact().startsWith("model garbled: garbled/model_index.json is not JSON"),
                models.toString());
        assertEquals("Download or export it again.", models.get(1).remedy());
        assertTrue(
                models.get(2).fact().startsWith("model other: tokenizer/vocab.json is not the file"),
                models.toString());
        assertTrue(models.get(3).fact().startsWith("model sound loads, on cpu"), models.toString());
        for (Finding finding : models) {
            assertEquals(finding.well() ? 1 : 2, finding.toString().lines().count(), finding.toString());
        }
    }

    @Test
    void folderWithoutModelsIsSaid() {
        assertEquals(
                List.of("no models"), aboutModels().stream().map(Finding::fact).toList());
    }
}
