package org.daguerre.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ContactSheetTest {

    private static final Picture BLACK = Picture.of(Tensor.filled(-1, 1, 3, 4, 6));
    private static final Picture RED =
            Picture.of(6, 4, IntStream.generate(() -> 0xff0000).limit(24).toArray());

    @Test
    void picturesStandInReadingOrderBetweenGutters() {
        Picture sheet =
                ContactSheet.of(List.of(BLACK, RED, RED)).columns(2).gutter(1).picture();
        assertEquals(2 * 6 + 3, sheet.width());
        assertEquals(2 * 4 + 3, sheet.height());
        assertEquals(0xffffff, sheet.pixel(0, 0));
        assertEquals(0x000000, sheet.pixel(1, 1));
        assertEquals(0x000000, sheet.pixel(6, 4));
        assertEquals(0xffffff, sheet.pixel(7, 1));
        assertEquals(0xff0000, sheet.pixel(8, 1));
        assertEquals(0xff0000, sheet.pixel(1, 6));
        assertEquals(0xffffff, sheet.pixel(8, 6));
    }

    @Test
    void themeIsWhatLiesBetween() {
        assertEquals(
                0x111111,
                ContactSheet.of(List.of(RED)).theme(Theme.DARK).picture().pixel(0, 0));
    }

    @Test
    void sheetIsNearlySquareUnlessTold() {
        assertEquals(3, ContactSheet.of(Collections.nCopies(8, RED)).columns());
        assertEquals(1, ContactSheet.of(List.of(RED)).columns());
        assertEquals(2, ContactSheet.of(List.of(RED, RED)).columns(40).columns());
    }

    @Test
    void smallerPictureIsCentredInItsCell() {
        Picture dot = Picture.of(2, 2, new int[] {0xff0000, 0xff0000, 0xff0000, 0xff0000});
        Picture sheet = ContactSheet.of(List.of(BLACK, dot)).gutter(0).picture();
        assertEquals(0xff0000, sheet.pixel(6 + 2, 1));
        assertEquals(0xffffff, sheet.pixel(6 + 1, 1));
        assertEquals(0xffffff, sheet.pixel(6 + 2, 0));
    }

    @Test
    void captionsAddALineOfTextBelowAndLeaveThePicturesAlone() {
        ContactSheet plain = ContactSheet.of(Collections.nCopies(2, RED.enlarged(20)));
        Picture bare = plain.picture();
        Picture lettered = plain.captions(List.of("one", "two")).picture();
        assertTrue(lettered.height() > bare.height());
        for (int y = 0; y < 82; y++) {
            for (int x = 0; x < bare.width(); x++) {
                assertEquals(bare.pixel(x, y), lettered.pixel(x, y));
            }
        }
        assertTrue(IntStream.range(82 * lettered.width(), lettered.height() * lettered.width())
                .anyMatch(i -> lettered.pixels()[i] == Theme.LIGHT.text()));
    }

    @Test
    void lettersAreSmallerWhereCaptionsThenStandWhole() {
        ContactSheet sheet = ContactSheet.of(List.of(RED.enlarged(128 / RED.width())));
        Picture ends = sheet.captions(List.of("dpmpp-2s-ancestral")).picture();
        Picture endsOtherwise = sheet.captions(List.of("dpmpp-2s-ancestraX")).picture();
        assertFalse(Arrays.equals(ends.pixels(), endsOtherwise.pixels()), "its last letter is drawn");
        Picture cut = sheet.captions(List.of("a tray with very many small things on it, one"))
                .picture();
        assertTrue(cut.height() > ends.height(), "one that is cut anyway keeps its size");
    }

    @Test
    void captionMeasuredToFitIsDrawnWhole() {
        for (String caption :
                List.of("dpmpp-2m, 10 step", "dpmpp-2s-ancestra", "reference solutio", "euler, 128 step")) {
            for (int side = 96; side <= 132; side += 6) {
                ContactSheet sheet = ContactSheet.of(List.of(RED.enlarged(side / RED.width())));
                Picture whole = sheet.captions(List.of(caption + "s")).picture();
                Picture otherwise = sheet.captions(List.of(caption + "c")).picture();
                assertFalse(Arrays.equals(whole.pixels(), otherwise.pixels()), caption + " on " + side + " pixels");
            }
        }
    }

    @Test
    void onlySharedParametersGoWithTheSheet() {
        Picture sheet = ContactSheet.of(List.of(
                        RED.with("prompt", "a cup").with("seed", 1),
                        BLACK.with("prompt", "a cup").with("seed", 2)))
                .picture();
        assertEquals(Map.of("prompt", "a cup"), sheet.parameters());
    }

    @Test
    void altTextTellsTheCaptionsOrThePictures() {
        ContactSheet sheet = ContactSheet.of(List.of(RED.withAltText("a red field"), BLACK.withAltText("night")));
        assertEquals("2 pictures: a red field; night", sheet.picture().altText());
        assertEquals(
                "2 pictures: a; b", sheet.captions(List.of("a", "b")).picture().altText());
    }

    @Test
    void emptySheetOrWrongNumberOfCaptionsIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> ContactSheet.of(List.of()));
        ContactSheet sheet = ContactSheet.of(List.of(RED));
        assertThrows(IllegalArgumentException.class, () -> sheet.captions(List.of("a", "b")));
        assertThrows(IllegalArgumentException.class, () -> sheet.columns(0));
        assertThrows(IllegalArgumentException.class, () -> sheet.gutter(-1));
        assertFalse(sheet.picture().parameters().containsKey("prompt"));
    }
}
