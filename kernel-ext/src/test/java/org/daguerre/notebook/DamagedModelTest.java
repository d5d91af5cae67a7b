package org.daguerre.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.daguerre.notebook.JupyterClient.Cell;
import org.daguerre.pipeline.FolderCopy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code %model} of folders that are no models: the answer says what is wrong, and the model that was loaded stays. */
class DamagedModelTest extends InEveryKernel {

    private static final Path EXACT = Path.of("..", "models", "exact");
    private static final String GRAPH = "unet/model.onnx";

    @TempDir
    Path temp;

    private Path folder;

    /** A copy of models/exact without its sums. */
    @BeforeEach
    void copy() throws IOException {
        folder = FolderCopy.of(EXACT, temp.resolve("a model with blanks"));
        Files.delete(folder.resolve("SHA256SUMS"));
    }

    private interface Spoiling {
        /** Damages a folder and returns what %model is then given. */
        Path spoil(Path folder) throws IOException;
    }

    private enum Damage {
        EMPTY_FOLDER("model_index.json", folder -> Files.createDirectory(folder.resolveSibling("empty"))),
        NO_FOLDER("there is no model folder", folder -> folder.resolve("..").resolve("nowhere at all")),
        FILE("model_index.json", folder -> folder.resolve("model_index.json")),
        COMPONENT("model_index.json", folder -> folder.resolve("unet")),
        EMPTY_GRAPH("model.onnx is empty", folder -> written(folder, GRAPH, "")),
        HTML_GRAPH("model.onnx is a web page", folder -> written(folder, GRAPH, "<!DOCTYPE html><html>")),
        POINTER_GRAPH(
                "model.onnx is a Git-LFS pointer",
                folder -> written(folder, GRAPH, "version https://git-lfs.github.com/spec/v1\noid sha256:0\n")),
        TRUNCATED_GRAPH("unet/model.onnx", folder -> {
            byte[] whole = Files.readAllBytes(folder.resolve(GRAPH));
            Files.write(folder.resolve(GRAPH), Arrays.copyOf(whole, whole.length / 2));
            return folder;
        }),
        HTML_INDEX("model_index.json is a web page", folder -> written(folder, "model_index.json", "<html>")),
        POINTER_VOCABULARY(
                "vocab.json is a Git-LFS pointer",
                folder -> written(folder, "tokenizer/vocab.json", "version https://git-lfs.github.com/spec/v1\n")),
        SWAPPED_COMPONENTS("model.onnx should have an input", folder -> {
            Path encoder = folder.resolve("text_encoder/model.onnx");
            Path between = folder.resolve("between");
            Files.move(encoder, between);
            Files.move(folder.resolve(GRAPH), encoder);
            Files.move(between, folder.resolve(GRAPH));
            return folder;
        }),
        OTHER_THAN_ITS_SUMS("SHA256SUMS", folder -> {
            Files.copy(EXACT.resolve("SHA256SUMS"), folder.resolve("SHA256SUMS"));
            return written(folder, "scheduler/scheduler_config.json", "{}");
        });

        private final String answer;
        private final Spoiling spoiling;

        Damage(String answer, Spoiling spoiling) {
            this.answer = answer;
            this.spoiling = spoiling;
        }

        private static Path written(Path folder, String name, String text) throws IOException {
            Files.writeString(folder.resolve(name), text);
            return folder;
        }
    }

    private static String model(Path path) {
        return "%model \"" + path.toString().replace("\\", "\\\\") + "\"";
    }

    private String held(Family family) {
        return execute(family, "%daguerre memory").text().replaceFirst("heap.*", "");
    }

    @ParameterizedTest
    @EnumSource
    void damageIsNamedAndTheLoadedModelStays(Damage damage) throws IOException {
        Path given = damage.spoiling.spoil(folder);
        for (Family family : Family.values()) {
            execute(family, "%model exact --device cpu").result();
            execute(family, "%start \"a red ball\" --steps 2").result();
            String before = held(family);
            Cell cell = execute(family, model(given));
            String error = cell.error();
            assertTrue(error.contains(damage.answer), family + " answers: " + error + cell.outputs());
            assertEquals(1, error.lines().count(), error);
            assertTrue(error.matches(".*[.:,;] (Give|Download|Take|Put|Export|Run|Get|Fetch|Copy|Run:) .*"), error);
            assertFalse(cell.traceback().contains("at org.daguerre.onnx."), cell.traceback());
            assertEquals(before, held(family));
            assertTrue(execute(family, "%finish").text().contains("2 of 2 steps"));
            assertTrue(
                    execute(family, "%sample \"a red ball\" --steps 2").text().contains("2 of 2 steps"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void folderWithBlanksAndDotsInItsPathLoads(Family family) {
        Path around = folder.resolve("unet").resolve("..");
        assertTrue(execute(family, model(around)).text().contains("a model with blanks"));
        assertTrue(execute(family, "%daguerre release").text().contains("a model with blanks"));
    }
}
