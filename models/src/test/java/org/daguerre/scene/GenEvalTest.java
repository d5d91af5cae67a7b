package org.daguerre.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenEvalTest {

    private static final Group STAR = new Group(1, Colour.RED, Shape.STAR), CUP = new Group(1, Colour.BLUE, Shape.CUP);

    /** Pictures of what is said, judged by the claim that is asked. */
    private static Verdict verdict(Claim shown, Claim asked) {
        return Judge.judge(Renderer.render(new SceneSeries(5).showing(shown, 3)), asked);
    }

    private static Claim claim(GenEval task) {
        return switch (task) {
            case SINGLE_OBJECT -> Claim.of(new Group(1, null, Shape.STAR));
            case COUNTING, COLORS -> Claim.of(STAR);
            case TWO_OBJECT, COLOR_ATTRIBUTION -> new Claim(STAR, CUP, null);
            case POSITION -> new Claim(STAR, CUP, Relation.LEFT_OF);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "SINGLE_OBJECT, false, true",
        "COUNTING, false, false",
        "COLORS, true, true",
        "TWO_OBJECT, false, false",
        "COLOR_ATTRIBUTION, false, false",
        "POSITION, false, false"
    })
    void twoStarsForOneAreExcusedByGenEvalsRuleInAllTasksButCounting(GenEval task, boolean ours, boolean own) {
        Verdict twoStars = verdict(Claim.of(new Group(2, Colour.RED, Shape.STAR)), claim(task));
        assertEquals(ours, task.right(twoStars));
        assertEquals(own, task.rightByItsOwnRule(twoStars));
    }

    @ParameterizedTest
    @CsvSource({"TWO_OBJECT, true", "COLOR_ATTRIBUTION, true", "POSITION, true"})
    void oneMoreOfTheFirstIsExcusedWhereBothAreThere(GenEval task, boolean own) {
        Claim shown = new Claim(new Group(2, Colour.RED, Shape.STAR), CUP, Relation.LEFT_OF);
        Verdict verdict = verdict(shown, claim(task));
        assertEquals(false, task.right(verdict));
        assertEquals(own, task.rightByItsOwnRule(verdict));
    }

    @ParameterizedTest
    @CsvSource({"TWO_OBJECT, true", "COLOR_ATTRIBUTION, false", "POSITION, false"})
    void exchangedColoursAreTwoObjectsAndNotWhatWasAsked(GenEval task, boolean own) {
        Claim exchanged =
                new Claim(new Group(1, Colour.BLUE, Shape.STAR), new Group(1, Colour.RED, Shape.CUP), Relation.LEFT_OF);
        assertEquals(own, task.rightByItsOwnRule(verdict(exchanged, claim(task))));
    }
}
