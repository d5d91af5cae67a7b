package org.daguerre.scene;

/** Letters of 5 x 7 squares. */
final class PixelFont {

    /** Seven rows a letter, A to Z. */
    private static final String[] LETTERS = {
        ".###. #...# #...# ##### #...# #...# #...#",
        "####. #...# #...# ####. #...# #...# ####.",
        ".#### #.... #.... #.... #.... #.... .####",
        "####. #...# #...# #...# #...# #...# ####.",
        "##### #.... #.... ####. #.... #.... #####",
        "##### #.... #.... ####. #.... #.... #....",
        ".#### #.... #.... #..## #...# #...# .####",
        "#...# #...# #...# ##### #...# #...# #...#",
        "##### ..#.. ..#.. ..#.. ..#.. ..#.. #####",
        "..### ...#. ...#. ...#. #..#. #..#. .##..",
        "#...# #..#. #.#.. ##... #.#.. #..#. #...#",
        "#.... #.... #.... #.... #.... #.... #####",
        "#...# ##.## #.#.# #.#.# #...# #...# #...#",
        "#...# ##..# ##..# #.#.# #..## #..## #...#",
        ".###. #...# #...# #...# #...# #...# .###.",
        "####. #...# #...# ####. #.... #.... #....",
        ".###. #...# #...# #...# #.#.# #..#. .##.#",
        "####. #...# #...# ####. #.#.. #..#. #...#",
        ".#### #.... #.... .###. ....# ....# ####.",
        "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#..",
        "#...# #...# #...# #...# #...# #...# .###.",
        "#...# #...# #...# #...# #...# .#.#. ..#..",
        "#...# #...# #...# #.#.# #.#.# ##.## #...#",
        "#...# #...# .#.#. ..#.. .#.#. #...# #...#",
        "#...# #...# .#.#. ..#.. ..#.. ..#.. ..#..",
        "##### ....# ...#. ..#.. .#... #.... #####"
    };

    private PixelFont() {}

    /** The union of a letter's squares, a square being the unit; exact up to a distance of one. */
    static Outline letter(int letter) {
        String[] rows = LETTERS[letter - 'A'].split(" ");
        return (u, v) -> {
            int column = (int) Math.floor(u), row = (int) Math.floor(v);
            boolean ink = ink(rows, column, row);
            double nearest = 1;
            for (int y = row - 1; y <= row + 1; y++) {
                for (int x = column - 1; x <= column + 1; x++) {
                    if (ink(rows, x, y) != ink) {
                        double du = Math.max(0, Math.max(x - u, u - x - 1)),
                                dv = Math.max(0, Math.max(y - v, v - y - 1));
                        nearest = Math.min(nearest, Math.sqrt(du * du + dv * dv));
                    }
                }
            }
            return ink ? -nearest : nearest;
        };
    }

    private static boolean ink(String[] rows, int column, int row) {
        return row >= 0 && row < Font.HEIGHT && column >= 0 && column < Font.WIDTH && rows[row].charAt(column) == '#';
    }
}
