package org.daguerre.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JudgeTest {

    private static Verdict judged(String claim, Thing... things) {
        Raster picture = Renderer.render(new Scene(Tray.SLATE, Cloth.LINEN, 4, List.of(things)));
        return Judge.judge(picture, Grammar.parse(claim).orElseThrow());
    }

    private static Thing at(double x, double y, Colour colour, Shape shape) {
        return new Thing(shape, colour, x, y, 12.5, 0.1, 1);
    }

    private static Thing[] redApples(int n) {
        List<Thing> apples = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            apples.add(at(26 + 36 * (i % 3), 28 + 36 * (i / 3), Colour.RED, Shape.APPLE));
        }
        return apples.toArray(Thing[]::new);
    }

    @Test
    void atLeast99In100PartsOfTwoThousandScenesAreJudgedRight() {
        JudgeTable table = JudgeTable.of(2000, "as rendered", 0, 0);
        assertTrue(table.count().value() >= 0.99, "count " + table.count());
        assertTrue(table.colour().value() >= 0.99, "colour " + table.colour());
        assertTrue(table.shape().value() >= 0.99, "shape " + table.shape());
        assertTrue(table.relation().value() >= 0.99, "relation " + table.relation());
        assertEquals(0, table.opposite().right(), "opposite relations taken for true");
        assertTrue(table.place().value() >= 0.99, "place " + table.place());
        assertTrue(table.ground().value() >= 0.99, "ground " + table.ground());
    }

    @Test
    void blurAndNoiseLeave97In100PartsRight() {
        JudgeTable table = JudgeTable.of(500, "blurred and noisy", 1.5, 12);
        assertTrue(table.count().value() >= 0.97, "count " + table.count());
        assertTrue(table.colour().value() >= 0.97, "colour " + table.colour());
        assertTrue(table.shape().value() >= 0.97, "shape " + table.shape());
        assertTrue(table.relation().value() >= 0.97, "relation " + table.relation());
    }

    @Test
    void aWrongCountIsFalseAndSaysBothNumbers() {
        Verdict verdict = judged("three red apples", redApples(4));
        assertFalse(verdict.count());
        assertFalse(verdict.right());
        assertTrue(verdict.colour() && verdict.shape() && verdict.binding());
        assertEquals("found 4 red apples; asked for three red apples", verdict.sentence());
    }

    @Test
    void theRightCountIsTrue() {
        Verdict verdict = judged("four red apples on a tray", redApples(4));
        assertTrue(verdict.right());
        assertEquals("found 4 red apples, as asked", verdict.sentence());
    }

    @Test
    void eachRelationIsTrueAndItsOppositeFalse() {
        Thing middle = at(64, 64, Colour.GREEN, Shape.CUP);
        for (Relation side : Relation.values()) {
            double dx = side == Relation.LEFT_OF ? -34 : side == Relation.RIGHT_OF ? 34 : 0;
            double dy = side == Relation.ABOVE ? -34 : side == Relation.BELOW ? 34 : 0;
            Thing ball = at(64 + dx, 64 + dy, Colour.BLUE, Shape.BALL);
            for (Relation said : List.of(side, side.opposite())) {
                Verdict verdict = judged("a blue ball " + said.words() + " a green cup", middle, ball);
                assertEquals(Optional.of(said == side), verdict.relation(), said + " of a ball that is " + side);
                assertEquals(said == side, verdict.right());
            }
        }
    }

    @Test
    void aRelationIsFalseWhenOneOfManyStandsOnTheOtherSide() {
        Verdict verdict = judged(
                "two blue balls left of a green cup",
                at(24, 30, Colour.BLUE, Shape.BALL),
                at(104, 80, Colour.BLUE, Shape.BALL),
                at(64, 64, Colour.GREEN, Shape.CUP));
        assertTrue(verdict.count() && verdict.binding());
        assertEquals(Optional.of(false), verdict.relation());
        assertEquals(
                "found 2 blue balls, 1 green cup, but not left of it; asked for two blue balls left of a green cup",
                verdict.sentence());
    }

    @Test
    void swappedColoursAreAWrongBindingOfRightColoursAndShapes() {
        Verdict verdict = judged(
                "a red apple and a green cup",
                at(34, 64, Colour.GREEN, Shape.APPLE),
                at(94, 64, Colour.RED, Shape.CUP));
        assertTrue(verdict.count() && verdict.colour() && verdict.shape());
        assertFalse(verdict.binding());
        assertFalse(verdict.right());
    }

    @Test
    void aWrongColourAndAWrongShapeAreToldApart() {
        Verdict colour = judged("a red apple", at(64, 64, Colour.YELLOW, Shape.APPLE));
        assertTrue(colour.count() && colour.shape() && !colour.colour() && !colour.right());
        Verdict shape = judged("a red apple", at(64, 64, Colour.RED, Shape.HEART));
        assertTrue(shape.count() && shape.colour() && !shape.shape() && !shape.right());
        assertEquals("found 1 red heart; asked for a red apple", shape.sentence());
    }

    @Test
    void anOpenColourTakesAnyButOnlyOne() {
        Thing left = at(34, 64, Colour.PINK, Shape.STAR);
        assertTrue(
                judged("two stars", left, at(94, 64, Colour.PINK, Shape.STAR)).right());
        Verdict mixed = judged("two stars", left, at(94, 64, Colour.BLUE, Shape.STAR));
        assertTrue(mixed.count() && mixed.shape() && !mixed.colour() && !mixed.right());
    }

    @Test
    void anObjectThatWasNotNamedMakesTheClaimFalse() {
        Verdict verdict =
                judged("a red apple", at(34, 64, Colour.RED, Shape.APPLE), at(94, 64, Colour.WHITE, Shape.COIN));
        assertFalse(verdict.right());
        assertEquals("found 1 red apple, 1 white coin; asked for a red apple", verdict.sentence());
    }

    @Test
    void anEmptyTrayHoldsNothing() {
        for (Tray tray : Tray.values()) {
            for (Cloth cloth : Cloth.values()) {
                for (double inset : new double[] {2, 4.5, 7}) {
                    Raster picture = Renderer.render(new Scene(tray, cloth, inset, List.of()));
                    for (Raster seen : List.of(picture, Degraded.of(picture, 1.5, 12, 1))) {
                        Findings findings = Judge.find(seen);
                        assertEquals(List.of(), findings.objects(), tray + " on " + cloth + " at " + inset);
                    }
                }
            }
        }
        assertEquals(
                "found nothing; asked for a red apple", judged("a red apple").sentence());
    }

    @Test
    void objectsThatTouchAreToldApart() {
        Verdict verdict = judged(
                "three orange balls",
                at(40, 64, Colour.ORANGE, Shape.BALL),
                at(62, 64, Colour.ORANGE, Shape.BALL),
                at(84, 64, Colour.ORANGE, Shape.BALL));
        assertTrue(verdict.right(), verdict.sentence());
    }

    @Test
    void everyShapeInEveryColourOnEveryTrayIsRecognised() {
        for (Tray tray : Tray.values()) {
            for (Colour colour : Colour.values()) {
                for (Shape shape : Shape.values()) {
                    Thing thing = new Thing(shape, colour, 60.3, 71.8, 11.4, -0.15, 1);
                    Found found = Judge.find(Renderer.render(new Scene(tray, Cloth.DENIM, 3, List.of(thing))))
                            .objects()
                            .get(0);
                    assertEquals(List.of(colour, shape), List.of(found.colour(), found.shape()), "on " + tray);
                    assertEquals(60.3, found.x(), 1.5);
                    assertEquals(71.8, found.y(), 1.5);
                    assertEquals(11.4, found.radius(), 1.5);
                }
            }
        }
    }

    @Test
    void theMaskCoversTheObjectsOfItsGroupAndNoOther() {
        Thing apple = new Thing(Shape.APPLE, Colour.RED, 34, 64, 13, 0, 1);
        Thing cube = new Thing(Shape.CUBE, Colour.BLUE, 94, 64, 13, 0, 2);
        Scene scene = new Scene(Tray.MOSS, Cloth.LINEN, 4, List.of(apple, cube));
        boolean[] mask = Judge.find(Renderer.render(scene)).mask(f -> f.is(new Group(1, Colour.BLUE, Shape.CUBE)));
        float[] drawn = Renderer.coverage(scene, 2);
        int both = 0, either = 0;
        for (int i = 0; i < mask.length; i++) {
            both += mask[i] && drawn[i] > 0.5 ? 1 : 0;
            either += mask[i] || drawn[i] > 0.5 ? 1 : 0;
        }
        assertTrue(both > 0.85 * either, both + " of " + either);
    }

    @Test
    void aPictureOfAnotherSizeIsRefusedWithTheSizeThatItMayHave() {
        var refusal = assertThrows(
                IllegalArgumentException.class, () -> Judge.find(new Raster(64, 64, new byte[64 * 64 * 3])));
        assertEquals(
                "The judge reads pictures of 128 x 128 pixels, not 64 x 64. Sample at that size.",
                refusal.getMessage());
    }
}
