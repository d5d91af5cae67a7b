package org.daguerre.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {

    private static final List<Prompt> PROMPTS = Prompts.heldOut(20, 1);

    @TempDir
    Path folder;

    /** Paints exactly what is asked: objects of the first group from the left or top, the others after them. */
    private static Painting exact(Prompt prompt) {
        return paint(prompt.claim());
    }

    private static Painting paint(Claim claim) {
        boolean turned = claim.relation() == Relation.RIGHT_OF || claim.relation() == Relation.BELOW;
        boolean down = claim.relation() != null && !claim.relation().horizontal();
        List<Group> groups = turned ? List.of(claim.second(), claim.first()) : claim.groups();
        List<Thing> things = new ArrayList<>();
        for (Group group : groups) {
            for (int i = 0; i < group.count(); i++) {
                int column = things.size() % 3, row = things.size() / 3;
                double x = 28 + 36 * (down ? row : column), y = 28 + 36 * (down ? column : row);
                things.add(new Thing(group.shape(), group.colour(), x, y, 12.3, 0, 1));
            }
        }
        return Painting.of(Renderer.render(new Scene(Tray.SLATE, Cloth.DENIM, 4, things)));
    }

    @Test
    void aPainterOfTheTruthIsAlwaysRight() throws IOException {
        Report report = new Evaluation("truth", PROMPTS, folder.resolve("v.jsonl")).run(EvaluationTest::exact, n -> {});
        for (Report.Measure measure : report.measures()) {
            assertEquals(measure.rate().n(), measure.rate().right(), measure.name());
        }
        assertEquals(new Rate(20, 20), report.rate("all right"));
        assertEquals(new Rate(10, 10), report.rate("count, one group"));
        assertEquals(new Rate(6, 6), report.rate("relation, given both objects"));
        assertNull(report.wordMaps());
    }

    @Test
    void aPainterOfTheOppositeHasBothObjectsAndNoRelation() throws IOException {
        Evaluation.Painter opposite = prompt -> {
            Claim claim = prompt.claim();
            return claim.relation() == null
                    ? exact(prompt)
                    : paint(new Claim(
                            claim.first(), claim.second(), claim.relation().opposite()));
        };
        Report report = new Evaluation("opposite", PROMPTS, folder.resolve("v.jsonl")).run(opposite, n -> {});
        assertEquals(new Rate(6, 6), report.rate("relation, both objects right"));
        assertEquals(new Rate(0, 6), report.rate("relation, given both objects"));
        assertEquals(new Rate(14, 20), report.rate("all right"));
    }

    @Test
    void aPainterOfOneTooManyHasColourAndShapeButNoCount() throws IOException {
        Evaluation.Painter more = prompt -> {
            Group first = prompt.claim().first();
            return paint(Claim.of(new Group(first.count() + 1, first.colour(), first.shape())));
        };
        Report report = new Evaluation("more", PROMPTS, folder.resolve("v.jsonl")).run(more, n -> {});
        assertEquals(new Rate(0, 10), report.rate("count, one group"));
        assertEquals(1, report.rate("colour of the objects, one group").value());
        assertEquals(1, report.rate("shape of the objects, one group").value());
    }

    @Test
    void aRunThatWasKilledPaintsOnlyWhatIsMissing() throws IOException {
        Path verdicts = folder.resolve("v.jsonl");
        Evaluation evaluation = new Evaluation("truth", PROMPTS, verdicts);
        Report whole = evaluation.run(EvaluationTest::exact, n -> {});
        List<String> lines = Files.readAllLines(verdicts);
        Files.writeString(
                verdicts,
                String.join("\n", lines.subList(0, 7)) + "\n" + lines.get(7).substring(0, 30));
        List<Prompt> painted = new ArrayList<>();
        Report resumed = evaluation.run(
                prompt -> {
                    painted.add(prompt);
                    return exact(prompt);
                },
                n -> {});
        assertEquals(PROMPTS.subList(7, 20), painted);
        assertEquals(whole, resumed);
        assertEquals(lines, Files.readAllLines(verdicts));
    }

    @Test
    void verdictsOnAnotherSubjectOrOtherPromptsAreRefused() throws IOException {
        Path verdicts = folder.resolve("v.jsonl");
        new Evaluation("tray", PROMPTS, verdicts).run(EvaluationTest::exact, n -> {});
        for (Evaluation other : List.of(
                new Evaluation("tray, guidance 7", PROMPTS, verdicts),
                new Evaluation("tray", Prompts.heldOut(20, 2), verdicts))) {
            var refusal = assertThrows(IllegalStateException.class, () -> other.run(EvaluationTest::exact, n -> {}));
            assertTrue(refusal.getMessage().contains("Give another file, or remove this one."), refusal.getMessage());
        }
        Files.writeString(verdicts, "<html>\n");
        assertThrows(
                IllegalStateException.class,
                () -> new Evaluation("tray", PROMPTS, verdicts).run(EvaluationTest::exact, n -> {}));
        assertEquals("<html>\n", Files.readString(verdicts), "what is not ours is left as it is");
    }

    @Test
    void mapsThatFollowTheirWordsBeatMapsOfOtherWords() throws IOException {
        Evaluation.Painter attentive = prompt -> {
            Raster picture = exact(prompt).picture();
            List<WordMap> maps = new ArrayList<>();
            for (int word = 0; word < prompt.caption().groups().size(); word++) {
                int number = prompt.caption().groups().get(word);
                boolean[] mask = number == 0
                        ? new boolean[Scene.SIZE * Scene.SIZE]
                        : Judge.find(picture)
                                .mask(f -> f.is(prompt.claim().groups().get(number - 1)));
                float[] weights = new float[mask.length];
                for (int i = 0; i < mask.length; i++) {
                    weights[i] = mask[i] ? 1 : 0;
                }
                maps.add(new WordMap(word, Scene.SIZE, Scene.SIZE, weights));
            }
            return new Painting(picture, maps);
        };
        Report report = new Evaluation("maps", PROMPTS, folder.resolve("v.jsonl")).run(attentive, n -> {});
        assertEquals(1, report.wordMaps().mean(), 1e-9);
        assertEquals(20, report.wordMaps().pictures());
        assertTrue(
                report.wordMaps().shuffled() < 0.3,
                "shuffled " + report.wordMaps().shuffled());
    }

    @Test
    void theReportIsATableAndJson() throws IOException {
        Report report = new Evaluation("truth", PROMPTS, folder.resolve("v.jsonl")).run(EvaluationTest::exact, n -> {});
        assertTrue(report.markdown().contains("| all right | 20 | 20 | 1.000 | 0.839 to 1.000 |"), report.markdown());
        JsonNode json = new ObjectMapper().readTree(report.json());
        assertEquals("truth", json.get("subject").asText());
        assertEquals("all right", json.get("measures").get(0).get("name").asText());
        assertEquals(0.8389, json.get("measures").get(0).get("low").asDouble(), 1e-4);
    }

    @Test
    void heldOutPromptsAreHeldOutAndHaveTheirShares() {
        List<Prompt> prompts = Prompts.heldOut(300, 1);
        assertEquals(prompts, Prompts.heldOut(300, 1));
        assertEquals(prompts.subList(0, 20), PROMPTS);
        assertFalse(prompts.equals(Prompts.heldOut(300, 2)));
        for (Prompt prompt : prompts) {
            assertTrue(HeldOut.contains(prompt.claim()), prompt.claim().text());
            assertEquals(Grammar.parse(prompt.caption().text()).orElseThrow(), prompt.claim());
        }
        assertEquals(300, prompts.stream().map(Prompt::seed).distinct().count());
        for (int n = 1; n <= 6; n++) {
            int count = n;
            assertEquals(
                    25,
                    of(prompts, Drawn.Kind.COUNT)
                            .filter(p -> p.claim().count() == count)
                            .count());
        }
        assertEquals(60, of(prompts, Drawn.Kind.PAIR).count());
        assertEquals(90, of(prompts, Drawn.Kind.RELATION).count());
        for (Relation relation : Relation.values()) {
            long n = of(prompts, Drawn.Kind.RELATION)
                    .filter(p -> p.claim().relation() == relation && p.claim().count() == 2)
                    .count();
            assertTrue(n == 22 || n == 23, relation + " " + n);
        }
    }

    private static Stream<Prompt> of(List<Prompt> prompts, Drawn.Kind kind) {
        return prompts.stream().filter(prompt -> prompt.kind() == kind);
    }

    @Test
    void aPromptCountBelowOneIsRefused() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> Prompts.heldOut(0, 1));
        assertEquals("--prompts is 0. Give a number of prompts from 1 on.", refusal.getMessage());
    }
}
