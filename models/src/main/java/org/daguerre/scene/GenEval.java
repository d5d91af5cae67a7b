package org.daguerre.scene;

import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * The six tasks of GenEval (Ghosh et al. 2023, arXiv:2310.11513), asked of trays. Its published figures are of photographs of 80 classes,
 * looked at by a detector; they show which tasks are hard for models, and cannot be compared digit by digit.
 */
public enum GenEval {
    /** "a star" */
    SINGLE_OBJECT(0.97, 0.98, Verdict::right),
    /** "a red star and a blue cup": both shapes, whatever their colours */
    TWO_OBJECT(0.38, 0.74, verdict -> verdict.count() && verdict.shape()),
    /** "three red stars", 2 to 4 */
    COUNTING(0.35, 0.39, verdict -> verdict.count() && verdict.shape()),
    /** "a red star": the colour */
    COLORS(0.76, 0.85, verdict -> verdict.colour() && verdict.shape()),
    /** "a red star left of a blue cup": all of it */
    POSITION(0.04, 0.15, Verdict::right),
    /** "a red star and a blue cup": each colour with its shape */
    COLOR_ATTRIBUTION(0.06, 0.23, verdict -> verdict.count() && verdict.binding());

    private static final int MOST_COUNTED = 4;

    private final double stableDiffusion15;
    private final double sdxl;
    private final Predicate<Verdict> right;

    GenEval(double stableDiffusion15, double sdxl, Predicate<Verdict> right) {
        this.stableDiffusion15 = stableDiffusion15;
        this.sdxl = sdxl;
        this.right = right;
    }

    /** What Stable Diffusion 1.5 reaches, as GenEval's README has it (github.com/djghosh13/geneval). */
    public double stableDiffusion15() {
        return stableDiffusion15;
    }

    /** What SDXL reaches, from the same table. */
    public double sdxl() {
        return sdxl;
    }

    /** Whether a picture that was judged by its {@link #claim} does what the task asks. */
    public boolean right(Verdict verdict) {
        return right.test(verdict);
    }

    /**
     * Whether a picture passes by GenEval's own rule, as it is in its evaluate_images.py: what was asked for must be there, and more of
     * it is excused in all tasks but counting.
     */
    public boolean rightByItsOwnRule(Verdict verdict) {
        return switch (this) {
            case SINGLE_OBJECT, COLORS, COLOR_ATTRIBUTION -> there(verdict, Found::is);
            case TWO_OBJECT -> there(verdict, (object, group) -> object.shape() == group.shape());
            case POSITION -> verdict.relation().orElse(false);
            case COUNTING -> right(verdict);
        };
    }

    private static boolean there(Verdict verdict, BiPredicate<Found, Group> is) {
        return verdict.asked().groups().stream()
                .allMatch(group -> verdict.findings().objects().stream()
                                .filter(object -> is.test(object, group))
                                .count()
                        >= group.count());
    }

    /**
     * Number {@code turn} of the task's prompts; combinations of colour and shape are held out from training.
     *
     * @param draws draws the colours and shapes
     */
    Claim claim(int turn, Draws draws) {
        return switch (this) {
            case SINGLE_OBJECT -> Claim.of(new Group(1, null, draws.of(Shape.values())));
            case COUNTING -> Prompts.claim(Drawn.Kind.COUNT, 1 + turn % (MOST_COUNTED - 1), draws);
            case COLORS -> Prompts.claim(Drawn.Kind.COUNT, 0, draws);
            case POSITION -> Prompts.claim(Drawn.Kind.RELATION, turn, draws);
            case TWO_OBJECT, COLOR_ATTRIBUTION -> {
                Claim two;
                do {
                    two = Prompts.claim(Drawn.Kind.PAIR, 0, draws);
                } while (two.count() != 2
                        || this == TWO_OBJECT
                                && two.first().shape() == two.second().shape());
                yield two;
            }
        };
    }

    /** GenEval's own name, "color attribution". */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
