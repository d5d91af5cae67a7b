package org.daguerre.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelsTest {

    @TempDir
    Path folder;

    private Path verdicts() throws IOException {
        Path file = folder.resolve("verdicts.jsonl");
        List<Prompt> prompts =
                List.of(prompt("two red apples"), prompt("a blue cup and a green star"), prompt("a red ball"));
        new Evaluation("test", prompts, file)
                .run(
                        prompt -> Painting.of(Renderer.render(new SceneSeries(1)
                                .showing(
                                        prompt.claim().first().shape() == Shape.BALL
                                                ? Grammar.parse("two red balls").orElseThrow()
                                                : prompt.claim(),
                                        0))),
                        done -> {});
        return file;
    }

    private static Prompt prompt(String text) {
        return new Prompt(Drawn.Kind.COUNT, Grammar.parse(text).orElseThrow(), 1);
    }

    private Labels labels(String... lines) throws IOException {
        Path file = folder.resolve("labels.tsv");
        Files.write(file, List.of(lines));
        return Labels.read(file);
    }

    @Test
    void labelsThatAgreeAgree() throws IOException {
        Labels labels = labels("# by eye", "1\t2 red apples", "2\t1 green star, 1 blue cup", "3\t2 red balls");
        String page = labels.agreement(verdicts());
        assertEquals(3, labels.size());
        assertTrue(page.contains("| same number of objects | 3 | 3 |"), page);
        assertTrue(page.contains("| same objects | 3 | 3 |"), page);
        assertTrue(page.contains("Right by both 2, wrong by both 1,"), page);
        assertTrue(page.contains("kappa 1.000"), page);
        assertTrue(page.endsWith("|---|---|--:|\n"), page);
    }

    @Test
    void everyDifferenceIsCounted() throws IOException {
        String page = labels("1\t1 red apple, 1 red heart", "2\t1 blue cup, 1 unclear", "3\t1 red ball")
                .agreement(verdicts());
        assertTrue(page.contains("| same number of objects | 2 | 3 |"), page);
        assertTrue(page.contains("| same objects | 0 | 3 |"), page);
        assertTrue(page.contains("right by the judge only 2, by the person only 1"), page);
        assertTrue(page.contains("missed 0, invented 1"), page);
        assertTrue(page.contains("| red heart | red apple | 1 |\n| unclear | green star | 1 |"), page);
    }

    @Test
    void aNumberWithoutALabelIsStillToBeLabelled() throws IOException {
        assertEquals(1, labels("1\tnothing", "2", "3\t").size());
    }

    @Test
    void aLineThatIsNoLabelIsNamed() throws IOException {
        for (String line : List.of("1\tthree apples", "1\t3 apples", "1\t1 black apple", "x\tnothing", "1 nothing")) {
            var refusal = assertThrows(IllegalArgumentException.class, () -> labels("# eye", line));
            assertTrue(refusal.getMessage().startsWith("line 2 of "), refusal.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> labels("1\tnothing", "1\tnothing"));
        Labels beyond = labels("4\tnothing");
        Path verdicts = verdicts();
        var refusal = assertThrows(IllegalArgumentException.class, () -> beyond.agreement(verdicts));
        assertTrue(refusal.getMessage().startsWith("Label 4 has no verdict"), refusal.getMessage());
    }
}
