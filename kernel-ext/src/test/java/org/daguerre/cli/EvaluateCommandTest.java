package org.daguerre.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.daguerre.onnx.Graphs;
import org.daguerre.pipeline.Daguerre;
import org.daguerre.pipeline.FolderCopy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Verdicts are gone on with only where the same model would paint the same pictures. */
class EvaluateCommandTest {

    private static final Path EXACT = Path.of("..", "models", "exact");

    @TempDir
    Path temp;

    private Path model;
    private String err;

    /** The exact model with a network that answers the noise itself, at the size that the judge reads. */
    @BeforeEach
    void copy() throws IOException {
        model = FolderCopy.of(EXACT, temp.resolve("model"));
        Files.delete(model.resolve("SHA256SUMS"));
        Files.writeString(model.resolve("unet").resolve("config.json"), "{\"sample_size\": 128}");
        Graphs.graph()
                .input("sample", DataType.FLOAT, "batch", 3, "height", "width")
                .input("timestep", DataType.FLOAT)
                .input("encoder_hidden_states", DataType.FLOAT, "batch", 16, 16)
                .node("Identity", List.of("sample"), "out_sample")
                .output("out_sample", DataType.FLOAT, "batch", 3, "height", "width")
                .write(model.resolve("unet").resolve("model.onnx"));
    }

    @AfterEach
    void release() {
        Daguerre.release();
    }

    private int evaluate(String... more) {
        List<String> arguments = new ArrayList<>(List.of("--no-attention"));
        arguments.addAll(List.of(more));
        return evaluateWithAttention(arguments.toArray(String[]::new));
    }

    private int evaluateWithAttention(String... more) {
        List<String> arguments = new ArrayList<>(List.of("evaluate", model.toString(), "--device", "cpu"));
        arguments.addAll(List.of("--steps", "2"));
        if (!List.of(more).contains("--prompts")) {
            arguments.addAll(List.of("--prompts", "1"));
        }
        arguments.addAll(List.of("--out", temp.resolve("out").toString()));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    private int run(String... arguments) {
        StringWriter errors = new StringWriter();
        int code = Main.run(new PrintWriter(new StringWriter()), new PrintWriter(errors), arguments);
        err = errors.toString();
        return code;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--negative blue",
                "--schedule cosine",
                "--spacing leading",
                "--sampler euler",
                "--guidance 5",
                "--size 64"
            })
    void verdictsUnderOtherSettingsAreNotTaken(String option) {
        assertEquals(0, evaluate(), err);
        assertEquals(Main.FAILED, evaluate(option.split(" ")));
        assertTrue(err.contains("holds verdicts on another model"), err);
        assertEquals(0, evaluate(), err);
    }

    @ParameterizedTest
    @CsvSource({
        "ddim, leading",
        "ddim, trailing",
        "dpmpp-2m, leading",
        "euler, trailing",
        "euler, karras",
        "euler, beta"
    })
    void reportNamesTheSpacing(String sampler, String spacing) throws IOException {
        assertEquals(0, evaluate("--sampler", sampler, "--spacing", spacing), err);
        String report = Files.readString(temp.resolve("out").resolve("report.md"));
        assertTrue(report.contains(" on " + spacing + ", "), report);
    }

    @Test
    void studyGoesOnWhereItWasAndNotUnderOtherSettings() throws IOException {
        Path lines = temp.resolve("out").resolve("shares.jsonl");
        assertEquals(0, evaluate("--study", "shares"), err);
        List<String> whole = Files.readAllLines(lines);
        assertEquals(6, whole.size());
        Files.writeString(lines, whole.get(0) + "\n" + whole.get(1).substring(0, 9));
        assertEquals(0, evaluate("--study", "shares"), err);
        assertEquals(whole, Files.readAllLines(lines));
        String page = Files.readString(temp.resolve("out").resolve("shares.md"));
        assertTrue(page.contains("| six red apples | ") && page.contains("Of the variance of the number found"), page);
        assertEquals(Main.FAILED, evaluate("--study", "shares", "--guidance", "5"));
    }

    @Test
    void longerStudyKeepsWhatAShorterOneObserved() throws IOException {
        Path lines = temp.resolve("out").resolve("geneval.jsonl");
        assertEquals(0, evaluate("--study", "geneval"), err);
        List<String> shorter = Files.readAllLines(lines);
        assertEquals(0, evaluate("--study", "geneval", "--prompts", "2"), err);
        List<String> longer = Files.readAllLines(lines);
        assertEquals(12, longer.size());
        assertEquals(shorter, longer.subList(0, 6));
        String page = Files.readString(temp.resolve("out").resolve("geneval.md"));
        assertTrue(page.contains("](geneval.png)"), page);
        assertTrue(Files.size(temp.resolve("out").resolve("geneval.png")) > 0);
    }

    @Test
    void captionsAreJudgedBothWaysByWhatTheFullOneSays() throws IOException {
        assertEquals(0, evaluate("--study", "captions", "--prompts", "2"), err);
        assertEquals(4, Files.readAllLines(temp.resolve("out/captions.jsonl")).size());
        String page = Files.readString(temp.resolve("out/captions.md"));
        assertTrue(page.contains("| short | 0.000 (0.000 to 0.658) | 2 |"), page);
        assertTrue(page.contains("object in its place") && page.contains("\n| full | "), page);
    }

    @Test
    void studyOfBoxesNeedsAModelThatReadsThem() {
        assertEquals(Main.WRONG_ARGUMENTS, evaluate("--study", "boxes"));
        assertTrue(err.contains("box"), err);
    }

    @Test
    void pairOfEncodersIsAskedToTellCaptionsFromFoilsAndNotToDraw() throws IOException {
        Path clip = EXACT.resolveSibling("clip");
        assertEquals(
                0,
                run(
                        "evaluate",
                        clip.toString(),
                        "--prompts",
                        "10",
                        "--out",
                        temp.resolve("out").toString()),
                err);
        String report = Files.readString(temp.resolve("out").resolve("report.md"));
        assertTrue(report.startsWith("clip ") && report.contains("| places exchanged | "), report);
        assertEquals(Main.FAILED, run("evaluate", clip.toString(), "--study", "counts"));
        assertTrue(err.contains("Daguerre.scorer"), err);
    }

    @Test
    void fileInThePlaceOfTheFolderIsNamed() throws IOException {
        Files.writeString(temp.resolve("out"), "");
        assertEquals(Main.WRONG_ARGUMENTS, evaluate());
        assertTrue(err.contains("/out', a file. Give a folder, such as evaluation."), err);
    }

    @Test
    void labelSheetsAreNumberedAndLabelsAreNeverOverwritten() throws IOException {
        assertEquals(0, evaluate("--label-sheets", "21"), err);
        Path labels = temp.resolve("out").resolve("labels.tsv");
        assertTrue(Files.exists(temp.resolve("out").resolve("sheet-02.png")));
        assertEquals("21", Files.readAllLines(labels).get(21).strip());
        Files.writeString(labels, "1\tnothing\n");
        assertEquals(0, evaluate("--label-sheets", "1"), err);
        assertEquals("1\tnothing\n", Files.readString(labels));
        assertEquals(0, evaluate(), err);
        assertEquals(0, evaluate("--labels", labels.toString()), err);
        String page = Files.readString(temp.resolve("out").resolve("agreement.md"));
        assertTrue(page.startsWith("Labels by eye against the judge, 1 pictures"), page);
    }

    @Test
    void verdictsWithoutAttentionMapsAreNotTakenForSomeWithThem() {
        assertEquals(0, evaluate(), err);
        assertEquals(Main.FAILED, evaluateWithAttention());
        assertTrue(err.contains("holds verdicts on another model"), err);
    }

    @Test
    void verdictsOnTheModelBeforeItWasRetrainedAreNotTaken() throws IOException {
        assertEquals(0, evaluate(), err);
        Daguerre.release();
        Files.writeString(model.resolve("unet").resolve("config.json"), "\n", StandardOpenOption.APPEND);
        assertEquals(Main.FAILED, evaluate());
        assertTrue(err.contains("holds verdicts on another model"), err);
    }
}
