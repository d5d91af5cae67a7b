package org.daguerre.scene;

import java.util.Optional;

/**
 * Whether a caption of a sign is true of a picture, part by part. What the caption leaves open is right.
 *
 * @param asked   what the caption says
 * @param found   what is in the picture, nothing of it left open; empty where there is neither word nor hand
 * @param content whether the word is the word asked for, letter by letter, or the hand has the number of fingers asked for
 * @param font    whether a word's font is the one asked for
 * @param colour  whether the colour is the one asked for
 */
public record SignVerdict(Sign asked, Optional<Sign> found, boolean content, boolean font, boolean colour) {

    /** Whether this claim is true of what was found. */
    public static SignVerdict of(Sign asked, Optional<Sign> found) {
        Sign seen = found.orElse(null);
        boolean content = false, font = true;
        if (asked instanceof Word word) {
            content = seen instanceof Word read && read.letters().equals(word.letters());
            font = word.font() == null || seen instanceof Word read && read.font() == word.font();
        } else if (asked instanceof Hand hand) {
            content = seen instanceof Hand shown && shown.fingers() == hand.fingers();
        }
        boolean colour = asked.colour() == null || seen != null && seen.colour() == asked.colour();
        return new SignVerdict(asked, found, content, font, colour);
    }

    /** Whether every part is true. */
    public boolean right() {
        return content && font && colour;
    }

    /** What was found and what was asked for, in one line. */
    public String sentence() {
        String seen = "found " + found.map(Sign::text).orElse("nothing");
        return seen + (right() ? ", as asked" : "; asked for " + asked.text());
    }
}
