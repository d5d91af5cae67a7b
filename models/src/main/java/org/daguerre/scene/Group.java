package org.daguerre.scene;

/**
 * One noun phrase: "three red apples".
 *
 * @param count  how many, 1 to {@value Group#MOST}
 * @param colour their colour, or null where the caption leaves it open
 * @param shape  what they are
 */
public record Group(int count, Colour colour, Shape shape) {

    /** The largest number that has a word. */
    public static final int MOST = 12;

    private static final String[] NUMBERS = {
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"
    };

    public Group {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException(
                    "A group has 1 to %d objects, not %d. Say a number from one to twelve.".formatted(MOST, count));
        }
    }

    /** The word for a number from 1 to {@value #MOST}. */
    public static String number(int count) {
        return NUMBERS[count - 1];
    }

    /** The same number of the same shape in this colour. */
    public Group in(Colour named) {
        return new Group(count, named, shape);
    }

    /** The phrase with "a" or "an" for one: "an orange coin", "three stars". */
    public String phrase() {
        String noun = count == 1 ? shape.word() : shape.plural();
        String named = colour == null ? noun : colour.word() + " " + noun;
        return count > 1 ? number(count) + " " + named : (startsWithVowel(named) ? "an " : "a ") + named;
    }

    private static boolean startsWithVowel(String word) {
        return "aeiou".indexOf(word.charAt(0)) >= 0;
    }
}
