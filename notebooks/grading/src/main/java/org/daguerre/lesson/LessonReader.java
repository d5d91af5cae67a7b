package org.daguerre.lesson;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a lesson: Markdown as Jupytext reads it, so that both make the same cells of it. A fence {@code ```java} is a code
 * cell, and what follows the word java, {@code name=JSON} each, is its metadata. All else is Markdown; two empty lines part
 * one Markdown cell from the next. What Jupytext would read otherwise than the eye is refused.
 */
final class LessonReader {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> HEADER = List.of(
            "---",
            "jupyter:",
            "  kernelspec:",
            "    display_name: Daguerre (Java)",
            "    language: java",
            "    name: daguerre",
            "---");
    private static final Pattern FENCE = Pattern.compile("(`{3,}|~{3,})(.*)");
    private static final Pattern KEY = Pattern.compile("\\s*(\\w+)=");
    // Python's splitlines, and so nbformat, breaks lines at these too.
    private static final Pattern ODD_BREAK = Pattern.compile("[\\x0B\\f\\r\\x1C-\\x1E\\x85\\u2028\\u2029]");

    private final String file;
    private final List<String> lines;
    private final List<Cell> cells = new ArrayList<>();
    private final List<String> text = new ArrayList<>();
    private int at;
    private int textLine;

    private LessonReader(String file, List<String> lines) {
        this.file = file;
        this.lines = lines;
    }

    /**
     * Reads a lesson from its file, without asking whether its exercises are in order: {@link Lint} does.
     *
     * @throws LessonException if it cannot be read as a lesson
     */
    static Lesson read(Path file) throws IOException {
        String name = file.getFileName().toString().replaceFirst("\\.md$", "");
        return new Lesson(name, read(file.toString(), Files.readString(file)));
    }

    static List<Cell> read(String file, String source) {
        return new LessonReader(file, List.of(source.split("\n", -1))).cells();
    }

    private List<Cell> cells() {
        for (int i = 0; i < lines.size(); i++) {
            if (ODD_BREAK.matcher(lines.get(i)).find()) {
                throw new LessonException(
                        file, i + 1, "a line break that is no line feed. Save the file with Unix line ends.");
            }
        }
        if (lines.size() < HEADER.size() || !lines.subList(0, HEADER.size()).equals(HEADER)) {
            throw new LessonException(
                    file, 1, "no header of the kernel Daguerre. Begin with:\n" + String.join("\n", HEADER));
        }
        for (at = HEADER.size(); at < lines.size(); at++) {
            String line = lines.get(at);
            Matcher fence = FENCE.matcher(line);
            if (fence.matches()) {
                fence(fence.group(1), fence.group(2).strip());
            } else if (line.startsWith("<!-- #")) {
                throw mistake("a Jupytext region, which lessons do not use. Part Markdown cells by two empty lines.");
            } else {
                addText(line);
            }
        }
        endOfText();
        return cells;
    }

    private void fence(String mark, String info) {
        int opening = at;
        List<String> body = new ArrayList<>();
        for (at++; at < lines.size() && !lines.get(at).strip().equals(mark); at++) {
            body.add(lines.get(at));
        }
        if (at == lines.size()) {
            throw new LessonException(file, opening + 1, "a fence that is not closed. Close it with " + mark + ".");
        }
        if (info.equals("java") || info.startsWith("java ")) {
            if (at + 1 < lines.size() && !lines.get(at + 1).isEmpty()) {
                throw mistake("text right after a code cell. Put an empty line between them.");
            }
            endOfText();
            ObjectNode metadata = metadata(info.substring("java".length()), opening + 1);
            cells.add(new Cell(Cell.Kind.CODE, String.join("\n", body), metadata, opening + 2));
        } else if (info.isEmpty() || info.equals("text") || info.endsWith(".noeval")) {
            textLine = text.isEmpty() ? opening + 1 : textLine;
            text.addAll(lines.subList(opening, at + 1));
        } else {
            throw new LessonException(
                    file,
                    opening + 1,
                    "a fence of '" + info + "', which Jupytext may run as a cell. Write text, or add .noeval.");
        }
    }

    private void addText(String line) {
        boolean blank = line.isBlank();
        if (text.isEmpty() && blank) {
            return;
        }
        if (blank && text.get(text.size() - 1).isBlank()) {
            endOfText();
            return;
        }
        textLine = text.isEmpty() ? at + 1 : textLine;
        text.add(line);
    }

    /** Makes a cell of the Markdown gathered so far, if there is any. */
    private void endOfText() {
        if (!text.isEmpty()) {
            String source = String.join("\n", text).stripTrailing();
            cells.add(new Cell(Cell.Kind.MARKDOWN, source, JSON.createObjectNode(), textLine));
            text.clear();
        }
    }

    private ObjectNode metadata(String words, int line) {
        ObjectNode metadata = JSON.createObjectNode();
        Matcher key = KEY.matcher(words);
        int from = 0;
        while (from < words.length()) {
            if (!key.find(from) || key.start() != from) {
                throw new LessonException(
                        file,
                        line,
                        "'" + words.substring(from).strip() + "' is no metadata. Give name=JSON after java.");
            }
            try (JsonParser parser = JSON.createParser(words.substring(key.end()))) {
                JsonNode value = parser.readValueAsTree();
                metadata.set(key.group(1), value);
                from = key.end() + (int) parser.currentLocation().getCharOffset();
            } catch (IOException e) {
                throw new LessonException(
                        file, line, key.group(1) + " is no JSON: " + words.substring(key.end()) + ". Give name=JSON.");
            }
        }
        return metadata;
    }

    private LessonException mistake(String factAndRemedy) {
        return new LessonException(file, at + 1, factAndRemedy);
    }
}
