package org.daguerre.scene;

import java.util.ArrayList;
import java.util.List;

/**
 * A sentence together with what each of its words is about.
 *
 * @param text   words with single blanks between
 * @param groups for each word the group (1 or 2, see {@link Thing#group()}) whose colour or noun it names; 0 for all others
 */
public record Caption(String text, List<Integer> groups) {

    public Caption {
        groups = List.copyOf(groups);
        if (groups.size() != text.split(" ").length) {
            throw new IllegalArgumentException("A caption has one group number for each word: '" + text + "'.");
        }
    }

    /** How a claim is said about a scene whose things carry group 1 for {@code first} and 2 for the other. */
    static Caption of(Claim claim, Group first, String ending) {
        Writer caption = new Writer();
        for (Group group : claim.groups()) {
            if (!caption.words.isEmpty()) {
                caption.say(claim.relation() == null ? "and" : claim.relation().words());
            }
            caption.say(group, group == first ? 1 : 2);
        }
        return caption.say(ending).caption();
    }

    /** Writes a caption from left to right. */
    static final class Writer {
        private final List<String> words = new ArrayList<>();
        private final List<Integer> groups = new ArrayList<>();

        /** Adds words that name no group; none if the text is blank. */
        Writer say(String text) {
            return say(text, 0);
        }

        /** Adds words that all name this group. */
        Writer say(String text, int number) {
            for (String word : text.isBlank() ? new String[0] : text.strip().split(" ")) {
                words.add(word);
                groups.add(number);
            }
            return this;
        }

        /** Adds a noun phrase; its number or article names no group. */
        Writer say(Group group, int number) {
            String[] parts = group.phrase().split(" ", 2);
            return say(parts[0]).say(parts[1], number);
        }

        Caption caption() {
            return new Caption(String.join(" ", words), groups);
        }
    }
}
