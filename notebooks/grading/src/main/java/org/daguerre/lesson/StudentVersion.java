package org.daguerre.lesson;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What nbgrader 0.9.6 makes of an instructor's cell for the student ({@code generate_assignment}): solutions become a stub,
 * hidden tests go, what the student must leave alone is locked, and a checksum tells whether it was.
 */
final class StudentVersion {

    /** In the place of a solution: compiles wherever a statement may stand, and answers no check. */
    static final String STUB = "// YOUR CODE HERE\nthrow new UnsupportedOperationException(\"not answered\");";

    private StudentVersion() {}

    static Cell of(Cell cell) {
        Role role = cell.role().orElse(null);
        if (role == null) {
            return cell;
        }
        String source = cell.source();
        if (role.solution()) {
            source = Marker.SOLUTION.replaceIn(source, indent -> STUB.replaceAll("(?m)^", indent));
        }
        source = Marker.HIDDEN_TESTS.replaceIn(source, indent -> null);
        ObjectNode metadata = cell.metadata().deepCopy();
        metadata.put("deletable", false);
        if (!role.solution()) {
            metadata.put("editable", false);
        }
        ObjectNode nbgrader = metadata.withObjectProperty("nbgrader");
        nbgrader.put("cell_type", cell.kind().cellType());
        nbgrader.put("checksum", checksum(source, cell.kind(), role));
        return new Cell(cell.kind(), source, metadata, cell.line());
    }

    /** nbgrader's utils.compute_checksum; it writes truth values and numbers as Python does. */
    private static String checksum(String source, Cell.Kind kind, Role role) {
        String all = source
                + kind.cellType()
                + python(role.grade())
                + python(role.solution())
                + python(role.locked())
                + role.gradeId()
                + (role.grade() ? Double.toString(role.points()) : "");
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(all.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no MD5, which every JDK must have", e);
        }
    }

    private static String python(boolean truth) {
        return truth ? "True" : "False";
    }
}
