package org.daguerre.lesson;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntBiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a lesson's exercises are in order. nbgrader scores a cell that says nothing as full marks, so every test must be a
 * magic that answers with a number, for an exercise that there is, and worth what it can give.
 */
final class Lint {

    private static final Pattern GRADE_ID = Pattern.compile("[a-zA-Z0-9_\\-]{1,64}");
    private static final Pattern TEST = Pattern.compile("%(check|grade) ([a-z0-9-]+)");
    private static final List<String> FIELDS =
            List.of("grade", "grade_id", "locked", "points", "schema_version", "solution");

    /** What a notebook shows without scrolling, on a laptop's screen with the file browser open. */
    private static final int MAX_LINE = 90;

    private final String file;
    private final ToIntBiFunction<String, String> points;
    private final Map<String, Integer> lineOfId = new HashMap<>();

    /**
     * @param file the lesson's file, for messages
     * @param points what a magic, "check" or "grade", can give for an exercise; 0 if there is none such
     */
    Lint(String file, ToIntBiFunction<String, String> points) {
        this.file = file;
        this.points = points;
    }

    /** Reads through a lesson and throws {@link LessonException} at the first mistake. */
    void check(Lesson lesson) {
        lesson.cells().forEach(this::check);
    }

    private void check(Cell cell) {
        if (cell.source().isBlank()) {
            throw mistake(cell, "an empty cell. Write something into it or take it away.");
        }
        width(cell);
        balanced(cell, Marker.SOLUTION);
        balanced(cell, Marker.HIDDEN_TESTS);
        JsonNode nbgrader = cell.metadata().get("nbgrader");
        Optional<Role> known = cell.role();
        if (known.isPresent()) {
            schema(cell, nbgrader);
            Role role = known.get();
            Integer other = lineOfId.putIfAbsent(role.gradeId(), cell.line());
            if (other != null) {
                throw mistake(
                        cell,
                        "grade_id '" + role.gradeId() + "' is that of line " + other + " too. Give each its own.");
            }
            if (role.grade()) {
                test(cell, role);
            }
        }
        boolean solution = known.map(Role::solution).orElse(false);
        if (Marker.SOLUTION.isIn(cell.source()) != solution) {
            throw mistake(
                    cell,
                    solution
                            ? "an answer without " + Marker.SOLUTION
                                    + ". Mark what the student writes, and keep the rest."
                            : Marker.SOLUTION
                                    + " in a cell that is no answer. Give it nbgrader metadata with solution true.");
        }
        if (Marker.HIDDEN_TESTS.isIn(cell.source()) && !known.map(Role::grade).orElse(false)) {
            throw mistake(
                    cell,
                    Marker.HIDDEN_TESTS + " in a cell that is no test. Give it nbgrader metadata with grade true.");
        }
    }

    private void width(Cell cell) {
        int line = cell.line();
        for (String text : cell.source().split("\n", -1)) {
            if (cell.kind() == Cell.Kind.CODE && text.length() > MAX_LINE) {
                throw new LessonException(
                        file, line, "code of " + text.length() + " characters in a line. Wrap it at " + MAX_LINE + ".");
            }
            line++;
        }
    }

    private void balanced(Cell cell, Marker marker) {
        int line = cell.line();
        int open = 0;
        for (String text : cell.source().split("\n", -1)) {
            if (marker.begins(text) && open > 0 || marker.ends(text) && open == 0) {
                throw new LessonException(
                        file,
                        line,
                        marker + " do not pair up here" + (open > 0 ? " (open since line " + open + ")" : "")
                                + ". Put one BEGIN before each END.");
            }
            open = marker.begins(text) ? line : marker.ends(text) ? 0 : open;
            line++;
        }
        if (open > 0) {
            throw new LessonException(file, open, marker + " has no END in its cell. Add it.");
        }
    }

    private void schema(Cell cell, JsonNode nbgrader) {
        if (cell.kind() != Cell.Kind.CODE) {
            throw mistake(cell, "nbgrader metadata on Markdown. Lessons grade code only.");
        }
        for (Iterator<String> names = nbgrader.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!FIELDS.contains(name)) {
                throw mistake(cell, "nbgrader has no field '" + name + "' in a lesson. It has: " + FIELDS + ".");
            }
        }
        for (String truth : new String[] {"grade", "solution", "locked"}) {
            if (!nbgrader.path(truth).isBoolean()) {
                throw mistake(
                        cell, "nbgrader's field '" + truth + "' is " + nbgrader.get(truth) + ". Give true or false.");
            }
        }
        if (nbgrader.path("schema_version").asInt() != 3) {
            throw mistake(cell, "nbgrader's schema_version is " + nbgrader.get("schema_version") + ". Give 3.");
        }
        Role role = Role.of(nbgrader);
        if (!GRADE_ID.matcher(role.gradeId()).matches()) {
            throw mistake(cell, "grade_id is '" + role.gradeId() + "'. Give 1 to 64 letters, digits, - or _.");
        }
        if (role.solution() == role.locked() || role.grade() && !role.locked()) {
            throw mistake(
                    cell,
                    "neither answer, test nor read-only. Give solution alone, grade and locked, or locked alone.");
        }
        if (role.grade() != nbgrader.has("points")) {
            throw mistake(
                    cell,
                    role.grade() ? "a test without points. Give them." : "points without a test. Take them away.");
        }
    }

    private void test(Cell cell, Role role) {
        String[] lines = cell.source().split("\n", -1);
        Matcher test = null;
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("//")) {
                continue;
            }
            Matcher matcher = TEST.matcher(line);
            if (test != null || !matcher.matches()) {
                throw mistake(
                        cell,
                        "a test with '" + line
                                + "' in it. A test is one line, %check EXERCISE or %grade EXERCISE, and comments.");
            }
            test = matcher;
        }
        if (test == null) {
            throw mistake(cell, "a test that tests nothing, which would give full marks. Put %check EXERCISE in it.");
        }
        String magic = test.group();
        int worth = points.applyAsInt(test.group(1), test.group(2));
        if (worth == 0) {
            throw mistake(cell, "no exercise for " + magic + ". Write its checks, or mend the name.");
        }
        if (worth != role.points()) {
            throw mistake(
                    cell,
                    "points are " + role.points() + ", but " + magic + " gives up to " + worth + ". Make them equal.");
        }
        boolean hidden =
                !Marker.HIDDEN_TESTS.replaceIn(cell.source(), indent -> null).contains("%");
        if (test.group(1).equals("grade") != hidden) {
            throw mistake(
                    cell,
                    magic + (hidden ? " is hidden" : " is not hidden") + ". Hide %grade between " + Marker.HIDDEN_TESTS
                            + ", show %check.");
        }
        if (Marker.HIDDEN_TESTS.replaceIn(cell.source(), indent -> null).isBlank()) {
            throw mistake(
                    cell,
                    "a test that leaves the student an empty cell. Put a comment before " + Marker.HIDDEN_TESTS + ".");
        }
    }

    private LessonException mistake(Cell cell, String factAndRemedy) {
        return new LessonException(file, cell.line(), factAndRemedy);
    }
}
