package org.daguerre.scene;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SceneFilesTest {

    private static final SceneSeries SERIES = new SceneSeries(5);

    @TempDir
    Path folder;

    @Test
    void anArrayHasNumPysHeaderAndThePicturesBytes() throws IOException {
        new SceneFiles(SERIES, 3, folder).write(done -> {});
        byte[] file = Files.readAllBytes(folder.resolve("pictures-00000.npy"));
        assertEquals("\u0093NUMPY\u0001\u0000", new String(file, 0, 8, StandardCharsets.ISO_8859_1));
        int header = (file[8] & 0xff) + 256 * (file[9] & 0xff);
        assertEquals(0, (10 + header) % 64);
        String text = new String(file, 10, header, StandardCharsets.US_ASCII);
        assertEquals("{'descr': '|u1', 'fortran_order': False, 'shape': (3, 128, 128, 3,), }", text.strip());
        assertTrue(text.endsWith("\n"));
        int picture = 128 * 128 * 3, start = 10 + header;
        assertEquals(3 * picture, file.length - start);
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(
                    Renderer.render(SERIES.at(i).scene()).rgb(),
                    Arrays.copyOfRange(file, start + i * picture, start + (i + 1) * picture));
        }
    }

    @Test
    void signsAreWrittenInTheSameLayoutAndNeverIntoAFolderOfTrays() throws IOException {
        Path signs = folder.resolve("signs");
        new SceneFiles(World.SIGNS.series(5), 3, signs).write(done -> {});
        DrawnSign first = new SignSeries(5).at(0);
        String line = Files.readAllLines(signs.resolve("captions-00000.jsonl")).get(0);
        assertTrue(line.contains("\"caption\":\"" + first.caption().text() + "\""), line);
        assertTrue(line.contains("\"full\":\"" + first.fullCaption().text() + "\""), line);
        byte[] pictures = Files.readAllBytes(signs.resolve("pictures-00000.npy"));
        assertArrayEquals(
                first.picture().rgb(),
                Arrays.copyOfRange(pictures, pictures.length - 3 * 49152, pictures.length - 2 * 49152));
        String index = Files.readString(signs.resolve("scenes.json"));
        assertTrue(index.contains("\"world\" : \"signs\"") && index.contains("\"quiz\""), index);
        assertThrows(IllegalStateException.class, () -> new SceneFiles(SERIES, 3, signs).write(done -> {}));
    }

    @Test
    void captionsAreOneObjectALine() throws IOException {
        new SceneFiles(SERIES, 3, folder).write(done -> {});
        List<String> lines = Files.readAllLines(folder.resolve("captions-00000.jsonl"));
        assertEquals(3, lines.size());
        assertTrue(
                lines.get(0).contains("\"caption\":\"" + SERIES.at(0).caption().text() + "\""), lines.get(0));
        Caption full = SERIES.at(2).full().caption();
        assertTrue(lines.get(2).contains("\"full\":\"" + full.text() + "\""), lines.get(2));
        assertTrue(
                lines.get(2)
                        .contains("\"full_groups\":" + full.groups().toString().replace(" ", "")),
                lines.get(2));
    }

    @Test
    void objectsAreWrittenWithTheBoxesThatTheyFill() throws IOException {
        new SceneFiles(SERIES, 3, folder).write(done -> {});
        for (int i = 0; i < 3; i++) {
            JsonNode objects = new ObjectMapper()
                    .readTree(Files.readAllLines(folder.resolve("captions-00000.jsonl"))
                            .get(i))
                    .path("objects");
            List<Thing> things = SERIES.at(i).scene().things();
            assertEquals(things.size(), objects.size());
            for (int j = 0; j < things.size(); j++) {
                Thing thing = things.get(j);
                JsonNode box = objects.get(j).path("box");
                assertEquals(
                        thing.colour().word() + " " + thing.shape().word(),
                        objects.get(j).path("phrase").asText());
                assertEquals(
                        thing.x() / 128, (box.get(0).asDouble() + box.get(2).asDouble()) / 2, 1e-4);
                assertEquals(
                        thing.y() / 128, (box.get(1).asDouble() + box.get(3).asDouble()) / 2, 1e-4);
                assertEquals(
                        thing.radius() / 64, box.get(3).asDouble() - box.get(1).asDouble(), 2e-4);
            }
        }
    }

    @Test
    void aCallThatWasKilledGoesOnWithTheFirstMissingShard() throws IOException {
        int count = SceneFiles.SHARD + 2;
        assertThrows(
                Killed.class,
                () -> new SceneFiles(SERIES, count, folder).write(done -> {
                    if (done > SceneFiles.SHARD) {
                        throw new Killed();
                    }
                }));
        Path first = folder.resolve("pictures-00000.npy"), second = folder.resolve("pictures-00001.npy");
        assertTrue(Files.exists(first));
        assertFalse(Files.exists(second), "half a shard has no name");
        assertFalse(Files.exists(folder.resolve("scenes.json")));
        byte[] mark = {1, 2, 3}; // shows that a shard that is there is not drawn again
        Files.write(first, mark);
        new SceneFiles(SERIES, count, folder).write(done -> {});
        assertArrayEquals(mark, Files.readAllBytes(first));
        assertTrue(Files.exists(second));
        assertTrue(Files.readString(folder.resolve("scenes.json")).contains("\"count\" : " + count));
        try (var files = Files.list(folder)) {
            assertEquals(
                    List.of(), files.filter(f -> f.toString().endsWith(".part")).toList());
        }
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Test
    void scenesOfAnotherSeedAreRefusedAndLeftAsTheyAre() throws IOException {
        new SceneFiles(SERIES, 2, folder).write(done -> {});
        byte[] before = Files.readAllBytes(folder.resolve("pictures-00000.npy"));
        var refusal = assertThrows(
                IllegalStateException.class, () -> new SceneFiles(new SceneSeries(6), 2, folder).write(done -> {}));
        assertTrue(refusal.getMessage().contains("Give an empty folder."), refusal.getMessage());
        assertArrayEquals(before, Files.readAllBytes(folder.resolve("pictures-00000.npy")));
    }

    @Test
    void aCountBelowOneIsRefused() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> new SceneFiles(SERIES, 0, folder));
        assertEquals("--count is 0. Give a number of scenes from 1 on.", refusal.getMessage());
    }

    @Test
    void aFolderThatIsAFileIsRefusedInOneLine() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "mine");
        for (Path out : List.of(file, file.resolve("below"))) {
            var refusal = assertThrows(IOException.class, () -> new SceneFiles(SERIES, 2, out).write(done -> {}));
            assertEquals(
                    "Scenes cannot be written to '" + out
                            + "': a file is in the way. Give a folder that you may write to.",
                    refusal.getMessage());
        }
        assertEquals("mine", Files.readString(file));
    }

    @Test
    void aFullDiskIsNamedAndLeavesNoPartOfAShard() throws IOException {
        Path full = Path.of("/dev/full"); // takes nothing, as a disk without room
        assumeTrue(Files.exists(full), "only Linux has such a file");
        Files.createSymbolicLink(folder.resolve("pictures-00000.npy.part"), full);
        var refusal = assertThrows(IOException.class, () -> new SceneFiles(SERIES, 2, folder).write(done -> {}));
        assertEquals(
                "Scenes cannot be written to '" + folder
                        + "': No space left on device. Make room and give the same command again: it goes on.",
                refusal.getMessage());
        try (var files = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("scenes.json.part")), files.toList());
        }
        new SceneFiles(SERIES, 2, folder).write(done -> {});
        assertTrue(Files.exists(folder.resolve("scenes.json")));
    }

    @Test
    void aFolderThatIsNotOursIsRefusedInOneLine() throws IOException {
        Path locked = Files.createDirectory(folder.resolve("locked"));
        assumeTrue(locked.toFile().setWritable(false) && !Files.isWritable(locked), "root may write anywhere");
        var refusal = assertThrows(IOException.class, () -> new SceneFiles(SERIES, 2, locked).write(done -> {}));
        assertEquals(
                "Scenes cannot be written to '" + locked + "': permission denied. Give a folder that you may write to.",
                refusal.getMessage());
    }
}
