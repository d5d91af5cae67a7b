package org.daguerre.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.daguerre.notebook.JupyterClient.Output;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Comparisons and paths as a cell makes them, in kernels of both families, with the exact model. */
class CompareMagicTest extends InEveryKernel {

    @BeforeAll
    void loadTheExactModel() {
        executeInEvery("%model exact");
    }

    @ParameterizedTest
    @EnumSource
    void comparisonShowsPicturesAndMeasuresEveryRun(Family family) {
        Output shown = execute(family, "%compare \"three red apples\" --sampler ddim,heun --steps 4,8,16 --seed 3")
                .result();
        String text = shown.data("text/plain");
        assertTrue(text.contains("comparison of 6 runs, 6 finished"), text);
        for (String column : new String[] {"sampler", "steps", "calls", "ms", "distance", "order", "noise"}) {
            assertTrue(text.contains(column), text);
        }
        String html = shown.data("text/html");
        assertTrue(html.contains("<img ") && html.contains("ddim, 4 steps; ddim, 8 steps"), html.substring(0, 300));
        assertTrue(html.contains("reference solution"), "one noise, one schedule: one solution");
        Output drawn = execute(family, "%plot convergence").result();
        assertTrue(drawn.data("text/plain").contains("Convergence of 2 methods"), drawn.data("text/plain"));
        assertTrue(drawn.data("image/png").length() > 1000);
        assertTrue(execute(family, "%compare").text().contains("comparison of 6 runs, 6 finished"));
    }

    @ParameterizedTest
    @EnumSource
    void ownSamplerGuidanceAndModelsStandOnAxes(Family family) {
        execute(
                family,
                "Sampler mine = Sampler.of(\"mine\", (x, p, level, next) ->"
                        + " p.denoised().times(next.alpha()).plus(next.sigma(), p.noise()));"
                        + " Guidance.Rule twice = (cond, uncond, level) -> uncond.plus(2, cond.minus(uncond));");
        String text = execute(
                        family,
                        "%compare \"two blue balls\" --sampler mine,ddim --guidance twice,2 --steps 5 --reference 50")
                .text();
        assertTrue(text.contains("4 runs, 4 finished") && text.contains("twice"), text);
        assertTrue(execute(family, "%compare \"two blue balls\" --model exact --seed 1..3 --steps 3 --reference 0")
                .text()
                .contains("3 runs"));
    }

    @ParameterizedTest
    @EnumSource
    void mistakesChangeNothing(Family family) {
        execute(family, "%compare \"a red ball\" --steps 2,3 --reference 10");
        for (String[] wrong : new String[][] {
            {"\"x\"", "no option has more than one value"},
            {"\"x\" --steps 5", "no option has more than one value"},
            {"\"x\" --steps 5,,6", "--steps is '5,,6', with an empty value."},
            {"\"x\" --steps 5,zehn", "--steps has 'zehn', not a whole number. Give"},
            {"\"x\" --steps 5,1.5", "--steps has '1.5', not a whole number. Give"},
            {"\"x\" --steps 0,5", "steps is 0. Give 1 to 1000"},
            {"\"x\" --steps 1000000000,5", "steps is 1000000000. Give 1 to 1000"},
            {"\"x\" --steps 99999999999,5", "--steps has 99999999999, more than fits."},
            {"\"x\" --steps 8..4", "--steps is '8..4', a range that falls."},
            {"\"x\" --steps 1..900", "a range of more than 256."},
            {"\"x\" --steps 1..100 --seed 1..3", "the grid has 300 runs or more. Give at most 256"},
            {"\"x\" --sampler ddim,eulr", "sampler 'eulr' is unknown. Did you mean euler?"},
            {"\"x\" --guidance 1,much", "--guidance is 'much', not a number."},
            {"\"x\" --model exact,exakt", "model 'exakt' is unknown. Did you mean exact?"},
            {"\"x\" --steps 2,3 --reference -1", "the reference has -1 steps. Give 2 to 10000, or 0 for none"},
            {"--steps 2,3", "PROMPT is missing. Give what to show, in double quotes."},
            {"\"x\" --step 2,3", "'--step' is no option of %compare. Did you mean --steps?"}
        }) {
            String error = execute(family, "%compare " + wrong[0]).error();
            assertTrue(error.contains(wrong[1]), wrong[0] + ": " + error);
            assertEquals(1, error.lines().count(), error);
        }
        assertTrue(execute(family, "%compare").text().contains("comparison of 2 runs, 2 finished"));
    }

    @ParameterizedTest
    @EnumSource
    void interruptedComparisonIsTheOneToGoOnWithAtOnceAndItsCellShowsWhatIsMade(Family family) {
        JupyterClient kernel = kernel(family);
        execute(family, "%compare \"two blue balls\" --steps 2,3 --reference 0");
        execute(family, "Sampler stuck = org.daguerre.notebook.Stuck.SAMPLER;");
        Stuck.hold();
        String cell = kernel.start("%compare \"three red apples\" --sampler ddim,stuck --steps 3,4 --reference 0");
        kernel.await(cell, "stream");
        kernel.interrupt();
        assertFalse(kernel.await(cell).error().isEmpty());
        String next = kernel.start("%compare");
        kernel.await(next, "display_data");
        Stuck.letGo();
        kernel.await(cell, "update_display_data", "interrupted at run 3 of 4, stuck, 3"); // its line first
        Output left = kernel.await(cell, "update_display_data", "interrupted at run 3 of 4, stuck, 3");
        assertTrue(left.data("text/html").contains("<table>"), left.toString());
        String finished = kernel.await(next).text();
        assertTrue(finished.contains("comparison of 4 runs, 4 finished"), finished);
    }

    @ParameterizedTest
    @EnumSource
    void comparisonOfWhichEveryRunFailsLeavesTheOneBefore(Family family) {
        execute(family, "%compare \"two blue balls\" --steps 2,3 --reference 0");
        execute(family, "Sampler failing = Sampler.of(\"failing\", (x, p, level, next) -> null);");
        String error = execute(family, "%compare \"x\" --sampler failing --steps 2,3,4")
                .error();
        assertTrue(error.contains("'failing'"), error);
        assertTrue(execute(family, "%compare").text().contains("comparison of 2 runs, 2 finished"));
    }

    @ParameterizedTest
    @EnumSource
    void pathOfARunIsSavedAndReadBack(Family family, @TempDir Path folder) {
        execute(family, "%sample \"two blue balls\" --steps 4 --seed 3 --count 2");
        assertTrue(execute(family, "%daguerre save \"" + folder.resolve("run.safetensors") + "\"")
                .text()
                .contains("run-2.safetensors"));
        assertTrue(Files.exists(folder.resolve("run-1.safetensors")));
        execute(
                family,
                "var back = RunPath.read(java.nio.file.Path.of(\"" + folder.resolve("run-1.safetensors") + "\"));");
        assertEquals(
                "two blue balls",
                execute(family, "back.parameters().get(\"prompt\")").text());
        assertTrue(
                execute(family, "StepTable.of(\"path\", back.facts())").text().contains("velocity"));
        assertTrue(execute(family, "NdArrays.of(back.x())").text().contains("INDArray[5, 1, 3, 32, 32]"));
        execute(family, "%sample \"two blue balls\" --steps 4");
        Path states = folder.resolve("states.NPY");
        String told = execute(family, "%daguerre save \"" + states + "\"").text();
        assertTrue(told.contains("Npy.read(Path.of(...)) brings the states back"), told);
        assertEquals(
                "[5, 1, 3, 32, 32]",
                execute(
                                family,
                                "java.util.Arrays.toString(Npy.read(java.nio.file.Path.of(\"" + states
                                        + "\")).shape())")
                        .text());
        execute(family, "%start \"two blue balls\" --steps 4");
        String answer = execute(family, "%daguerre save \"" + folder.resolve("none.npy") + "\"")
                .error();
        assertTrue(answer.contains("the run has made no step yet"), answer);
        assertFalse(Files.exists(folder.resolve("none.npy")));
    }

    @ParameterizedTest
    @EnumSource
    void whatStartGivesStandsWhereverARunDoes(Family family) {
        execute(family, "var made = Daguerre.model(\"exact\").prompt(\"two blue balls\").steps(4).start();");
        execute(family, "made.step(2); var other = made.branch(s -> s.guidance(2));");
        execute(family, "made.finish(); other.finish();");
        assertEquals("4", execute(family, "RunPath.of(made).steps()").text());
        assertEquals("4", execute(family, "StepTable.of(made).rowCount()").text());
        assertTrue(execute(family, "RunPlot.of(made, Theme.LIGHT)").text().contains("4 steps"));
        String table = execute(
                        family,
                        "ComparisonTable.of(Comparison.of(java.util.Map.entry(\"one\", made), java.util.Map.entry(\"other\", other.run())))")
                .text();
        assertTrue(table.contains("one") && table.contains("other"), table);
    }

    @ParameterizedTest
    @EnumSource
    void samplersOfTwoKindsStandOnAnAxisInJava(Family family) {
        execute(
                family,
                "import java.util.List; var sampling = Sampling.of(ExactDenoiser.gaussian(Tensor.zeros(1, 4), 0.5), NoiseSchedule.cosine(1000), 1, 4);");
        String text = execute(family, """
                        Comparison.of(Grid.of(sampling)
                            .axis("sampler", List.<Sampler>of(new Ddim(), new Heun()), Sampling::sampler)
                            .axis("steps", List.of(8, 16), Sampling::steps)).finish()""").text();
        assertTrue(text.contains("comparison of 4 runs, 4 finished"), text);
    }

    @ParameterizedTest
    @CsvSource({
        "new, lacks what is to be new. Give one of: sampler",
        "new samplr, kind 'samplr' is unknown. Did you mean sampler?",
        "save, %daguerre save lacks a file.",
        "save run.txt, has no ending that says its format.",
        "save no/such/run.npy, cannot write no/such/run.npy (NoSuchFile). Give a file name in a folder that exists"
    })
    void topicsThatNeedAWordSayWhich(String arguments, String answer) {
        execute(Family.JJAVA, "%start \"two blue balls\" --steps 4");
        execute(Family.JJAVA, "%step");
        String error = execute(Family.JJAVA, "%daguerre " + arguments).error();
        assertTrue(error.contains(answer) && !error.contains("at org.daguerre."), error);
    }
}
