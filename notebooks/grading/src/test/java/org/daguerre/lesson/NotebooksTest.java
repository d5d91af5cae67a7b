package org.daguerre.lesson;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class NotebooksTest {

    private static final Path FOLDER = Path.of("..");

    @Test
    void committedNotebooksAreWhatTheLessonsMake() throws Exception {
        SortedMap<Path, String> built = Notebooks.build(FOLDER);
        assertEquals(List.copyOf(built.keySet()), Notebooks.present(FOLDER), "run ./daguerre lessons");
        for (Map.Entry<Path, String> notebook : built.entrySet()) {
            assertEquals(
                    notebook.getValue(),
                    Files.readString(FOLDER.resolve(notebook.getKey())),
                    notebook.getKey() + " is not what its lesson makes: run ./daguerre lessons");
        }
    }

    @Test
    void studentsGetNoSolutionAndNoHiddenTest() throws Exception {
        for (Map.Entry<Path, String> notebook : Notebooks.build(FOLDER).entrySet()) {
            boolean instructor = notebook.getKey().startsWith("instructor");
            for (String secret : List.of("BEGIN SOLUTION", "HIDDEN TESTS", "%grade")) {
                assertEquals(instructor, notebook.getValue().contains(secret), notebook.getKey() + ": " + secret);
            }
        }
    }

    @Test
    void bothVersionsHaveTheSameCellsUnderTheSameIds() throws Exception {
        SortedMap<Path, String> built = Notebooks.build(FOLDER);
        for (Path path : built.keySet()) {
            List<String> ids = ids(built.get(path));
            assertEquals(ids.size(), new HashSet<>(ids).size(), path + " has an id twice");
            if (!path.startsWith("research")) {
                assertEquals(ids, ids(built.get(Path.of("student").resolve(path.getFileName()))));
            }
        }
    }

    @Test
    void noOutputIsStored() throws Exception {
        for (String notebook : Notebooks.build(FOLDER).values()) {
            for (JsonNode cell : new ObjectMapper().readTree(notebook).get("cells")) {
                assertTrue(cell.path("outputs").isEmpty());
                assertTrue(cell.path("execution_count").isNull() || !cell.has("execution_count"));
            }
        }
    }

    @Test
    void repeatedTextGetsIdsOfItsOwn() {
        Lesson lesson = new Lesson("a", LessonReaderTest.read("same\n\n\nsame\n"));
        String notebook = NotebookFile.student(lesson);
        assertTrue(notebook.contains("\"id\": \"0967115f\"") && notebook.contains("\"id\": \"0967115f-1\""), notebook);
    }

    /** The checksum that nbgrader 0.9.6 wrote for this cell. */
    @Test
    void checksumIsNbgradersOwn() {
        String fence = "```java nbgrader={\"grade\": true, \"grade_id\": \"alphas-cumprod-check\", \"locked\": true,"
                + " \"points\": 2, \"schema_version\": 3, \"solution\": false}\n%check alphas-cumprod\n```\n";
        Cell student = StudentVersion.of(LessonReaderTest.read(fence).get(0));
        assertEquals(
                "3f69aedf60916652eacdb6b63144e2f0",
                student.metadata().at("/nbgrader/checksum").asText());
    }

    @Test
    void courseJarHoldsNothingOfTheGraders() throws Exception {
        try (var classes = Files.walk(FOLDER.resolve("course/target/classes"))) {
            assertFalse(classes.anyMatch(path -> path.toString().contains("grading")));
        }
    }

    private static List<String> ids(String notebook) throws Exception {
        List<String> ids = new ArrayList<>();
        new ObjectMapper()
                .readTree(notebook)
                .get("cells")
                .forEach(cell -> ids.add(cell.get("id").asText()));
        return ids;
    }
}
