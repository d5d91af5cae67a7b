package org.daguerre.name;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {

    private static final List<String> KNOWN = List.of("ddim", "ddpm", "euler", "euler-ancestral", "dpmpp-2m", "heun");

    @Test
    void knownNameIsFoundWhateverItsCase() {
        assertEquals("euler", Names.known("sampler", "Euler", KNOWN));
        assertEquals("ddpm", Names.known("sampler", "ddpm", KNOWN));
    }

    @ParameterizedTest
    @CsvSource({
        "eulr, euler",
        "ddmi, ddim",
        "hune, heun",
        "EULERR, euler",
        "dpm++2m, dpmpp-2m",
        "ancestral-euler, ",
        "euler1234, "
    })
    void slipIsAnsweredWithTheNameAndAStrangerIsNot(String typed, String meant) {
        assertEquals(meant == null ? List.of() : List.of(meant), Names.near(typed, KNOWN));
    }

    @Test
    void nearestComesFirst() {
        assertEquals(List.of("ddpm", "ddim"), Names.near("ddpm", List.of("ddim", "ddpm")));
    }

    @Test
    void messageHasTheFactTheNearestAndAll() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> Names.known("sampler", "eulr", List.of("ddim", "euler")))
                .getMessage();
        assertEquals("sampler 'eulr' is unknown. Did you mean euler? Give one of: ddim, euler.", message);
        String none = assertThrows(IllegalArgumentException.class, () -> Names.known("run", "x", List.of()))
                .getMessage();
        assertEquals("run 'x' is unknown. There is none yet.", none);
    }

    @Test
    void whatWasTypedIsQuotedOnOneLineAndCutBetweenCharacters() {
        assertEquals("'a b'", Names.quoted("a\r\nb"));
        assertEquals("'" + "🍎".repeat(60) + "'", Names.quoted("🍎".repeat(60)));
        assertEquals("'" + "🍎".repeat(60) + "...' (61 characters)", Names.quoted("🍎".repeat(61)));
    }

    @Test
    void textOfAnyLengthIsAnsweredInLittleMemory() {
        String message = Names.unknown("sampler", "euler".repeat(4_000_000), KNOWN);
        assertTrue(message.length() < 200, message);
    }
}
