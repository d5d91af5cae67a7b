package org.daguerre.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SignJudgeTest {

    private static Raster picture(Sign sign, Tray tray) {
        double radius = sign instanceof Word ? 13.5 : 46;
        return Renderer.render(new SignScene(tray, Cloth.LINEN, 4, sign, 63, 66, radius, 0.03, false));
    }

    private static SignVerdict judged(String claim, Sign sign) {
        return SignJudge.judge(
                picture(sign, Tray.MOSS), SignGrammar.parse(claim).orElseThrow());
    }

    @Test
    void atLeast99In100PartsOfTwoThousandSignsAreJudgedRight() {
        SignJudgeTable table = SignJudgeTable.of(2000, "as rendered", 0, 0);
        assertTrue(table.word().value() >= 0.99, "word " + table.word());
        assertTrue(table.font().value() >= 0.99, "font " + table.font());
        assertTrue(table.fingers().value() >= 0.99, "fingers " + table.fingers());
        assertTrue(table.colour().value() >= 0.99, "colour " + table.colour());
        assertTrue(table.right().value() >= 0.99, "right " + table.right());
    }

    @Test
    void blurAndNoiseLeaveWordsAndFingersRight() {
        SignJudgeTable table = SignJudgeTable.of(500, "blurred and noisy", 1.5, 12);
        assertTrue(table.word().value() >= 0.99, "word " + table.word());
        assertTrue(table.font().value() >= 0.96, "font " + table.font());
        assertTrue(table.fingers().value() >= 0.99, "fingers " + table.fingers());
        assertTrue(table.colour().value() >= 0.99, "colour " + table.colour());
    }

    @Test
    void everyLetterIsReadInBothFontsOnEveryTray() {
        for (Font font : Font.values()) {
            for (Tray tray : Tray.values()) {
                for (String word : List.of("ABCD", "EFGH", "IJKL", "MNOP", "QRST", "UVWX", "YZ", "A")) {
                    for (Colour colour : List.of(Colour.GREEN, Colour.WHITE, Colour.ORANGE)) {
                        Word sign = new Word(word, font, colour);
                        assertEquals(Optional.of(sign), SignJudge.find(picture(sign, tray)), "on " + tray);
                    }
                }
            }
        }
    }

    @Test
    void oneWrongLetterMakesTheWordFalse() {
        SignVerdict verdict = judged("the word CAT in red pixel font", new Word("CAP", Font.PIXEL, Colour.RED));
        assertFalse(verdict.content());
        assertFalse(verdict.right());
        assertTrue(verdict.font() && verdict.colour());
        assertEquals(
                "found the word CAP in red pixel font; asked for the word CAT in red pixel font", verdict.sentence());
    }

    @Test
    void fontAndColourAreJudgedWhereTheyAreSaid() {
        Word shown = new Word("KEY", Font.OUTLINE, Colour.BLUE);
        assertTrue(judged("the word KEY", shown).right());
        assertEquals(
                "found the word KEY in blue outline font, as asked",
                judged("the word KEY", shown).sentence());
        SignVerdict font = judged("the word KEY in pixel font", shown);
        assertTrue(font.content() && font.colour() && !font.font() && !font.right());
        SignVerdict colour = judged("the word KEY in red", shown);
        assertTrue(colour.content() && colour.font() && !colour.colour() && !colour.right());
    }

    @Test
    void fingersAreCountedOnBothHands() {
        for (int fingers = 1; fingers <= Hand.ALL; fingers++) {
            for (boolean mirrored : new boolean[] {false, true}) {
                for (Colour colour : Colour.values()) {
                    Hand hand = new Hand(fingers, colour);
                    SignScene scene = new SignScene(Tray.STONE, Cloth.LINEN, 4, hand, 63, 66, 45, -0.05, mirrored);
                    assertEquals(Optional.of(hand), SignJudge.find(Renderer.render(scene)));
                }
            }
        }
    }

    @Test
    void aHandIsNoWordAndAWordNoHand() {
        SignVerdict word = judged("the word GO in red", new Hand(5, Colour.RED));
        assertEquals("found a red hand; asked for the word GO in red", word.sentence());
        assertTrue(!word.content() && word.colour());
        SignVerdict hand = judged("a hand with two fingers raised", new Word("GO", Font.OUTLINE, Colour.RED));
        assertFalse(hand.content());
        assertEquals(
                "found the word GO in red outline font; asked for a hand with two fingers raised", hand.sentence());
    }

    @Test
    void anEmptyTrayHoldsNoSign() {
        for (Tray tray : Tray.values()) {
            Raster picture = Renderer.render(new Scene(tray, Cloth.DENIM, 4, List.of()));
            for (Raster seen : List.of(picture, Degraded.of(picture, 1.5, 12, 1))) {
                assertEquals(Optional.empty(), SignJudge.find(seen), "on " + tray);
            }
        }
        SignVerdict verdict = SignVerdict.of(new Hand(5, null), Optional.empty());
        assertEquals("found nothing; asked for a hand", verdict.sentence());
        assertFalse(verdict.right());
    }

    @Test
    void fruitIsNoWord() {
        Raster apples = new SceneSeries(1).at(3).picture();
        assertFalse(SignJudge.judge(apples, new Word("CAT", null, null)).right());
    }

    @Test
    void aPictureOfAnotherSizeIsRefused() {
        var refusal = assertThrows(
                IllegalArgumentException.class, () -> SignJudge.find(new Raster(64, 64, new byte[64 * 64 * 3])));
        assertTrue(refusal.getMessage().contains("not 64 x 64"), refusal.getMessage());
    }
}
