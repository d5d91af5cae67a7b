package org.daguerre.notebook;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.daguerre.notebook.JupyterClient.Cell;
import org.daguerre.notebook.JupyterClient.Output;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every magic, used well and badly, in kernels of both families, with the exact model. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MagicsTest {

    enum Family {
        JJAVA,
        IJAVA
    }

    private static final String STATE = "%daguerre memory";

    private final Map<Family, JupyterClient> kernels = new EnumMap<>(Family.class);

    @BeforeAll
    void start() throws Exception {
        kernels.put(Family.JJAVA, new JupyterClient(new JJavaKernel()));
        kernels.put(Family.IJAVA, new JupyterClient(new IJavaKernel()));
        kernels.values().forEach(kernel -> kernel.execute("%model exact").result());
    }

    @AfterAll
    void stop() {
        kernels.values().forEach(JupyterClient::close);
    }

    private Cell execute(Family family, String source) {
        return kernels.get(family).execute(source);
    }

    @ParameterizedTest
    @EnumSource
    void modelsAreListedAndShowTheirCards(Family family) {
        assertTrue(execute(family, "%model").text().contains("exact"));
        Output card = execute(family, "%model exact").result();
        assertTrue(card.data("text/plain").contains("32 x 32 pixels"), card.data("text/plain"));
        assertTrue(card.data("text/html").contains("<table>"));
    }

    @ParameterizedTest
    @EnumSource
    void sampleShowsThePictureWithItsText(Family family) throws Exception {
        Output shown = execute(family, "%sample \"three red apples\" --steps 10 --guidance 1 --seed 3")
                .result();
        var picture = ImageIO.read(new ByteArrayInputStream(
                Base64.getDecoder().decode(shown.data("image/png").strip())));
        assertEquals(780, picture.getWidth(), "the picture, and its path beside it");
        assertTrue(shown.data("text/plain").contains("\"three red apples\", 10 steps"), shown.data("text/plain"));
        assertTrue(shown.data("text/plain").contains("10 of 10 steps"), shown.data("text/plain"));
    }

    @ParameterizedTest
    @EnumSource
    void sameSeedIsTheSamePicture(Family family) {
        String sample = "%sample \"a blue cube\" --steps 4 --seed ";
        String picture = execute(family, sample + "5").result().data("image/png");
        assertEquals(picture, execute(family, sample + "5").result().data("image/png"));
        assertFalse(picture.equals(execute(family, sample + "6").result().data("image/png")));
    }

    @ParameterizedTest
    @EnumSource
    void stepsByHandEndInThePictureOfTheSample(Family family) {
        String picture = execute(family, "%sample \"two blue balls\" --steps 6 --seed 1")
                .result()
                .data("image/png");
        execute(family, "%start \"two blue balls\" --steps 6 --seed 1").result();
        execute(family, "%step").result();
        execute(family, "%step 3").result();
        execute(family, "%back 2").result();
        assertEquals(picture, execute(family, "%finish").result().data("image/png"));
    }

    @ParameterizedTest
    @EnumSource
    void branchLeavesTheRunItCameFromAlone(Family family) {
        execute(family, "%start \"two blue balls\" --steps 6 --seed 1");
        execute(family, "%step 2");
        execute(family, "%branch --sampler heun --guidance 2 --prompt \"two blue stars\"")
                .result();
        assertTrue(execute(family, "%finish").text().contains("two blue stars"));
        String first = execute(family, "%branch 1").text();
        assertTrue(first.contains("two blue balls") && first.contains("2 of 6 steps"), first);
    }

    @ParameterizedTest
    @EnumSource
    void everyPlotIsAPngWithAltText(Family family) {
        execute(family, "%sample \"a pink heart\" --steps 4");
        for (String subject : List.of(
                "schedule",
                "schedule linear cosine",
                "snr",
                "beta",
                "sigma",
                "plan",
                "path --frames 3",
                "steps",
                "latents")) {
            Output figure = execute(family, "%plot " + subject).result();
            assertTrue(figure.data("image/png").startsWith("iVBOR"), subject);
            assertTrue(figure.data("text/plain").length() > 30, subject);
            assertEquals(
                    760,
                    figure.content()
                            .path("metadata")
                            .path("image/png")
                            .path("width")
                            .asInt());
        }
    }

    @ParameterizedTest
    @EnumSource
    void valuesOfTheLibraryAreShown(Family family) {
        execute(family, "Generation g = Daguerre.model(\"exact\").prompt(\"a red ball\").steps(3).start().finish();");
        assertAll(
                () -> assertTrue(execute(family, "Picture.of(g.pixels())")
                        .result()
                        .data("image/png")
                        .startsWith("iVBOR")),
                () -> assertTrue(
                        execute(family, "g.run()").result().data("image/png").startsWith("iVBOR")),
                () -> assertTrue(execute(family, "g.run().steps().get(0)")
                        .result()
                        .data("image/png")
                        .startsWith("iVBOR")),
                () -> assertTrue(execute(family, "g.model().scheduler().schedule()")
                        .result()
                        .data("image/png")
                        .startsWith("iVBOR")),
                () -> assertTrue(execute(family, "g.run().trajectory().plan()")
                        .result()
                        .data("image/png")
                        .startsWith("iVBOR")),
                () -> assertTrue(execute(family, "StepTable.of(g.run())")
                        .result()
                        .data("text/html")
                        .contains("<th")),
                () -> assertTrue(
                        execute(family, "NdArrays.of(g.pixels())").text().startsWith("INDArray[1, 3, 32, 32]")),
                () -> assertTrue(execute(family, "g.request().tokens()")
                        .result()
                        .data("text/html")
                        .contains("ball")));
    }

    @ParameterizedTest
    @EnumSource
    void markupInAPromptIsShownAsText(Family family) {
        String attack = "<script>alert(1)</script>";
        Output tokens = execute(family, "Daguerre.model(\"exact\").tokens(\"" + attack + "\")")
                .result();
        assertFalse(tokens.data("text/html").contains("<script"), tokens.data("text/html"));
        Output run = execute(family, "%sample \"" + attack + "\" --steps 2").result();
        assertEquals("", run.data("text/html"));
    }

    @ParameterizedTest
    @EnumSource
    void promptKeepsItsLetters(Family family) {
        String prompt = "café 北京 🍎 'a; b' C:\\\\x";
        String text = execute(family, "%start \"" + prompt + "\" --steps 2").text();
        assertTrue(text.contains("café 北京 🍎 'a; b' C:"), text);
    }

    @ParameterizedTest
    @EnumSource
    void everyMagicExplainsItself(Family family) {
        for (String magic : List.of(
                "model", "sample", "start", "step", "back", "branch", "finish", "plot", "attention", "daguerre")) {
            assertTrue(execute(family, "%" + magic + " --help").text().startsWith("Usage: %" + magic), magic);
        }
    }

    @ParameterizedTest
    @EnumSource
    void figuresFollowTheTheme(Family family) {
        String light = execute(family, "%plot snr cosine").result().data("image/png");
        execute(family, "%daguerre theme dark");
        assertFalse(light.equals(execute(family, "%plot snr cosine").result().data("image/png")));
        execute(family, "%daguerre theme light");
        assertEquals(light, execute(family, "%plot snr cosine").result().data("image/png"));
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of("%sample", "PROMPT is missing. Give what to show"),
                Arguments.of("%sample \"x\" --stepz 3", "'--stepz' is no option of %sample. Did you mean --steps?"),
                Arguments.of("%sample \"x\" --steps", "--steps has no value. Give the number of steps"),
                Arguments.of("%sample \"x\" --steps 3 --steps 4", "--steps is given twice. Give it once."),
                Arguments.of("%sample \"x\" --steps 0", "steps is 0. Give 1 to 1000"),
                Arguments.of("%sample \"x\" --steps -3", "steps is -3. Give 1 to 1000"),
                Arguments.of("%sample \"x\" --steps 1001", "steps is 1001. Give 1 to 1000"),
                Arguments.of("%sample \"x\" --steps 99999999999", "--steps is '99999999999', more than fits. Give"),
                Arguments.of("%sample \"x\" --steps 3.5", "--steps is '3.5', not a whole number. Give"),
                Arguments.of("%sample \"x\" --steps drei", "--steps is 'drei', not a whole number. Give"),
                Arguments.of("%sample \"x\" --guidance NaN", "--guidance is 'NaN', not a number. Give"),
                Arguments.of("%sample \"x\" --guidance Infinity", "--guidance is 'Infinity', not a number. Give"),
                Arguments.of("%sample \"x\" --guidance 7,5", "--guidance is '7,5', not a number. Give"),
                Arguments.of("%sample \"x\" --seed 🍎", "--seed is '🍎', not a whole number. Give"),
                Arguments.of("%sample \"x\" --count 0", "count is 0. Give 1 to 64."),
                Arguments.of("%sample \"x\" --count 65", "count is 65. Give 1 to 64."),
                Arguments.of("%sample \"x\" --size 99", "size is 99 x 99. Model 'exact' makes 32 x 32 only."),
                Arguments.of("%sample \"x\" --size big", "--size is 'big', not height and width. Give"),
                Arguments.of("%sample \"x\" --sampler eulr", "sampler 'eulr' is unknown. Did you mean euler?"),
                Arguments.of("%sample \"x\" --schedule cosin", "schedule 'cosin' is unknown. Did you mean cosine?"),
                Arguments.of("%sample \"x\" --spacing trailling", "Did you mean trailing?"),
                Arguments.of(
                        "%sample three red apples",
                        "'red' is one argument too many for %sample. Put a text with blanks"),
                Arguments.of("%sample 'three red'", "Put a text with blanks into double quotes."),
                Arguments.of("%start", "PROMPT is missing."),
                Arguments.of("%model exakt", "model 'exakt' is unknown. Did you mean exact?"),
                Arguments.of("%model \"no such folder/a b\"", "there is no model folder"),
                Arguments.of("%model ../../etc", "Give a folder with model_index.json"),
                Arguments.of("%model exact --device gpu", "device is 'gpu'. Give auto, cpu, cuda or cuda:n"),
                Arguments.of("%model exact --device cuda", "cuda"),
                Arguments.of("%step 0", "steps is 0. Give 1 or more."),
                Arguments.of("%step many", "N is 'many', not a whole number. Give the number of steps"),
                Arguments.of("%back 99", "cannot go back 99 steps, 2 were made. Give 0 to 2."),
                Arguments.of("%back -1", "cannot go back -1 steps"),
                Arguments.of("%branch 7", "branch is 7. Give 1 to 1."),
                Arguments.of("%branch 1 --guidance 2", "cannot be changed"),
                Arguments.of("%branch --sampler huen", "Did you mean heun?"),
                Arguments.of("%finish now", "'now' is one argument too many for %finish."),
                Arguments.of("%plot", "SUBJECT is missing. Give one of: schedule"),
                Arguments.of("%plot pth", "subject 'pth' is unknown. Did you mean path?"),
                Arguments.of("%plot path x", "'x' is one argument too many for %plot path."),
                Arguments.of("%plot path --frames 0", "frames is 0. Give 1 or more."),
                Arguments.of("%plot schedule linaer", "schedule 'linaer' is unknown. Did you mean linear?"),
                Arguments.of("%attention ball", "model 'exact' shows no attention"),
                Arguments.of("%attention --picture 2", "--picture is 2. Give 1 to 1."),
                Arguments.of("%daguerre docter", "topic 'docter' is unknown. Did you mean doctor?"),
                Arguments.of("%daguerre help dark", "'dark' is one argument too many"),
                Arguments.of("%daguerre theme drak", "theme 'drak' is unknown. Did you mean dark?"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakeIsAnsweredInOneLineAndChangesNothing(String source, String answer) {
        for (Family family : Family.values()) {
            execute(family, "%start \"a red ball\" --steps 4");
            execute(family, "%step 2");
            String state = execute(family, STATE).text().replaceFirst("heap.*", "");
            Cell cell = execute(family, source);
            assertTrue(cell.error().contains(answer), family + " answers: " + cell.error() + cell.outputs());
            assertFalse(cell.traceback().contains("at org.daguerre.argument."), cell.traceback());
            assertEquals(state, execute(family, STATE).text().replaceFirst("heap.*", ""));
            assertTrue(execute(family, "%back 0").text().contains("2 of 4 steps"));
        }
    }

    @Test
    void promptOfAMegabyteIsTakenByTheMagic() {
        String huge = execute(Family.JJAVA, "%sample \"" + "a red ball ".repeat(100_000) + "\" --steps 2")
                .text();
        assertTrue(
                huge.startsWith("\"a red ball a red ball") && huge.endsWith("characters in all)"),
                huge.substring(0, 60));
        assertEquals("2", execute(Family.JJAVA, "1 + 1").text());
    }

    @ParameterizedTest
    @EnumSource
    void promptOfAMegabyteIsTakenByTheLibrary(Family family) {
        String source =
                "Daguerre.model(\"exact\").prompt(\"a red ball \".repeat(100_000)).steps(2).start().finish().done()";
        assertEquals("true", execute(family, source).text());
    }

    @ParameterizedTest
    @EnumSource
    void emptyPromptIsThePromptOfNothing(Family family) {
        assertTrue(execute(family, "Daguerre.model(\"exact\").prompt(\"\").steps(2).start().finish()")
                .text()
                .contains("\"\""));
    }

    @ParameterizedTest
    @EnumSource
    void interruptStopsWithinAStepAndTheRunGoesOn(Family family) throws Exception {
        JupyterClient kernel = kernels.get(family);
        String cell = kernel.start("%sample \"three red apples\" --steps 1000 --sampler ddpm --count 64");
        kernel.await(cell, "display_data");
        kernel.interrupt();
        Cell stopped = kernel.await(cell);
        assertTrue(stopped.error().contains("nterrupted") || stopped.error().contains("cancelled"), stopped.error());
        assertEquals("2", execute(family, "1 + 1").text());
        assertTrue(execute(family, "%step").text().contains("\"three red apples\", 1000 steps"));
    }

    @ParameterizedTest
    @EnumSource
    void releaseLetsGoOfEverything(Family family) {
        execute(family, "%sample \"a red ball\" --steps 2");
        assertTrue(execute(family, "%daguerre release").text().contains("exact"));
        assertTrue(execute(family, STATE).text().contains("models in memory: none"));
        assertTrue(execute(family, "%sample \"x\"").error().contains("no model is loaded. Load one:"));
        assertTrue(execute(family, "%step").error().contains("there is no run yet. Begin one:"));
        kernels.values().forEach(kernel -> kernel.execute("%model exact").result());
    }

    @Test
    void failedPartOfAnInstallationIsSaidAndTheRestStays() {
        List<String> magics = new java.util.ArrayList<>();
        KernelHost host = new BareHost(magics);
        String line = Notebook.install(host);
        assertTrue(line.contains("without its imports: java.lang.IllegalStateException: no compiler"), line);
        assertTrue(magics.contains("sample"));
    }

    /** A host that can show nothing and whose Java does not compile. */
    private record BareHost(List<String> magics) implements KernelHost {

        @Override
        public String name() {
            return "bare";
        }

        @Override
        public void lineMagic(String name, LineMagic magic) {
            magics.add(name);
        }

        @Override
        public void cellMagic(String name, CellMagic magic) {
            magics.add(name);
        }

        @Override
        public <T> void renderer(Class<T> type, java.util.function.Function<? super T, MimeBundle> renderer) {}

        @Override
        public void display(String id, MimeBundle bundle) {}

        @Override
        public void update(String id, MimeBundle bundle) {}

        @Override
        public void eval(String source) {
            throw new IllegalStateException("no compiler");
        }

        @Override
        public void onShutdown(Runnable action) {}
    }
}
