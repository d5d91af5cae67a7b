package org.daguerre.lesson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * A lesson as a notebook file, nbformat 4.5, without outputs: byte for byte what Python's nbformat writes. A cell's id is its
 * grade_id, or a hash of the instructor's text, so that an id changes with its own cell only.
 */
final class NotebookFile {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true)
            .build();
    private static final ObjectWriter WRITER = JSON.writer(new DefaultPrettyPrinter(Separators.createDefaultInstance()
                    .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                    .withObjectEmptySeparator("")
                    .withArrayEmptySeparator(""))
            .withObjectIndenter(new DefaultIndenter(" ", "\n"))
            .withArrayIndenter(new DefaultIndenter(" ", "\n")));
    private static final Map<String, Object> KERNEL =
            Map.of("kernelspec", Map.of("display_name", "Daguerre (Java)", "language", "java", "name", "daguerre"));

    private NotebookFile() {}

    /** The instructor's notebook: the lesson as it is. */
    static String instructor(Lesson lesson) {
        return write(lesson, cell -> cell);
    }

    /** The student's notebook: stubs for solutions, no hidden tests. */
    static String student(Lesson lesson) {
        return write(lesson, StudentVersion::of);
    }

    private static String write(Lesson lesson, UnaryOperator<Cell> version) {
        List<Object> cells = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        for (Cell cell : lesson.cells()) {
            String id = cell.role().map(Role::gradeId).orElseGet(() -> hash(cell.source()));
            int before = seen.merge(id, 1, Integer::sum) - 1;
            cells.add(write(before == 0 ? id : id + "-" + before, version.apply(cell)));
        }
        Map<String, Object> notebook = Map.of("cells", cells, "metadata", KERNEL, "nbformat", 4, "nbformat_minor", 5);
        try {
            return WRITER.writeValueAsString(new TreeMap<>(notebook)) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a notebook of maps, lists and texts cannot fail to be written", e);
        }
    }

    private static Map<String, Object> write(String id, Cell cell) {
        Map<String, Object> written = new TreeMap<>();
        written.put("cell_type", cell.kind().cellType());
        written.put("id", id);
        written.put("metadata", JSON.convertValue(cell.metadata(), Map.class));
        written.put("source", lines(cell.source()));
        if (cell.kind() == Cell.Kind.CODE) {
            written.put("execution_count", null);
            written.put("outputs", List.of());
        }
        return written;
    }

    /** nbformat keeps a text as its lines, each with its line feed. */
    private static List<String> lines(String source) {
        List<String> lines = new ArrayList<>(List.of(source.split("(?<=\n)")));
        lines.removeIf(String::isEmpty);
        return lines;
    }

    private static String hash(String source) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(source.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256, which every JDK must have", e);
        }
    }
}
