package org.daguerre.scene;

import java.util.List;
import java.util.Optional;

/**
 * What a caption says, as something that can be true or false of a picture.
 *
 * @param first    the first group named
 * @param second   the second group, or null where there is one group only
 * @param relation where the first group is, seen from the second, or null where that is left open
 */
public record Claim(Group first, Group second, Relation relation) {

    public Claim {
        if (relation != null && second == null) {
            throw new IllegalArgumentException(
                    "A relation needs two groups. Name what it is " + relation.words() + ".");
        }
    }

    /** The claim that there is this group and nothing else. */
    public static Claim of(Group only) {
        return new Claim(only, null, null);
    }

    /** The groups in the order in which they are named: one or two. */
    public List<Group> groups() {
        return second == null ? List.of(first) : List.of(first, second);
    }

    /** How many objects there are in all. */
    public int count() {
        return groups().stream().mapToInt(Group::count).sum();
    }

    /** Where the first group is, if that is said. */
    public Optional<Relation> place() {
        return Optional.ofNullable(relation);
    }

    /** The same claim said from the other group's side; itself where no relation is said. */
    public Claim turned() {
        return relation == null ? this : new Claim(second, first, relation.opposite());
    }

    /**
     * The same claim said with "left of" or "above" only. A net that reads which of two objects stands left must combine mention order with
     * the relation word; with one word for each axis mention order alone decides, which is learned first.
     */
    public Claim canonical() {
        return relation == Relation.RIGHT_OF || relation == Relation.BELOW ? turned() : this;
    }

    /** The plain sentence: "a red apple right of a blue star", "two red apples and a green cup", "three stars". */
    public String text() {
        if (second == null) {
            return first.phrase();
        }
        return first.phrase() + " " + (relation == null ? "and" : relation.words()) + " " + second.phrase();
    }
}
