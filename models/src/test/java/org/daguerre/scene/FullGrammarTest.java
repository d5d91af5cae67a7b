package org.daguerre.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

class FullGrammarTest {

    private static final int MOST_WORDS = 62; // with <bos> and <eos> 64 tokens

    private static Thing at(double x, double y, Colour colour, Shape shape) {
        return new Thing(shape, colour, x, y, 12.5, 0, 1);
    }

    private static FullClaim full(Thing... things) {
        return FullClaim.of(new Scene(Tray.SLATE, Cloth.LINEN, 4, List.of(things)));
    }

    @Provide
    Arbitrary<FullClaim> claims() {
        Arbitrary<FullClaim.Located> located = Combinators.combine(
                        Arbitraries.of(Colour.values()), Arbitraries.of(Shape.values()), places())
                .as((colour, shape, places) -> new FullClaim.Located(new Group(places.size(), colour, shape), places));
        return Combinators.combine(
                        located.list().ofMinSize(1).ofMaxSize(2),
                        Arbitraries.of(Tray.values()),
                        Arbitraries.of(Cloth.values()))
                .as(FullClaim::new);
    }

    private static Arbitrary<List<Place>> places() {
        return Arbitraries.of(Place.Grid.values())
                .flatMap(grid -> Arbitraries.integers()
                        .between(0, grid.cells() * grid.cells() - 1)
                        .map(cell -> new Place(grid, cell % grid.cells(), cell / grid.cells()))
                        .list()
                        .ofMinSize(1)
                        .ofMaxSize(Group.MOST));
    }

    @Property(seed = "1")
    void everyFullClaimIsReadBackFromItsText(@ForAll("claims") FullClaim claim) {
        assertEquals(Optional.of(claim), FullGrammar.parse(claim.text()));
        assertEquals(Optional.of(claim), FullGrammar.parse("  " + claim.text().toUpperCase(Locale.ROOT) + ". "));
    }

    @Property(seed = "1")
    void everyWordOfEveryFullClaimIsInTheVocabulary(@ForAll("claims") FullClaim claim) {
        assertTrue(FullGrammar.vocabulary().containsAll(List.of(claim.text().split(" "))), claim.text());
    }

    @Property(tries = 500, seed = "1")
    void theFullCaptionIsTrueOfItsScene(@ForAll @LongRange(min = 0, max = 1_000_000) long index) {
        Drawn drawn = new SceneSeries(3).at(index);
        FullClaim read = FullGrammar.parse(drawn.full().caption().text()).orElseThrow();
        assertEquals(drawn.scene().tray(), read.tray());
        assertEquals(drawn.scene().cloth(), read.cloth());
        List<Thing> left = new ArrayList<>(drawn.scene().things());
        for (int number = 1; number <= read.groups().size(); number++) {
            FullClaim.Located located = read.groups().get(number - 1);
            for (Place place : located.places()) {
                Thing thing = left.stream()
                        .filter(t -> t.shape() == located.group().shape()
                                && t.colour() == located.group().colour()
                                && place.equals(place.grid().at(t.x(), t.y())))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("nothing is " + place.words()));
                assertEquals(number, thing.group(), "the words are marked with the masks' numbers");
                left.remove(thing);
            }
        }
        assertEquals(List.of(), left, "things without words");
    }

    @Property(tries = 500, seed = "1")
    void upToSixObjectsEachHaveAPlaceOfTheirOwnIn62Words(@ForAll @LongRange(min = 0, max = 1_000_000) long index) {
        Drawn drawn = new SceneSeries(3).at(index);
        FullClaim full = drawn.full();
        boolean few = drawn.scene().things().size() <= FullClaim.SINGLY_PLACED;
        List<Place> places =
                full.groups().stream().flatMap(g -> g.places().stream()).toList();
        assertTrue(places.stream().allMatch(p -> p.grid() == (few ? Place.Grid.FINE : Place.Grid.COARSE)));
        assertTrue(!few || places.size() == Set.copyOf(places).size(), full.text());
        assertTrue(full.text().split(" ").length <= MOST_WORDS, full.text());
    }

    @Example
    void theLongestCaptionHas62Words() {
        List<Place> places = new ArrayList<>();
        for (int row : new int[] {1, 3}) {
            for (int column : new int[] {0, 2, 4}) {
                places.add(new Place(Place.Grid.FINE, column, row));
            }
        }
        int longest = 0;
        for (int first = 1; first <= 6; first++) { // six objects in one group or two, in the wordiest places
            List<FullClaim.Located> groups = new ArrayList<>();
            groups.add(new FullClaim.Located(new Group(first, Colour.RED, Shape.CUP), places.subList(0, first)));
            if (first < 6) {
                groups.add(
                        new FullClaim.Located(new Group(6 - first, Colour.BLUE, Shape.CUP), places.subList(first, 6)));
            }
            FullClaim claim = new FullClaim(groups, Tray.WOOD, Cloth.DENIM);
            longest = Math.max(longest, claim.text().split(" ").length);
        }
        assertTrue(longest <= MOST_WORDS, "six objects: " + longest);
        List<Place> everywhere = new ArrayList<>();
        for (int cell = 0; cell < Group.MOST; cell++) {
            everywhere.add(new Place(Place.Grid.COARSE, cell % 3, cell / 3 % 3));
        }
        FullClaim twelve = new FullClaim(
                List.of(new FullClaim.Located(new Group(12, Colour.RED, Shape.CUP), everywhere)),
                Tray.WOOD,
                Cloth.DENIM);
        int words = twelve.text().split(" ").length;
        assertTrue(words <= MOST_WORDS, "twelve objects: " + words);
    }

    @Example
    void theWordingIsPlain() {
        assertEquals(
                "a red apple in the center halfway down on a slate tray over a linen cloth",
                full(at(64, 64, Colour.RED, Shape.APPLE)).text());
        assertEquals(
                "two red apples with one far left near the top and one right below the middle"
                        + " and an orange cup in the center near the bottom on a slate tray over a linen cloth",
                full(
                                at(90, 80, Colour.RED, Shape.APPLE),
                                at(22, 24, Colour.RED, Shape.APPLE),
                                at(64, 105, Colour.ORANGE, Shape.CUP))
                        .text());
        Thing[] seven = new Thing[7];
        for (int i = 0; i < 7; i++) {
            seven[i] = at(24 + 28 * (i % 4), i < 4 ? 24 : 64, Colour.YELLOW, Shape.COIN);
        }
        assertEquals(
                "seven yellow coins with one at the top left one at the top two at the top right"
                        + " one at the left one in the middle and one at the right on a slate tray over a linen cloth",
                full(seven).text());
    }

    @Example
    void colourAndNounAreMarkedWithTheirGroup() {
        Caption caption = full(at(22, 24, Colour.RED, Shape.APPLE), at(64, 105, Colour.ORANGE, Shape.CUP))
                .caption();
        String[] words = caption.text().split(" ");
        for (int i = 0; i < words.length; i++) {
            int expected = List.of("red", "apple").contains(words[i])
                    ? 1
                    : List.of("orange", "cup").contains(words[i]) ? 2 : 0;
            assertEquals(expected, caption.groups().get(i), words[i]);
        }
    }

    @Example
    void theShortLanguageComesFirstInTheVocabulary() {
        assertEquals(
                Grammar.vocabulary(),
                FullGrammar.vocabulary().subList(0, Grammar.vocabulary().size()));
    }

    @Example
    void aSentenceThatDoesNotAddUpIsNotRead() {
        String ground = " on a slate tray over a linen cloth";
        for (String text : List.of(
                "",
                "a red apple" + ground,
                "an apple left near the top" + ground,
                "a red apple left near the top",
                "a red apple left" + ground,
                "two red apples with one left near the top" + ground,
                "two red apples with two left near the top and one right near the top" + ground,
                "two red apples with left near the top" + ground,
                "a red apple left near the top and" + ground,
                "a red apple left near the top" + ground + ground,
                "a red apple left near the top on a silver tray over a linen cloth")) {
            assertEquals(Optional.empty(), FullGrammar.parse(text), "'" + text + "'");
        }
    }

    @Example
    void aThirdKindOfObjectIsRefused() {
        var refusal = assertThrows(
                IllegalArgumentException.class,
                () -> full(
                        at(24, 24, Colour.RED, Shape.APPLE),
                        at(64, 64, Colour.BLUE, Shape.APPLE),
                        at(104, 104, Colour.RED, Shape.CUP)));
        assertEquals("A full caption names one or two kinds of objects, not 3.", refusal.getMessage());
    }

    @Example
    void theJudgeTellsAnObjectThatMovedFromOneThatStayed() {
        Thing apple = at(24, 24, Colour.RED, Shape.APPLE), cup = at(64, 64, Colour.BLUE, Shape.CUP);
        Raster picture = Renderer.render(new Scene(Tray.SLATE, Cloth.LINEN, 4, List.of(apple, cup)));
        assertTrue(Judge.judge(picture, full(apple, cup)).right());
        FullVerdict moved = Judge.judge(picture, full(at(64, 104, Colour.RED, Shape.APPLE), cup));
        assertTrue(moved.verdict().right() && moved.tray() && moved.cloth());
        assertEquals(new Rate(1, 2), moved.placed());
        assertFalse(moved.right());
        Thing shifted = at(33, 24, Colour.RED, Shape.APPLE); // 4.6 pixels into the first column's neighbour
        Raster near = Renderer.render(
                new Scene(Tray.SLATE, Cloth.LINEN, 4, List.of(at(43, 24, Colour.RED, Shape.APPLE), cup)));
        assertEquals(new Rate(1, 2), Judge.judge(near, full(shifted, cup)).placed());
        FullClaim elsewhere = FullClaim.of(new Scene(Tray.WOOD, Cloth.DENIM, 4, List.of(apple, cup)));
        FullVerdict ground = Judge.judge(picture, elsewhere);
        assertTrue(ground.verdict().right() && !ground.tray() && !ground.cloth() && !ground.right());
    }

    @Example
    void anObjectNearTwoPlacesIsTakenForTheOneThatNoOtherFills() {
        // 37.6 is the border of the first two columns: the left object may be in either, the right one in the second
        // only
        Thing between = at(36.5, 24, Colour.RED, Shape.BALL), second = at(41.5, 52, Colour.RED, Shape.BALL);
        Raster picture = Renderer.render(new Scene(Tray.SLATE, Cloth.LINEN, 4, List.of(between, second)));
        FullClaim claim = full(at(36.5, 24, Colour.RED, Shape.BALL), at(41.5, 52, Colour.RED, Shape.BALL));
        assertEquals(new Rate(2, 2), Judge.judge(picture, claim).placed());
    }
}
