package org.daguerre.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.daguerre.scene.Box;
import org.daguerre.scene.Claim;
import org.daguerre.scene.Colour;
import org.daguerre.scene.Experiment;
import org.daguerre.scene.Findings;
import org.daguerre.scene.Group;
import org.daguerre.scene.Judge;
import org.daguerre.scene.Rate;
import org.daguerre.scene.Renderer;
import org.daguerre.scene.Scene;
import org.daguerre.scene.SceneSeries;
import org.daguerre.scene.Shape;
import org.junit.jupiter.api.Test;

class PlacementTest {

    private static final Scene CUBES = new SceneSeries(2).showing(Claim.of(new Group(3, Colour.BLUE, Shape.CUBE)), 0);
    private static final Findings FOUND = Judge.find(Renderer.render(CUBES));

    @Test
    void everyBoxOfARenderedSceneHoldsItsObject() {
        Experiment.Observed observed = Placement.of(CUBES).observe(FOUND);
        assertEquals(new Rate(3, 3), observed.rates().get("an object"));
        assertEquals(new Rate(3, 3), observed.rates().get("the object named"));
        assertEquals(new Rate(1, 1), observed.rates().get("as many as boxes"));
        assertTrue(observed.values().get("IoU") > 0.7, observed.toString());
        assertTrue(observed.values().get("mask inside") > 0.95, observed.toString());
    }

    @Test
    void objectOfAnotherShapeHasItsColourAndIsNotTheOneNamed() {
        assertEquals(new Rate(3, 3), renamed("blue ball").rates().get("one of its colour"));
        assertEquals(new Rate(0, 3), renamed("blue ball").rates().get("the object named"));
        assertEquals(new Rate(0, 3), renamed("red cube").rates().get("one of its colour"));
        assertEquals(new Rate(3, 3), renamed("red cube").rates().get("an object"));
    }

    private static Experiment.Observed renamed(String phrase) {
        List<Box> renamed = Placement.of(CUBES).boxes().stream()
                .map(box -> new Box(phrase, box.left(), box.top(), box.right(), box.bottom()))
                .toList();
        return new Placement(renamed).observe(FOUND);
    }

    @Test
    void overlapFallsAsABoxMovesAway() {
        Box box = Placement.of(CUBES).boxes().get(0);
        double wide = box.right() - box.left(), before = 1;
        for (double moved : new double[] {0, 0.25, 0.5, 0.75}) {
            Box other = new Box(
                    box.phrase(), box.left() + moved * wide, box.top(), box.right() + moved * wide, box.bottom());
            double iou = new Placement(List.of(other)).observe(FOUND).values().get("IoU");
            assertTrue(iou < before, moved + ": " + iou);
            before = iou;
        }
    }

    @Test
    void boxWhereNothingStandsIsEmpty() {
        Experiment.Observed observed = new Placement(List.of(new Box("blue cube", 0, 0, 0.02, 0.02))).observe(FOUND);
        assertEquals(new Rate(0, 1), observed.rates().get("an object"));
        assertEquals(new Rate(0, 1), observed.rates().get("as many as boxes"));
        assertEquals(0, observed.values().get("IoU"));
        assertEquals(0, observed.values().get("mask inside"));
    }
}
