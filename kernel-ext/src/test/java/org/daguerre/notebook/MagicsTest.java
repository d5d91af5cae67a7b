package org.daguerre.notebook;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.daguerre.notebook.JupyterClient.Cell;
import org.daguerre.notebook.JupyterClient.Output;
import org.daguerre.pipeline.PartialFolders;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every magic, used well and badly, in kernels of both families, with the exact model. */
class MagicsTest extends InEveryKernel {

    @TempDir
    Path temp;

    @BeforeAll
    void loadTheExactModel() {
        executeInEvery("%model exact");
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
    void tensorThatIsAPictureIsShownAsOneAndAnotherAsText(Family family) {
        Output picture =
                execute(family, "Noise.seed(1).draw(1, 3, 8, 8).tensor()").result();
        assertTrue(picture.data("image/png").length() > 100
                && picture.data("text/plain").startsWith("Tensor[1, 3, 8, 8]"));
        Output other =
                execute(family, "Noise.seed(1).draw(1, 4, 8, 8).tensor()").result();
        assertEquals("", other.data("image/png"));
        assertTrue(other.data("text/plain").startsWith("Tensor[1, 4, 8, 8]"), other.data("text/plain"));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNoPictureIsShownAsText(Family family) {
        String plane = execute(
                        family,
                        "Sampling.of(ExactDenoiser.mixture(new double[] {1}, java.util.List.of(Tensor.zeros(1, 2)), 0.1),"
                                + " NoiseSchedule.named(\"linear\"), 8, 2).steps(4).start()")
                .text();
        assertTrue(plane.startsWith("Run[") && plane.contains("Tensor[8, 2]"), plane);
        assertEquals("[80.0, 2.0]", execute(family, "new double[] {80, 2}").text());
        assertEquals(
                "[1, 3, 32, 32]", execute(family, "new int[] {1, 3, 32, 32}").text());
        String many = execute(family, "new int[5000]").text();
        assertTrue(many.length() < 4000 && many.endsWith(", ...]"), many);
        assertEquals(
                "grid of 2 runs over steps",
                execute(family, "Grid.of(1).axis(\"steps\", java.util.List.of(2, 3), (one, n) -> n)")
                        .text());
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
    void finishedRunIsNotRelabelledByABranch(Family family) {
        execute(family, "%sample \"two blue balls\" --steps 4");
        for (String change : List.of("--sampler heun", "--guidance 7", "--prompt \"two blue stars\"")) {
            String error = execute(family, "%branch " + change).error();
            assertTrue(error.contains("the run is finished") && error.contains("%back N, then branch"), error);
        }
        assertTrue(execute(family, "%branch 1").text().contains("ddim: 4 of 4 steps, finished"));
        execute(family, "%back 2").result();
        assertTrue(execute(family, "%branch --sampler heun").text().contains("heun: 2 of 4 steps"));
    }

    @ParameterizedTest
    @EnumSource
    void wordsThatTheModelDoesNotReadAreSaid(Family family) {
        String text = execute(family, "%start \"three red zebra quantum apples\" --negative \"blorp\"")
                .text();
        assertTrue(
                text.contains("; not in the vocabulary: zebra, quantum; negative not in the vocabulary: blorp"), text);
        assertFalse(execute(family, "%start \"three red apples\"").text().contains("vocabulary"));
    }

    @ParameterizedTest
    @EnumSource
    void promptIsWeightedAndLedTowardsAnother(Family family) {
        String table = execute(family, "Daguerre.model(\"exact\").tokens(\"a (red:1.3) ball\")")
                .result()
                .data("text/html");
        assertTrue(table.contains(">weight</th>") && table.contains(">1.3</td>"), table);
        assertFalse(execute(family, "Daguerre.model(\"exact\").tokens(\"a (red) ball\")")
                .result()
                .data("text/html")
                .contains("weight"));
        String told = execute(family, "%start \"a red ball\" --towards \"a blue cube\" --fraction 0.25")
                .text();
        assertTrue(told.contains("0.25 of the way to \"a blue cube\""), told);
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
                "norms",
                "times",
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
    void trainingShowsItsLossGoesOnAndBeginsAnew(Family family) {
        Output two = execute(family, "%train 2").result();
        assertTrue(two.data("text/plain").contains("2 steps of 16"), two.data("text/plain"));
        assertTrue(two.data("image/png").length() > 1000);
        assertTrue(execute(family, "%train 1").text().contains("3 steps of 16"));
        assertTrue(execute(family, "%train 1 --seed 2").text().contains("1 steps of 16"));
        assertTrue(execute(family, "%train 1 --without \"red dog\"").error().contains("'dog'"));
        assertTrue(execute(family, "%train 0").error().contains("steps is 0"));
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

    @Test
    void promptOfAMegabyteIsTakenByTheMagic() {
        String huge = execute(Family.JJAVA, "%sample \"" + "a red ball ".repeat(100_000) + "\" --steps 2")
                .text();
        assertTrue(
                huge.startsWith("'a red ball a red ball") && huge.contains("...' (1100000 characters), 2 steps"),
                huge.substring(0, 60));
        assertTrue(huge.contains("; cut off after ") && huge.length() < 400, huge.length() + " characters");
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
        JupyterClient kernel = kernel(family);
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
    void interruptedRunIsTheCurrentOneAtOnceAndTheNextMagicWaitsForIt(Family family) {
        JupyterClient kernel = kernel(family);
        execute(family, "%sample \"two blue balls\" --steps 2");
        execute(family, "Sampler stuck = org.daguerre.notebook.Stuck.SAMPLER;");
        Stuck.hold();
        String cell = kernel.start("%sample \"three red apples\" --sampler stuck --steps 4");
        kernel.await(cell, "stream");
        kernel.interrupt();
        assertFalse(kernel.await(cell).error().isEmpty());
        String next = kernel.start("%finish");
        Output waiting = kernel.await(next, "display_data");
        assertTrue(waiting.data("text/plain").contains("waiting for what was interrupted"), waiting.toString());
        Stuck.letGo();
        kernel.await(cell, "update_display_data", "interrupted at step 2 of 4; %finish goes on, %back returns");
        String finished = kernel.await(next).text();
        assertTrue(finished.contains("\"three red apples\", 4 steps") && finished.contains("finished"), finished);
    }

    @ParameterizedTest
    @EnumSource
    void releaseLetsGoOfEverything(Family family) {
        execute(family, "%sample \"a red ball\" --steps 2");
        assertTrue(execute(family, "%daguerre release").text().contains("exact"));
        assertTrue(execute(family, "%daguerre memory").text().contains("models in memory: none"));
        assertTrue(execute(family, "%sample \"x\"").error().contains("no model is loaded. Load one:"));
        assertTrue(execute(family, "%step").error().contains("there is no run yet. Begin one:"));
        executeInEvery("%model exact");
    }

    @ParameterizedTest
    @EnumSource
    void autoencoderAloneShowsItsCardAndDoesNotDraw(Family family) {
        Path folder = PartialFolders.autoencoder(temp.resolve(family.name()));
        String card = execute(family, "%model \"" + folder + "\"").text();
        assertTrue(card.contains("latents 4 x 4 x 3"), card);
        for (String magic : List.of("%sample \"x\"", "%plot model")) {
            String error = execute(family, magic).error();
            assertTrue(error.contains("holds an autoencoder alone") && error.contains("to draw, take"), error);
        }
        String trip = "org.daguerre.pipeline.Daguerre.autoencoder(\"" + folder
                + "\").roundTrip(org.daguerre.image.Picture.of(8, 8, new int[64]))";
        Output shown = execute(family, trip).result();
        assertTrue(shown.data("text/plain").contains("4 times fewer values, PSNR"), shown.data("text/plain"));
        assertTrue(shown.data("image/png").length() > 100);
        executeInEvery("%model exact");
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
        public Consumer<MimeBundle> display(MimeBundle bundle) {
            return next -> {};
        }

        @Override
        public Object eval(String source) {
            throw new IllegalStateException("no compiler");
        }

        @Override
        public void onShutdown(Runnable action) {}
    }
}
