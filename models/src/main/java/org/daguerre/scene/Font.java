package org.daguerre.scene;

import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** The two fonts of signs, capital letters only. Every letter fills a cell of {@value #WIDTH} x {@value #HEIGHT}, v from its top. */
public enum Font {
    /** Squares on a grid, as a screen of the eighties shows them. */
    PIXEL(PixelFont::letter),
    /** Strokes with round ends along lines and arcs. */
    OUTLINE(StrokeFont::letter);
    static final int WIDTH = 5, HEIGHT = 7;

    /** From one letter's left edge to the next one's. */
    static final int ADVANCE = WIDTH + 1;

    private final Outline[] letters;

    Font(IntFunction<Outline> letter) {
        this.letters = IntStream.rangeClosed('A', 'Z').mapToObj(letter).toArray(Outline[]::new);
    }

    /** The word a caption uses. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The outline of one letter from A to Z. */
    Outline letter(char letter) {
        return letters[letter - 'A'];
    }

    /** Width of a word of so many letters. */
    static int width(int letters) {
        return ADVANCE * letters - 1;
    }

    /** The outline of a word around its centre, half a letter's height as the unit. */
    Outline word(String word) {
        int n = word.length();
        Outline[] outlines = word.chars().mapToObj(c -> letter((char) c)).toArray(Outline[]::new);
        double unit = HEIGHT / 2.0, middle = width(n) / 2.0;
        return (u, v) -> {
            double across = u * unit + middle, down = v * unit + unit;
            double nearest = ADVANCE;
            for (int i = 0; i < n; i++) {
                double inCell = across - ADVANCE * i;
                if (inCell > -1.5 && inCell < WIDTH + 1.5) { // no shadow reaches farther
                    nearest = Math.min(nearest, outlines[i].distance(inCell, down));
                }
            }
            return nearest / unit;
        };
    }
}
