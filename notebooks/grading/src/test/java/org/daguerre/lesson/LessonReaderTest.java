package org.daguerre.lesson;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LessonReaderTest {

    static final String HEADER = """
            ---
            jupyter:
              kernelspec:
                display_name: Daguerre (Java)
                language: java
                name: daguerre
            ---
            """;

    static List<Cell> read(String body) {
        return LessonReader.read("a.md", HEADER + body);
    }

    @Test
    void twoEmptyLinesPartMarkdownCellsAndOneDoesNot() {
        List<Cell> cells = read("\n# Title\n\ntext\n\n\nmore\n");
        assertEquals(
                List.of("# Title\n\ntext", "more"),
                cells.stream().map(Cell::source).toList());
        assertEquals(List.of(9, 14), cells.stream().map(Cell::line).toList());
    }

    @Test
    void javaFenceIsCodeWithItsMetadataAndEmptyLines() {
        List<Cell> cells = read("\n```java tags=[\"a\", \"b\"] n=1\n%x\n\n\nint a;\n```\n\nafter\n");
        Cell code = cells.get(0);
        assertEquals(Cell.Kind.CODE, code.kind());
        assertEquals("%x\n\n\nint a;", code.source());
        assertEquals("{\"tags\":[\"a\",\"b\"],\"n\":1}", code.metadata().toString());
        assertEquals(10, code.line());
        assertEquals("after", cells.get(1).source());
    }

    @Test
    void otherFencesStayInTheirMarkdownCell() {
        String source = "before\n\n```text\n\n\nno code\n```\n\n~~~\n```java\n~~~";
        assertEquals(
                List.of(source), read(source + "\n").stream().map(Cell::source).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "8|```java\\nint a;|not closed",
                "8|```python\\n1\\n```|.noeval",
                "8|```java nbgrader={\\n1\\n```\\n|no JSON",
                "8|```java tags\\n1\\n```\\n|no metadata",
                "10|```java\\n1\\n```\\ntext|empty line",
                "9|\\n<!-- #region -->|two empty lines",
                "9|text\\nodd\\u2028break|Unix line ends",
            })
    void mistakeIsNamedWithFileAndLine(int line, String body, String remedy) {
        String source = body.replace("\\n", "\n").replace("\\u2028", "\u2028");
        String message = assertThrows(LessonException.class, () -> read(source)).getMessage();
        assertTrue(message.startsWith("a.md:" + line + ": "), message);
        assertTrue(message.contains(remedy), message);
    }

    @Test
    void headerOfAnotherKernelIsRefused() {
        String other = HEADER.replace("name: daguerre", "name: python3");
        assertTrue(assertThrows(LessonException.class, () -> LessonReader.read("a.md", other))
                .getMessage()
                .startsWith("a.md:1: "));
    }
}
