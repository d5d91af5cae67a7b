package org.daguerre.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daguerre.text.Tokens.Token;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The notation of weights, and prompts that fill several rows. */
class WeightedPromptTest {

    private final WordTokenizer tokenizer = new WordTokenizer(
            Map.of("<pad>", 0, "<unk>", 1, "<bos>", 2, "<eos>", 3, "red", 4, "apples", 5, "tray", 6, "a", 7), 6);

    private static String parsed(String prompt) {
        return WeightedPrompt.parse(prompt).parts().stream()
                .map(part -> part.text() + "=" + part.weight())
                .collect(Collectors.joining("|"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "(red:1.3) apples; red=1.3| apples=1.0",
                "a (red: .5 ) b; a =1.0|red=0.5| b=1.0",
                "(a (red:1.5) b:2); a =2.0|red=3.0| b=2.0",
                "(a (red) b:2); a (red) b=2.0",
                "((red:2):0.25); red=0.5",
                "at 4:3 (wide) (really; at 4:3 (wide) (really=1.0",
                "a) (red:2) b; a) =1.0|red=2.0| b=1.0",
                "\\(red:2\\) (x\\):2); (red:2) =1.0|x)=2.0",
                "(red:1) apples; red apples=1.0",
                "(time 10:30:1.5); time 10:30=1.5",
                "(red:x) (red:1e3); (red:x) (red:1e3)=1.0",
                "[red:1.3] {a}; [red:1.3] {a}=1.0",
                "(:2); ''",
            })
    void notationIsThatOfTheField(String prompt, String parts) {
        assertEquals(parts, parsed(prompt));
    }

    @ParameterizedTest
    @ValueSource(strings = {"(red:-1)", "(red:10.5)", "(16:90)"})
    void weightOutOfRangeIsRefused(String prompt) {
        String message = assertThrows(IllegalArgumentException.class, () -> WeightedPrompt.parse(prompt))
                .getMessage();
        assertTrue(message.startsWith("the prompt has the weight "), message);
        assertTrue(message.contains("Give 0 to 10"), message);
    }

    @Test
    void weightsWithinEachOtherMakeAHundredAtMost() {
        assertEquals("red=100.0", parsed("((red:10):10)"));
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> WeightedPrompt.parse("(".repeat(400) + "red" + ":10)".repeat(400)))
                .getMessage();
        assertTrue(message.startsWith("the prompt has weights within each other that make 1000.0"), message);
    }

    @Test
    void deepNestsAreReadInOnePass() {
        String open = "(".repeat(100_000);
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            assertEquals(open + "=1.0", parsed(open));
            assertEquals("a=1.0", parsed(open + "a" + ":1)".repeat(100_000)));
        });
    }

    @Test
    void tokensCarryTheWeightsOfTheirWords() {
        Tokens tokens = tokenizer.tokenize(WeightedPrompt.parse("(red:1.5) apples"), 1);
        assertTrue(tokens.weighted());
        assertEquals(
                List.of(1.0, 1.5, 1.0, 1.0, 1.0, 1.0),
                tokens.tokens().stream().map(Token::weight).toList());
        assertEquals("<bos> red:1.5 apples <eos>", tokens.toString());
        assertEquals(
                tokenizer.tokenize("red apples"), tokenizer.tokenize(WeightedPrompt.parse("(red:1) (apples:1.0)"), 1));
    }

    @Test
    void longPromptFillsRowsAndKeepsItsWordsNumbers() {
        Tokens tokens = tokenizer.tokenize(WeightedPrompt.parse("red red red red apples tray"), 8);
        assertEquals(2, tokens.rows());
        assertEquals("<bos> red red red red <eos> <bos> apples tray <eos>", tokens.toString());
        assertEquals(
                List.of(2, 6), List.of(tokens.ids().shape()[0], tokens.ids().shape()[1]));
        assertEquals(List.of(7), tokens.positions("apples"));
        assertEquals(List.of(), tokens.dropped());
    }

    @Test
    void promptOfOneRowIsTheSameHoweverManyItMayFill() {
        for (String prompt : List.of("", "red", "red apples tray a")) {
            assertEquals(tokenizer.tokenize(prompt), tokenizer.tokenize(WeightedPrompt.parse(prompt), 8));
        }
    }

    @Test
    void whatFindsNoRoomInTheLastRowIsDropped() {
        Tokens tokens = tokenizer.tokenize(WeightedPrompt.parse("a ".repeat(9) + "tray"), 2);
        assertEquals(12, tokens.size());
        assertEquals(List.of("a", "tray"), tokens.dropped());
    }

    @Test
    void wordThatHasRoomInARowIsNotCutBetweenTwo() {
        Token piece = new Token("x", 4, Tokens.Kind.WORD);
        Token mark = new Token("|", 0, Tokens.Kind.SPECIAL);
        Row row = new Row(List.of(mark), List.of(mark), new Token(".", 0, Tokens.Kind.PADDING), 6);
        assertEquals(List.of(3, 3), used(row, piece, 3, 3));
        assertEquals(List.of(4, 2), used(row, piece, 3, 1, 2));
        assertEquals(List.of(4, 4, 1), used(row, piece, 9));
        assertEquals(List.of(1, 4), used(row, piece, 1, 4));
    }

    /** Pieces in every row. */
    private static List<Integer> used(Row row, Token piece, int... sizes) {
        Tokens tokens = row.tokens(
                WeightedPrompt.plain("any"),
                text -> IntStream.of(sizes)
                        .mapToObj(size -> new Row.Word("w", Collections.nCopies(size, piece)))
                        .toList(),
                9);
        return IntStream.range(0, tokens.rows())
                .mapToObj(i -> (int) tokens.tokens().subList(6 * i, 6 * i + 6).stream()
                        .filter(token -> token.kind() == Tokens.Kind.WORD)
                        .count())
                .toList();
    }
}
