package org.daguerre.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.daguerre.image.Picture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures and sheets that the sample command writes, with the exact model. */
class SampleCommandTest {

    private static final String APPLES = "three red apples";

    @TempDir
    Path folder;

    private record Answer(int code, String out, String err) {}

    private static Answer daguerre(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Answer(code, out.toString(), err.toString());
    }

    private Answer sample(String prompt, Path out, String... options) {
        return daguerre(Stream.concat(
                        Stream.of("sample", prompt, "--model", "exact", "--out", out.toString()), Stream.of(options))
                .toArray(String[]::new));
    }

    private Picture sampled(String prompt, String name, String... options) {
        Answer answer = sample(prompt, folder.resolve(name), options);
        assertEquals(new Answer(0, answer.out(), ""), answer);
        return Picture.read(folder.resolve(name));
    }

    @Test
    void sampleWritesThePictureWithWhatMadeIt() {
        Path file = folder.resolve("apples.png");
        Answer answer = sample(
                APPLES,
                file,
                "--steps=5",
                "--seed=7",
                "--sampler=euler",
                "--guidance=2.5",
                "--negative=cups",
                "--schedule=cosine");
        assertEquals(0, answer.code(), answer.err());
        assertTrue(answer.out().startsWith(file + System.lineSeparator() + "5 of 5 steps"), answer.out());
        Picture picture = Picture.read(file);
        assertEquals(List.of(32, 32), List.of(picture.width(), picture.height()));
        assertEquals(
                List.of(APPLES, "cups", "exact", "euler", "5", "5", "guidance 2.5", "7"),
                Stream.of("prompt", "negative", "model", "sampler", "steps", "step", "guidance", "seed")
                        .map(picture.parameters()::get)
                        .toList());
        assertTrue(picture.parameters().get("schedule").startsWith("cosine"), picture.toString());
    }

    @Test
    void sameSeedIsTheSameFileAndAnotherIsNot() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            sampled("a blue cube", name, "--steps=3", "--seed=" + (name.equals("c") ? 6 : 5));
        }
        assertArrayEquals(Files.readAllBytes(folder.resolve("a")), Files.readAllBytes(folder.resolve("b")));
        assertNotEquals(Picture.read(folder.resolve("a")), Picture.read(folder.resolve("c")));
    }

    @Test
    void severalPicturesAreNumberedAndHaveSuccessiveSeeds() {
        Answer answer = sample("a ball", folder.resolve("ball.png"), "--steps=2", "--seed=3", "--count=3");
        assertEquals(0, answer.code(), answer.err());
        for (int i = 1; i <= 3; i++) {
            Path file = folder.resolve("ball-" + i + ".png");
            assertTrue(answer.out().contains(file.toString()), answer.out());
            assertEquals(
                    Integer.toString(i + 2), Picture.read(file).parameters().get("seed"));
        }
        assertFalse(Files.exists(folder.resolve("ball.png")));
    }

    @Test
    void contactSheetOfOnePictureShowsItsPathToTheEnd() {
        Picture picture = sampled(APPLES, "one.png", "--steps=12", "--seed=1");
        Picture sheet = sampled(APPLES, "path.png", "--steps=12", "--seed=1", "--contact-sheet");
        assertEquals(picture, last(frames(sheet, picture)));
        assertEquals(12, frames(sheet, picture).stream().distinct().count());
        assertEquals(APPLES, sheet.parameters().get("prompt"));
        assertEquals("1", sheet.parameters().get("seed"));
    }

    @Test
    void pathOfManyStepsShowsAFewAndTheLastAmongThem() {
        Picture picture = sampled(APPLES, "one.png", "--steps=125");
        List<Picture> frames = frames(sampled(APPLES, "path.png", "--steps=125", "--contact-sheet"), picture);
        assertEquals(64, frames.size());
        assertEquals(picture, last(frames));
    }

    @Test
    void contactSheetOfSeveralPicturesShowsThemAll() {
        Picture sheet = sampled(APPLES, "sheet.png", "--steps=4", "--seed=1", "--count=10", "--contact-sheet");
        List<Picture> all = Stream.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
                .map(seed -> sampled(APPLES, "one.png", "--steps=4", "--seed=" + seed))
                .toList();
        assertEquals(all, frames(sheet, all.get(0)));
        assertFalse(sheet.parameters().containsKey("seed"), "they share no seed");
    }

    private static Picture last(List<Picture> pictures) {
        return pictures.get(pictures.size() - 1);
    }

    /** The pictures of a sheet with captions: cells of a picture's width, two pixels apart. */
    private static List<Picture> frames(Picture sheet, Picture cell) {
        int columns = (sheet.width() - 2) / (cell.width() + 2);
        int line = (int) Math.ceil(9 * 1.6);
        int rows = (sheet.height() - 2) / (cell.height() + line + 2);
        List<Picture> frames = new ArrayList<>();
        for (int i = 0; i < rows * columns; i++) {
            int left = 2 + i % columns * (cell.width() + 2);
            int top = 2 + i / columns * (cell.height() + line + 2);
            int[] rgb = new int[cell.width() * cell.height()];
            for (int p = 0; p < rgb.length; p++) {
                rgb[p] = sheet.pixel(left + p % cell.width(), top + p / cell.width());
            }
            if (Arrays.stream(rgb).anyMatch(colour -> colour != 0xffffff)) {
                frames.add(Picture.of(cell.width(), cell.height(), rgb));
            }
        }
        return frames;
    }

    @Test
    void filesGoWherePathsWithBlanksAndDotsLead() throws IOException {
        Files.createDirectories(folder.resolve("a folder").resolve("b"));
        Path out = folder.resolve("a folder").resolve("b").resolve("..").resolve("ré sumé 🍎.png");
        assertEquals(0, sample("a ball", out, "--steps=2").code());
        assertTrue(Files.exists(folder.resolve("a folder").resolve("ré sumé 🍎.png")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "🍎 北京", "--", "@/etc/passwd", "a\nb", "<b>&'\""})
    void anyPromptIsKeptAsItWasTyped(String prompt) {
        Path file = folder.resolve("out.png");
        Answer answer = daguerre("sample", "--model=exact", "--steps=1", "--out=" + file, "--", prompt);
        assertEquals(0, answer.code(), answer.err());
        assertEquals(prompt, Picture.read(file).parameters().get("prompt"));
    }

    @Test
    void promptOfAMegabyteIsKept() {
        String prompt = "a red ball ".repeat(100_000);
        assertEquals(
                prompt, sampled(prompt, "long.png", "--steps=1").parameters().get("prompt"));
    }
}
