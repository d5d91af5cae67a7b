package org.daguerre.scene;

/**
 * Where on a picture something is, in words: one cell of a grid. The grid spans what the centres of objects reach, and its outer cells go
 * on to the picture's edge.
 *
 * @param grid   how finely places are told apart
 * @param column from the left, 0 and up
 * @param row    from the top, 0 and up
 */
public record Place(Grid grid, int column, int row) {

    private static final double FIRST = 20, LAST = 108; // pixels that the centres of objects lie between

    /** How finely places are told apart. */
    public enum Grid {
        /** 25 cells with a diagonal of less than 27 pixels: two objects of the trays never share one. */
        FINE(5) {
            @Override
            String words(int column, int row) {
                return COLUMNS[column] + " " + ROWS[row];
            }
        },
        /** 9 cells, for many objects. */
        COARSE(3) {
            @Override
            String words(int column, int row) {
                return NINTHS[row][column];
            }
        };

        private static final String[] COLUMNS = {"far left", "left", "in the center", "right", "far right"};
        private static final String[] ROWS = {
            "near the top", "above the middle", "halfway down", "below the middle", "near the bottom"
        };
        private static final String[][] NINTHS = {
            {"at the top left", "at the top", "at the top right"},
            {"at the left", "in the middle", "at the right"},
            {"at the bottom left", "at the bottom", "at the bottom right"}
        };

        private final int cells;

        Grid(int cells) {
            this.cells = cells;
        }

        abstract String words(int column, int row);

        /** Cells in a row and in a column. */
        public int cells() {
            return cells;
        }

        /** The place of a point in pixels. */
        public Place at(double x, double y) {
            return new Place(this, cell(x), cell(y));
        }

        private int cell(double pixels) {
            return (int) Math.max(0, Math.min(cells - 1, (pixels - FIRST) / (LAST - FIRST) * cells));
        }
    }

    /** What a caption says: "far left near the top". */
    public String words() {
        return grid.words(column, row);
    }

    /** Pixels from a point to this place; 0 within it. */
    double distance(double x, double y) {
        double dx = outside(x, column), dy = outside(y, row);
        return Math.sqrt(dx * dx + dy * dy);
    }

    private double outside(double pixels, int cell) {
        double size = (LAST - FIRST) / grid.cells;
        double low = cell == 0 ? 0 : FIRST + cell * size;
        double high = cell == grid.cells - 1 ? Scene.SIZE : FIRST + (cell + 1) * size;
        return Math.max(0, Math.max(low - pixels, pixels - high));
    }
}
