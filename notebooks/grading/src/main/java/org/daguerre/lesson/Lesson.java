package org.daguerre.lesson;

import java.util.List;

/**
 * A lesson, read and checked.
 *
 * @param name the file's name without its ending; the notebooks' names too
 * @param cells all cells in order, with solutions and hidden tests
 */
public record Lesson(String name, List<Cell> cells) {

    public Lesson {
        cells = List.copyOf(cells);
    }
}
