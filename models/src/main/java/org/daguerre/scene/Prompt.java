package org.daguerre.scene;

/**
 * One line of an evaluation: what is asked, and the seed that it is asked with.
 *
 * @param kind  what it tests: {@link Drawn.Kind#COUNT}, {@link Drawn.Kind#PAIR} or {@link Drawn.Kind#RELATION}
 * @param claim what the picture must show
 * @param seed  the seed of the start noise
 */
public record Prompt(Drawn.Kind kind, Claim claim, long seed) {

    /** The sentence, with the group that each of its words is about: 1 for {@link Claim#first()}, 2 for {@link Claim#second()}. */
    public Caption caption() {
        return Caption.of(claim, claim.first(), "");
    }
}
