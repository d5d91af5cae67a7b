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
        List<Integer> groups = new ArrayList<>();
        for (Group group : claim.groups()) {
            if (!groups.isEmpty()) {
                String between =
                        claim.relation() == null ? "and" : claim.relation().words();
                between.chars().filter(c -> c == ' ').forEach(blank -> groups.add(0));
                groups.add(0);
            }
            groups.add(0); // the number or article
            int number = group == first ? 1 : 2;
            if (group.colour() != null) {
                groups.add(number);
            }
            groups.add(number);
        }
        ending.chars().filter(c -> c == ' ').forEach(blank -> groups.add(0));
        return new Caption(claim.text() + ending, groups);
    }
}
