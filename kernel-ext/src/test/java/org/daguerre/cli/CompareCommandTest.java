package org.daguerre.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.daguerre.image.Picture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the compare command prints and writes, with the exact model. */
class CompareCommandTest {

    @TempDir
    Path folder;

    private record Answer(int code, String out, String err) {}

    private Answer compare(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                Stream.concat(
                                Stream.of("compare"),
                                Stream.of(arguments).map(each -> each.replace("DIR", folder.toString())))
                        .toArray(String[]::new));
        return new Answer(code, out.toString(), err.toString());
    }

    @Test
    void sheetAndConvergenceAreWrittenAndTheTableIsPrinted() {
        Answer answer = compare(
                "two",
                "--model=exact",
                "--sampler=ddim,heun",
                "--steps=3,6",
                "--guidance=1",
                "--reference=20",
                "--out=DIR/sheet.png",
                "--convergence=DIR/convergence.png");
        assertEquals(0, answer.code(), answer.err());
        List<String> lines = answer.out().lines().map(String::strip).toList();
        assertEquals(folder.resolve("sheet.png").toString(), lines.get(0));
        assertEquals(folder.resolve("convergence.png").toString(), lines.get(1));
        List<String> rows = lines.stream()
                .filter(line -> line.matches("(ddim|heun) .*"))
                .map(line -> line.replaceAll("[ |]+", " "))
                .toList();
        assertEquals(4, rows.size(), answer.out());
        assertTrue(rows.get(0).startsWith("ddim 3 3 ") && rows.get(3).startsWith("heun 6 10 "), rows.toString());
        assertTrue(answer.out().contains("by the trapezoid rule in 21 steps, "), answer.out());
        Picture sheet = Picture.read(folder.resolve("sheet.png"));
        assertTrue(sheet.width() > 2 * 32 && sheet.height() > 2 * 32, sheet.toString());
        assertTrue(Files.exists(folder.resolve("convergence.png")));
    }

    @Test
    void sameSeedIsTheSameSheet() {
        String[] arguments = {"two", "--model=exact", "--steps=2,3", "--reference=0", "--out=DIR/sheet.png"};
        assertEquals(0, compare(arguments).code());
        Picture first = Picture.read(folder.resolve("sheet.png"));
        assertEquals(0, compare(arguments).code());
        assertEquals(first, Picture.read(folder.resolve("sheet.png")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "two --model=exact | no option has more than one value, so nothing is compared. Give a list",
                "two --model=exact --sampler=ddim,huen | sampler 'huen' is unknown. Did you mean heun?",
                "two --model=exact --steps=5,0 | steps is 0. Give 1 to 1000",
                "two --model=exact --steps=5, 10 | --steps is '5,', and '10' stands apart from it. Give its values",
                "two --model=exact --stepps=5,10 | '--stepps=5,10' is no option of daguerre compare. Did you mean --steps?",
                "two --model=exact --steps=2,3 --reference=-1 | the reference has -1 steps. Give 2 to 10000, or 0 for none",
                "two --model=exakt --steps=2,3 | model 'exakt' is unknown. Did you mean exact?",
                "--model=exact --steps=2,3 | PROMPT is missing. Give what to show, in quotes.",
                "two --model=exact --steps=2,3 --out=DIR | is the folder",
                "two --model=exact --steps=2,3 --out=DIR/no/sheet.png | which is not there. Make it first."
            })
    void badInputIsAnsweredByFactAndRemedyAndWritesNothing(String arguments, String answer) throws Exception {
        Answer given = compare(arguments.split(" "));
        assertEquals(Main.WRONG_ARGUMENTS, given.code(), given.out());
        assertTrue(given.err().contains(answer), given.err());
        assertFalse(given.err().contains("\tat "), given.err());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(), files.toList());
        }
    }
}
