package org.daguerre.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.daguerre.image.Picture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command, used well and badly, with the exact model. */
class MainTest {

    @TempDir
    Path temp;

    private record Answer(int code, String out, String err) {}

    private static Answer run(List<String> arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
        return new Answer(code, out.toString(), err.toString());
    }

    private static Answer run(String... arguments) {
        return run(List.of(arguments));
    }

    private String in(String name) {
        return temp.resolve(name).toString();
    }

    @Test
    void sampleWritesThePictureOfItsSeedEveryTime() throws IOException {
        for (String name : List.of("one of two.png", "\u00e4\ud83c\udf4e.png")) {
            Answer answer = run("sample", "red", "--model", "exact", "--steps", "3", "--seed", "7", "--out", in(name));
            assertEquals(0, answer.code(), answer.err());
            assertTrue(answer.out().startsWith(in(name)), answer.out());
        }
        assertArrayEquals(
                Files.readAllBytes(temp.resolve("one of two.png")),
                Files.readAllBytes(temp.resolve("\u00e4\ud83c\udf4e.png")));
        assertEquals(
                "7", Picture.read(temp.resolve("one of two.png")).parameters().get("seed"));
    }

    @Test
    void severalPicturesAreNumberedAndASheetIsOne() {
        List<String> two = List.of("sample", "red", "--model", "exact", "--steps", "2", "--count", "2", "--out");
        List<String> numbered = new ArrayList<>(two);
        numbered.add(in("x.png"));
        assertEquals(0, run(numbered).code());
        assertTrue(Files.exists(temp.resolve("x-1.png")) && Files.exists(temp.resolve("x-2.png")));
        List<String> sheet = new ArrayList<>(two);
        sheet.addAll(List.of(in("sheet.png"), "--contact-sheet"));
        assertEquals(0, run(sheet).code());
        assertTrue(Files.exists(temp.resolve("sheet.png")) && Files.notExists(temp.resolve("sheet-1.png")));
    }

    @Test
    void scenesOfBothWorldsAreWrittenAndNotMixed() throws IOException {
        assertEquals(
                0,
                run("scenes", "--count", "2", "--world", "signs", "--out", in("scenes"))
                        .code());
        assertTrue(Files.readString(temp.resolve("scenes/captions-00000.jsonl")).contains("\"kind\":\"word\""));
        Answer trays = run("scenes", "--count", "2", "--out", in("scenes"));
        assertEquals(Main.FAILED, trays.code());
        assertTrue(trays.err().contains("Give an empty folder."), trays.err());
    }

    @Test
    void scenesLeaveOtherFilesInTheirFolderAsTheyAre() throws IOException {
        Files.writeString(temp.resolve("diary.txt"), "dear diary");
        assertEquals(0, run("scenes", "--count", "2", "--out", temp.toString()).code());
        assertEquals("dear diary", Files.readString(temp.resolve("diary.txt")));
    }

    @Test
    void helpSaysWhatIsTakenWhenAnOptionIsLeftOut() {
        String help = run("sample", "--help").out().replaceAll("\\s+", " ");
        for (String taken : List.of(
                "20 to 50 (default: 30)",
                "usual (default: 3.0)",
                "ddim",
                "(default: the model's own)",
                "Default: tray")) {
            assertTrue(help.contains(taken), taken + " in " + help);
        }
        assertFalse(run("scenes", "--help").out().replaceAll("\\s+", " ").contains("such as 100 Default"));
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of("smaple", "'smaple'"),
                Arguments.of("sample", "PROMPT is missing"),
                Arguments.of("sample|red|blue", "'blue' is one argument too many"),
                Arguments.of("sample|red|--stepz|3", "--steps"),
                Arguments.of("sample|red|--steps", "--steps has no value"),
                Arguments.of("sample|red|--steps|3|--steps|4", "--steps is given twice"),
                Arguments.of("sample|red|--model|exact|--steps|0", "steps is 0"),
                Arguments.of("sample|red|--model|exact|--steps|-3", "steps is -3"),
                Arguments.of("sample|red|--model|exact|--steps|1001", "steps is 1001"),
                Arguments.of("sample|red|--steps|99999999999", "more than fits"),
                Arguments.of("sample|red|--steps|1.5", "not a whole number"),
                Arguments.of("sample|red|--steps|drei", "not a whole number"),
                Arguments.of("sample|red|--steps|", "not a whole number"),
                Arguments.of("sample|red|--guidance|NaN", "--guidance is 'NaN'"),
                Arguments.of("sample|red|--guidance|Infinity", "--guidance is 'Infinity'"),
                Arguments.of("sample|red|--guidance|1e999", "--guidance is '1e999'"),
                Arguments.of("sample|red|--guidance|three", "not a number"),
                Arguments.of("sample|red|--seed|0x7", "not a whole number"),
                Arguments.of("sample|red|--seed|NaN", "not a whole number"),
                Arguments.of("sample|red|--model|exact|--count|0", "count is 0"),
                Arguments.of("sample|red|--model|exact|--count|1000000", "count is 1000000"),
                Arguments.of("sample|red|--model|exact|--sampler|ddmi", "Did you mean ddim?"),
                Arguments.of("sample|red|--model|exact|--schedule|cosin", "Did you mean cosine?"),
                Arguments.of("sample|red|--model|exact|--spacing|trialing", "Did you mean trailing?"),
                Arguments.of("sample|red|--model|exact|--size|0", "size is 0 x 0"),
                Arguments.of("sample|red|--model|exact|--size|axb", "--size is 'axb'"),
                Arguments.of("sample|red|--model|exakt", "Did you mean exact?"),
                Arguments.of("sample|red|--model|", "model ''"),
                Arguments.of("sample|red|--model|../no/such folder", "'../no/such folder'"),
                Arguments.of("sample|red|--model|exact|--device|gpu", "device is 'gpu'"),
                Arguments.of("sample|red|--model|exact|--device|cuda:x", "device is 'cuda:x'"),
                Arguments.of("sample|red|--model|exact|--out|no/such/folder/x.png", "--out names the folder"),
                Arguments.of("sample|red|--model|exact|--out|", "--out is '', a folder"),
                Arguments.of("sample|red|--model|exact|--out|/", "--out is '/', a folder"),
                Arguments.of("models|exakt", "Did you mean exact?"),
                Arguments.of("models|exact|tray", "'tray' is one argument too many"),
                Arguments.of("scenes", "--count and its value are needed"),
                Arguments.of("scenes|--count|3", "such as scenes"),
                Arguments.of("scenes|--count|3|--out", "--out and its value are needed"),
                Arguments.of("evaluate|exact|--prompts|2|--steps|2|--out|target/unmade", "Give --no-attention"),
                Arguments.of("scenes|--count|0|--out|target/unmade", "--count is 0"),
                Arguments.of("scenes|--count|two|--out|target/unmade", "not a whole number"),
                Arguments.of("scenes|--count|2|--world|fish|--out|target/unmade", "fish"),
                Arguments.of("evaluate|exact|--prompts|0|--out|target/unmade", "--prompts is 0"),
                Arguments.of(
                        "evaluate|exact|--round-trips|3|--out|target/unmade",
                        "'exact' has no vae_encoder and no vae_decoder"),
                Arguments.of("evaluate|exact|--seed|1", "'--seed' is no option of daguerre evaluate"),
                Arguments.of("evaluate|exact|--count|2", "'--count' is no option of daguerre evaluate"),
                Arguments.of("doctor|now", "'now' is one argument too many"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakeIsAnsweredByFactAndRemedyAndEndsWith2(String arguments, String fact) {
        Answer answer = run(List.of(arguments.split("\\|", -1)));
        assertEquals(Main.WRONG_ARGUMENTS, answer.code(), answer.err());
        assertEquals("", answer.out());
        String line = answer.err().lines().findFirst().orElse("");
        assertTrue(line.startsWith("daguerre: ") && line.contains(fact), line);
        assertTrue(line.matches(".*[.?] .+"), line);
        assertTrue(Files.notExists(Path.of("target", "unmade")), "a folder is left behind");
        assertFalse(answer.err().contains("Exception") || answer.err().contains("\tat "), answer.err());
    }

    @Test
    void damagedModelIsListedWithItsFaultBesideTheOthers() throws IOException {
        Files.writeString(Files.createDirectory(temp.resolve("broken")).resolve("model_index.json"), "{");
        Files.writeString(Files.createDirectory(temp.resolve("whole")).resolve("model_index.json"), "{}");
        String before = System.setProperty("daguerre.models", temp.toString());
        try {
            Answer answer = run("models");
            assertEquals(0, answer.code(), answer.err());
            List<String> lines = answer.out().lines().toList();
            assertEquals(2, lines.size(), answer.out());
            assertTrue(lines.get(0).startsWith("broken: damaged: "), lines.get(0));
            assertTrue(lines.get(1).startsWith("whole: whole, "), lines.get(1));
            assertEquals(Main.FAILED, run("doctor").code());
        } finally {
            if (before == null) {
                System.clearProperty("daguerre.models");
            } else {
                System.setProperty("daguerre.models", before);
            }
        }
    }

    static Stream<Arguments> errors() {
        return Stream.of(
                Arguments.of(new OutOfMemoryError("Java heap space"), "the memory is full (Java heap space)"),
                Arguments.of(new UnsatisfiedLinkError("no onnxruntime\nin path"), "no onnxruntime)"),
                Arguments.of(new ExceptionInInitializerError(), "ExceptionInInitializerError: null"),
                Arguments.of(new StackOverflowError(), "StackOverflowError"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void errorOfTheMachineIsAnsweredByFactAndRemedyAndEndsWith1(Error failure, String fact) {
        StringWriter err = new StringWriter();
        StringWriter out = new StringWriter() {
            @Override
            public void write(String text, int from, int length) {
                throw failure;
            }
        };
        assertEquals(Main.FAILED, Main.run(new PrintWriter(out), new PrintWriter(err), "models"));
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().startsWith("daguerre: ") && err.toString().contains(fact), err.toString());
        assertTrue(err.toString().strip().matches(".*[.] .+"), err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sample", "models", "scenes", "evaluate", "doctor"})
    void everyCommandExplainsItself(String command) {
        Answer answer = run(command, "--help");
        assertEquals(0, answer.code());
        assertTrue(answer.out().startsWith("Usage: daguerre " + command), answer.out());
    }
}
