package org.daguerre.lesson;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a cell is to nbgrader, schema version 3. A lesson has three of nbgrader's kinds: an answer (solution), a test (grade
 * and locked) and a read-only cell (locked).
 *
 * @param gradeId its name, unique in the lesson
 * @param grade it gives points
 * @param solution the student writes here
 * @param locked the student must not
 * @param points what a test is worth; 0 for the others
 */
record Role(String gradeId, boolean grade, boolean solution, boolean locked, double points) {

    static Role of(JsonNode nbgrader) {
        return new Role(
                nbgrader.path("grade_id").asText(),
                nbgrader.path("grade").asBoolean(),
                nbgrader.path("solution").asBoolean(),
                nbgrader.path("locked").asBoolean(),
                nbgrader.path("points").asDouble());
    }
}
