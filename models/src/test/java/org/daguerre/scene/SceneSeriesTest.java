package org.daguerre.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SceneSeriesTest {

    private static final List<Drawn> DRAWN =
            LongStream.range(0, 6000).mapToObj(new SceneSeries(11)::at).toList();

    @Test
    void aSceneDependsOnSeedAndIndexAlone() {
        assertEquals(new SceneSeries(11).at(4711), new SceneSeries(11).at(4711));
        assertEquals(DRAWN.get(5), new SceneSeries(11).at(5));
        assertFalse(new SceneSeries(12).at(5).scene().equals(DRAWN.get(5).scene()));
    }

    @Test
    void nothingHeldOutIsDrawn() {
        for (Drawn drawn : DRAWN) {
            Claim shown = shown(drawn);
            assertFalse(HeldOut.contains(shown), shown.text());
        }
    }

    @Test
    void theListIsWhatItSays() {
        assertTrue(HeldOut.contains(Grammar.parse("a purple pear").orElseThrow()));
        assertTrue(HeldOut.contains(Grammar.parse("five red apples").orElseThrow()));
        assertFalse(HeldOut.contains(Grammar.parse("four red apples").orElseThrow()));
        assertTrue(HeldOut.contains(
                Grammar.parse("a blue cube left of two blue apples").orElseThrow()));
        assertTrue(HeldOut.contains(
                Grammar.parse("two blue apples and a blue cube").orElseThrow()));
        assertFalse(
                HeldOut.contains(Grammar.parse("a red apple and a blue cube").orElseThrow()));
        for (String line : HeldOut.lines(World.TRAYS)) {
            assertTrue(line.matches("(object|count [1-6]|two) [a-z]+ [a-z]+(, [a-z]+ [a-z]+)?"), line);
        }
    }

    /** The claim with the colours that were drawn. */
    private static Claim shown(Drawn drawn) {
        Claim claim = drawn.claim();
        Colour colour = drawn.scene().things().get(0).colour();
        return claim.first().colour() == null ? Claim.of(claim.first().in(colour)) : claim;
    }

    @Test
    void theSceneShowsWhatTheCaptionSays() {
        for (Drawn drawn : DRAWN) {
            Claim claim = shown(drawn);
            assertEquals(claim.count(), drawn.scene().things().size());
            for (int number = 1; number <= claim.groups().size(); number++) {
                Group group = claim.groups().get(number - 1);
                int at = number;
                List<Thing> things = drawn.scene().things().stream()
                        .filter(thing -> thing.group() == at)
                        .toList();
                assertEquals(group.count(), things.size());
                assertTrue(things.stream().allMatch(t -> t.shape() == group.shape() && t.colour() == group.colour()));
            }
        }
    }

    @Test
    void theSizeDoesNotTellTheCount() {
        Map<Integer, List<Double>> radii = new TreeMap<>();
        for (Drawn drawn : DRAWN) {
            for (Thing thing : drawn.scene().things()) {
                radii.computeIfAbsent(Math.min(drawn.scene().things().size(), 7), n -> new ArrayList<>())
                        .add(thing.radius());
            }
        }
        radii.forEach((count, of) -> {
            double mean = of.stream().mapToDouble(r -> r).average().orElseThrow();
            double error = 3 / Math.sqrt(12) / Math.sqrt(of.size()); // of the mean of a uniform draw from 11 to 14
            assertEquals(12.5, mean, 4 * error, "mean radius of " + count + " objects");
        });
    }

    @Test
    void kindsHaveTheirShares() {
        Map<Drawn.Kind, Integer> kinds = new EnumMap<>(Drawn.Kind.class);
        DRAWN.forEach(drawn -> kinds.merge(drawn.kind(), 1, Integer::sum));
        // drawn at 0.40, 0.34, 0.16 and 0.10; what is held out, alike or without room is drawn again, mostly groups of
        // two
        assertEquals(0.484, kinds.get(Drawn.Kind.COUNT) / 6000.0, 0.03);
        assertEquals(0.262, kinds.get(Drawn.Kind.RELATION) / 6000.0, 0.03);
        assertEquals(0.128, kinds.get(Drawn.Kind.PAIR) / 6000.0, 0.03);
        assertEquals(0.127, kinds.get(Drawn.Kind.LOOSE) / 6000.0, 0.03);
    }

    @Test
    void aLooseAppleIsMostlyRed() {
        List<Colour> apples = DRAWN.stream()
                .filter(d -> d.kind() == Drawn.Kind.LOOSE && d.claim().first().shape() == Shape.APPLE)
                .map(d -> d.scene().things().get(0).colour())
                .toList();
        double red = apples.stream().filter(colour -> colour == Colour.RED).count() / (double) apples.size();
        assertEquals(0.7, red, 0.2, "share of red in " + apples.size());
    }
}
