package org.daguerre.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SignSeriesTest {

    private static final List<DrawnSign> DRAWN =
            LongStream.range(0, 4000).mapToObj(new SignSeries(11)::at).toList();

    @Test
    void signsAndCaptionsAreTheSameBytesOnEveryJdk() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < 40; i++) {
            DrawnSign drawn = new SignSeries(1).at(i);
            digest.update(drawn.picture().rgb());
            digest.update((drawn.caption() + "" + drawn.fullCaption()).getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(
                "ff423bbb0d639d1b68ab932cb8e45cfc",
                HexFormat.of().formatHex(digest.digest()).substring(0, 32));
    }

    @Test
    void nothingHeldOutIsDrawnAndEverythingElseIs() {
        Set<Sign> shown = new HashSet<>();
        for (DrawnSign drawn : DRAWN) {
            assertFalse(HeldOut.contains(drawn.scene().sign()), drawn.caption().text());
            shown.add(drawn.scene().sign());
        }
        Set<Sign> expected = new HashSet<>();
        for (Colour colour : Colour.values()) {
            for (String word : Word.ALL) {
                for (Font font : Font.values()) {
                    expected.add(new Word(word, font, colour));
                }
            }
            for (int fingers = 1; fingers <= Hand.ALL; fingers++) {
                expected.add(new Hand(fingers, colour));
            }
        }
        expected.removeIf(HeldOut::contains);
        assertEquals(expected, shown);
    }

    @Test
    void theListIsWhatItSays() {
        for (String line : HeldOut.lines(World.SIGNS)) {
            assertTrue(
                    line.matches("word [a-z]+|colour [a-z]+ [a-z]+|font [a-z]+ (pixel|outline)|hand [1-5] [a-z]+"),
                    line);
        }
        assertTrue(HeldOut.contains(SignGrammar.parse("the word dog").orElseThrow()));
        assertTrue(HeldOut.contains(
                SignGrammar.parse("the word cat in pink pixel font").orElseThrow()));
        assertTrue(
                HeldOut.contains(SignGrammar.parse("the word sun in pixel font").orElseThrow()));
        assertTrue(HeldOut.contains(SignGrammar.parse("a green hand").orElseThrow()));
        assertFalse(HeldOut.contains(SignGrammar.parse("the word cat").orElseThrow()));
        assertFalse(HeldOut.contains(SignGrammar.parse("a hand").orElseThrow()));
        Set<Integer> letters = new HashSet<>();
        Word.ALL.stream()
                .filter(word -> !HeldOut.contains(new Word(word, null, null)))
                .forEach(word -> word.chars().forEach(letters::add));
        assertEquals(26, letters.size(), "a word never shown is spelled with letters that are");
    }

    @Test
    void captionsAreTrueAndReadBack() {
        for (DrawnSign drawn : DRAWN) {
            Sign shown = drawn.scene().sign(),
                    said = SignGrammar.parse(drawn.caption().text()).orElseThrow();
            assertEquals(drawn.claim(), said);
            assertTrue(
                    SignVerdict.of(said, Optional.of(shown)).right(),
                    drawn.caption().text());
            assertEquals(
                    Optional.of(shown), SignGrammar.parse(drawn.fullCaption().text()));
            assertTrue(drawn.fullCaption()
                    .text()
                    .endsWith(
                            FullClaim.ground(drawn.scene().tray(), drawn.scene().cloth())));
        }
    }

    @Test
    void everyWordIsInItsVocabulary() {
        for (DrawnSign drawn : DRAWN) {
            List<String> words =
                    List.of(drawn.caption().text().toLowerCase(Locale.ROOT).split(" "));
            assertTrue(World.SIGNS.vocabulary().containsAll(words), words.toString());
            List<String> full =
                    List.of(drawn.fullCaption().text().toLowerCase(Locale.ROOT).split(" "));
            assertTrue(World.SIGNS.fullVocabulary().containsAll(full), full.toString());
            assertTrue(words.size() <= 14 && full.size() <= 62);
        }
        assertEquals(
                World.SIGNS.vocabulary(),
                World.SIGNS.fullVocabulary().subList(0, World.SIGNS.vocabulary().size()));
    }

    @Test
    void wordLettersColourAndHandAreMarked() {
        Word word = new Word("CAT", Font.PIXEL, Colour.RED);
        assertEquals(
                List.of(0, 0, 1, 0, 1, 0, 0),
                SignGrammar.caption(word, true, "").groups());
        SignScene scene = new SignScene(Tray.WOOD, Cloth.LINEN, 4, word, 64, 64, 13, 0, false);
        Caption full = SignGrammar.full(scene);
        assertEquals("the word spelled C A T in red pixel font on a wood tray over a linen cloth", full.text());
        assertEquals(List.of(0, 0, 0, 1, 1, 1, 0, 1), full.groups().subList(0, 8));
        Caption hand = SignGrammar.caption(new Hand(3, Colour.ORANGE), true, " on a tray");
        assertEquals("an orange hand with three fingers raised on a tray", hand.text());
        assertEquals(List.of(0, 1, 1, 0, 0, 0, 0, 0, 0, 0), hand.groups());
    }

    @Test
    void aHandWithoutANumberHasFiveFingers() {
        assertEquals(Optional.of(new Hand(5, null)), SignGrammar.parse("a hand"));
        assertEquals(Optional.of(new Hand(5, Colour.RED)), SignGrammar.parse("A red hand with five fingers raised."));
        assertEquals(
                "a hand with five fingers raised",
                SignGrammar.caption(new Hand(5, null), true, "").text());
        assertEquals("a hand", SignGrammar.caption(new Hand(5, null), false, "").text());
        assertEquals(
                "a hand with one finger raised",
                SignGrammar.caption(new Hand(1, null), false, "").text());
    }

    @Test
    void aSentenceOfAnotherLanguageIsNotRead() {
        for (String text : List.of(
                "",
                "the word",
                "the word tree",
                "the word cat in",
                "the word cat in pixel",
                "the word cat pixel font",
                "the word spelled",
                "the word spelled c a t s x in red",
                "a hand with six fingers raised",
                "a hand with one fingers raised",
                "a hand with three fingers",
                "hand",
                "a hand on a tray on a tray",
                "three red apples")) {
            assertEquals(Optional.empty(), SignGrammar.parse(text), "'" + text + "'");
        }
    }

    @Test
    void kindsFontsAndFingersHaveTheirShares() {
        double hands = 0, five = 0, pixel = 0;
        for (DrawnSign drawn : DRAWN) {
            if (drawn.scene().sign() instanceof Hand hand) {
                hands++;
                five += hand.fingers() == Hand.ALL ? 1 : 0;
            } else {
                pixel += ((Word) drawn.scene().sign()).font() == Font.PIXEL ? 1 : 0;
            }
        }
        // drawn at 0.3; four in ten words and a fifth of all hands are held out and drawn again
        assertEquals(0.375, hands / DRAWN.size(), 0.03);
        assertEquals(0.4, five / hands, 0.06);
        assertEquals(0.5, pixel / (DRAWN.size() - hands), 0.04);
        assertTrue(pixel / DRAWN.size() > 0.15 && hands / DRAWN.size() > 0.15, "each kind is 15 % at least");
    }

    @Test
    void theWholeSignLiesOnTheTray() {
        for (DrawnSign drawn : DRAWN.subList(0, 1000)) {
            float[] shares = drawn.coverage(1);
            double area = 0;
            for (int i = 0; i < shares.length; i++) {
                int x = i % Scene.SIZE, y = i / Scene.SIZE, edge = Math.min(Math.min(x, y), 127 - Math.max(x, y));
                assertTrue(shares[i] == 0 || edge >= 9, drawn.scene().toString());
                area += shares[i];
            }
            assertTrue(area > 250, drawn.scene().toString());
            assertEquals(0, drawn.coverage(2)[64 * 128 + 64]);
        }
    }

    @Test
    void aWordThatDoesNotFitIsRefused() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> new Word("APPLE", Font.PIXEL, Colour.RED));
        assertEquals("A sign has room for 1 to 4 letters from A to Z, not 'APPLE'.", refusal.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Word("", Font.PIXEL, Colour.RED));
    }
}
