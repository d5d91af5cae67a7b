package org.daguerre.lesson;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * One cell as it stands in the lesson's source.
 *
 * @param kind Markdown or code
 * @param source its text, without the fence, lines parted by a single line feed
 * @param metadata what the fence says beside the language; empty for Markdown
 * @param line the line of the source that the text begins in, from 1
 */
record Cell(Kind kind, String source, ObjectNode metadata, int line) {

    /** The two kinds of cell that a lesson has. */
    enum Kind {
        MARKDOWN,
        CODE;

        /** As nbformat has it. */
        String cellType() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** What nbgrader knows of the cell, if it knows it. */
    Optional<Role> role() {
        return Optional.ofNullable(metadata.get("nbgrader")).map(Role::of);
    }

    /** The same cell with another text. */
    Cell withSource(String source) {
        return new Cell(kind, source, metadata, line);
    }
}
