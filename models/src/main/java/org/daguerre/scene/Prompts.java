package org.daguerre.scene;

import java.util.ArrayList;
import java.util.List;

/** The prompts that models are measured with. */
public final class Prompts {

    private static final int LARGEST_COUNT = 6;

    /** Ten prompts in a row hold five of one group, two pairs and three relations. */
    private static final Drawn.Kind[] ROUND = {
        Drawn.Kind.COUNT, Drawn.Kind.RELATION, Drawn.Kind.COUNT, Drawn.Kind.PAIR, Drawn.Kind.COUNT,
        Drawn.Kind.RELATION, Drawn.Kind.COUNT, Drawn.Kind.PAIR, Drawn.Kind.COUNT, Drawn.Kind.RELATION
    };

    private Prompts() {}

    /**
     * Prompts of which no training scene shows the combination, see {@link HeldOut}. The same arguments give the same list, and a shorter
     * list is the beginning of a longer one.
     *
     * <ul>
     *   <li>half: one group, counts 1 to 6 in turn, "three red hearts";
     *   <li>a fifth: two groups of 1 to 3 objects anywhere, "two red cups and a red apple";
     *   <li>three tenths: two single objects in a relation, the four relations in turn, "a blue apple left of a blue cube".
     * </ul>
     *
     * @param count how many, from 1; 300 for a model's card
     * @param seed  draws the combinations; prompt {@code i} is sampled with seed {@code seed + i}
     */
    public static List<Prompt> heldOut(int count, long seed) {
        if (count < 1) {
            throw new IllegalArgumentException("--prompts is " + count + ". Give a number of prompts from 1 on.");
        }
        List<Prompt> prompts = new ArrayList<>();
        int[] before = new int[Drawn.Kind.values().length]; // prompts so far of each kind
        for (int i = 0; i < count; i++) {
            Drawn.Kind kind = ROUND[i % ROUND.length];
            Claim claim = claim(kind, before[kind.ordinal()]++, new Draws(seed, i));
            prompts.add(new Prompt(kind, claim, seed + i));
        }
        return prompts;
    }

    /**
     * The prompts of one of GenEval's tasks.
     *
     * @param count how many, from 1; 500 for a model's card
     * @param seed  as in {@link #heldOut}
     */
    public static List<Prompt> of(GenEval task, int count, long seed) {
        List<Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Claim claim = task.claim(i, new Draws(seed + 1000 * (1 + task.ordinal()), i));
            Drawn.Kind kind = claim.second() == null
                    ? Drawn.Kind.COUNT
                    : claim.relation() == null ? Drawn.Kind.PAIR : Drawn.Kind.RELATION;
            prompts.add(new Prompt(kind, claim, seed + i));
        }
        return prompts;
    }

    /** The first draw that is held out. */
    static Claim claim(Drawn.Kind kind, int turn, Draws draws) {
        while (true) {
            Claim claim = switch (kind) {
                case COUNT -> Claim.of(group(draws, 1 + turn % LARGEST_COUNT));
                case PAIR -> new Claim(group(draws, draws.whole(1, 3)), group(draws, draws.whole(1, 3)), null);
                case RELATION ->
                    new Claim(group(draws, 1), group(draws, 1), Relation.values()[turn % Relation.values().length]);
                case LOOSE -> throw new IllegalArgumentException("a loose prompt holds out nothing");
            };
            if (HeldOut.contains(claim) && !alike(claim)) {
                return claim;
            }
        }
    }

    private static boolean alike(Claim claim) {
        return claim.second() != null
                && claim.first().shape() == claim.second().shape()
                && claim.first().colour() == claim.second().colour();
    }

    private static Group group(Draws draws, int count) {
        return new Group(count, draws.of(Colour.values()), draws.of(Shape.values()));
    }
}
