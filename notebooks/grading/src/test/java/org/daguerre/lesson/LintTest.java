package org.daguerre.lesson;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LintTest {

    private static final String GOOD = """
            ```java nbgrader={"grade": false, "grade_id": "own", "locked": false, "schema_version": 3, "solution": true}
            int own() {
                // BEGIN SOLUTION
                return 1;
                // END SOLUTION
            }
            ```

            ```java nbgrader={"grade": true, "grade_id": "own-check", "locked": true, "points": 2, "schema_version": 3, "solution": false}
            %check own
            ```

            ```java nbgrader={"grade": true, "grade_id": "own-grade", "locked": true, "points": 3, "schema_version": 3, "solution": false}
            // Graded later.
            // BEGIN HIDDEN TESTS
            %grade own
            // END HIDDEN TESTS
            ```
            """;

    private static void check(String body) {
        Lint lint = new Lint("a.md", (magic, exercise) -> !exercise.equals("own") ? 0 : magic.equals("check") ? 2 : 3);
        lint.check(new Lesson("a", LessonReaderTest.read(body)));
    }

    @Test
    void exerciseInOrderPasses() {
        assertDoesNotThrow(() -> check(GOOD));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10|    // END SOLUTION| |has no END",
                "12|    // BEGIN SOLUTION| |do not pair up",
                "11|    return 1;|// BEGIN SOLUTION|do not pair up",
                "22|// END HIDDEN TESTS| |has no END",
                "17|\"own-check\"|\"own\"|'own' is that of line 9 too",
                "17|\"points\": 2|\"points\": 5|gives up to 2",
                "21|\"points\": 3|\"points\": 3.5|gives up to 3",
                "17|\"points\": 2, ||without points",
                "9|\"grade\": false|\"grade\": true|neither answer",
                "9|\"schema_version\": 3|\"schema_version\": 1|Give 3",
                "17|\"locked\": true|\"locked\": \"yes\"|true or false",
                "17|\"points\"|\"pints\"|no field 'pints'",
                "17|\"own-check\"|\"own check\"|1 to 64",
                "17|%check own|assert own() == 1;|A test is one line",
                "17|%check own|// nothing|full marks",
                "17|%check own|%check other|no exercise",
                "17|%check own|%grade own|gives up to 3",
                "21|// Graded later.|%check own|A test is one line",
            })
    void mistakeFailsWithFileAndLine(int line, String part, String instead, String fact) {
        assertTrue(GOOD.contains(part), part);
        String source = GOOD.replaceFirst(java.util.regex.Pattern.quote(part), instead == null ? "" : instead);
        String message =
                assertThrows(LessonException.class, () -> check(source)).getMessage();
        assertTrue(message.startsWith("a.md:" + line + ": "), message);
        assertTrue(message.contains(fact), message);
    }

    @Test
    void emptyCellIsRefused() {
        String message = assertThrows(LessonException.class, () -> check("```java\n\n```\n"))
                .getMessage();
        assertEquals("a.md:9: an empty cell. Write something into it or take it away.", message);
    }

    @Test
    void codeWiderThanANotebookIsRefusedWithItsLineAndProseIsNot() {
        String wide = "x".repeat(91);
        String message = assertThrows(LessonException.class, () -> check("```java\nint a;\n// " + wide + "\n```\n"))
                .getMessage();
        assertEquals("a.md:10: code of 94 characters in a line. Wrap it at 90.", message);
        assertDoesNotThrow(() -> check(wide + "\n\n```java\n" + "x".repeat(90) + "\n```\n"));
    }

    @Test
    void solutionOutsideAnAnswerIsRefused() {
        String body = "```java\n// BEGIN SOLUTION\nint a = 1;\n// END SOLUTION\n```\n";
        assertTrue(assertThrows(LessonException.class, () -> check(body))
                .getMessage()
                .contains("no answer"));
    }

    @Test
    void hiddenTestsThatLeaveNothingAreRefused() {
        String bare = GOOD.replace("// Graded later.\n", "");
        assertTrue(assertThrows(LessonException.class, () -> check(bare))
                .getMessage()
                .contains("empty cell"));
    }
}
