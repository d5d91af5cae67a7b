package org.daguerre.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

class GrammarTest {

    @Provide
    Arbitrary<Group> groups() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, Group.MOST),
                        Arbitraries.of(Colour.values()).injectNull(0.2),
                        Arbitraries.of(Shape.values()))
                .as(Group::new);
    }

    @Provide
    Arbitrary<Claim> claims() {
        Arbitrary<Claim> one = groups().map(Claim::of);
        Arbitrary<Claim> two = Combinators.combine(
                        groups(), groups(), Arbitraries.of(Relation.values()).injectNull(0.3))
                .as(Claim::new);
        return Arbitraries.oneOf(one, two);
    }

    @Property(seed = "1")
    void everyClaimIsReadBackFromItsText(@ForAll("claims") Claim claim) {
        assertEquals(Optional.of(claim), Grammar.parse(claim.text()));
        assertEquals(Optional.of(claim), Grammar.parse(claim.text() + " on a tray"));
        assertEquals(
                Optional.of(claim), Grammar.parse("  " + claim.text().toUpperCase(Locale.ROOT) + " on the tray. "));
    }

    @Property(seed = "1")
    void everyWordOfEveryClaimIsInTheVocabulary(@ForAll("claims") Claim claim) {
        assertTrue(Grammar.vocabulary().containsAll(List.of((claim.text() + " on the tray").split(" "))));
    }

    @Property(seed = "1")
    void turningAClaimTwiceGivesItBack(@ForAll("claims") Claim claim) {
        assertEquals(claim, claim.turned().turned());
    }

    @Property(seed = "1")
    void theCanonicalClaimSaysLeftOfOrAboveOnly(@ForAll("claims") Claim claim) {
        Relation relation = claim.canonical().relation();
        assertTrue(relation == null || relation == Relation.LEFT_OF || relation == Relation.ABOVE);
        assertEquals(claim.count(), claim.canonical().count());
    }

    @Property(tries = 500, seed = "1")
    void eachWordIsMarkedWithTheGroupThatItNames(@ForAll @LongRange(min = 0, max = 1_000_000) long index) {
        Drawn drawn = new SceneSeries(3).at(index);
        for (Caption caption : List.of(drawn.caption(), drawn.canonical())) {
            String[] words = caption.text().split(" ");
            for (int group = 1; group <= drawn.claim().groups().size(); group++) {
                Group named = drawn.claim().groups().get(group - 1);
                StringBuilder marked = new StringBuilder();
                for (int i = 0; i < words.length; i++) {
                    marked.append(caption.groups().get(i) == group ? words[i] + " " : "");
                }
                String noun = named.count() == 1
                        ? named.shape().word()
                        : named.shape().plural();
                String expected = named.colour() == null ? noun : named.colour().word() + " " + noun;
                assertEquals(expected, marked.toString().strip(), caption.text());
            }
        }
    }

    @Example
    void aSentenceOfAnotherLanguageIsNotRead() {
        List<String> others = List.of(
                "",
                " ",
                "red apple",
                "three red",
                "three red apples and",
                "a red apple beside a green cup",
                "thirteen red apples",
                "a red apple on a tray on a tray",
                "a red apple left of a green cup left of a star",
                "\uD83C\uDF4E",
                "drei rote Äpfel");
        for (String other : others) {
            assertEquals(Optional.empty(), Grammar.parse(other), "'" + other + "'");
        }
    }

    @Example
    void theArticleFollowsTheSound() {
        assertEquals("an orange coin", new Group(1, Colour.ORANGE, Shape.COIN).phrase());
        assertEquals("an apple", new Group(1, null, Shape.APPLE).phrase());
        assertEquals("a red apple", new Group(1, Colour.RED, Shape.APPLE).phrase());
    }
}
