package org.daguerre.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.daguerre.notebook.JupyterClient.Cell;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A sampler, schedule, guidance or prediction type that a cell makes is taken like a built-in one, and may err. */
class OwnKindsTest extends InEveryKernel {

    private static final String STEP = "p.denoised().times(next.alpha()).plus(next.sigma(), p.noise())";

    @BeforeAll
    void loadTheExactModel() {
        executeInEvery("%model exact");
    }

    private String picture(Family family, String options) {
        return execute(family, "%sample \"two blue balls\" --steps 5 --seed 3 " + options)
                .result()
                .data("image/png");
    }

    static Stream<Arguments> templates() {
        return Stream.of(Family.values())
                .flatMap(family -> Templates.kinds().stream().map(kind -> Arguments.of(family, kind)));
    }

    @ParameterizedTest
    @MethodSource("templates")
    void templateWorksAsItStands(Family family, String kind) {
        String cell = execute(family, "%daguerre new " + kind).text();
        assertTrue(cell.contains("--" + kind + " my"), cell);
        execute(family, cell).result();
        String variable = "my" + kind.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + kind.substring(1);
        Cell sampled = execute(family, "%sample \"three red apples\" --steps 4 --" + kind + " " + variable);
        assertTrue(sampled.text().contains("finished"), sampled.error());
    }

    @ParameterizedTest
    @EnumSource
    void samplerOfACellIsTheSameAlgorithmAsTheLibrarys(Family family) {
        execute(
                family,
                "Sampler.Rule rule = (x, p, level, next) -> org.daguerre.tensor.Tensor.combine("
                        + "next.alpha(), p.denoised(), next.sigma(), p.noise());");
        execute(family, "Sampler whole = (model, soFar) -> Sampler.named(\"euler\").next(model, soFar);");
        // The pictures show the sampler's name beside them, so the states are compared.
        String euler = state(family, "new org.daguerre.sampler.Euler(Sampler.of(rule).spacing())");
        assertNotEquals(euler, state(family, "new org.daguerre.sampler.Heun(Sampler.of(rule).spacing())"));
        for (String name : new String[] {"rule", "whole"}) {
            assertEquals(euler, state(family, name.equals("rule") ? "Sampler.of(rule)" : name));
            String text = execute(family, "%sample \"two blue balls\" --steps 5 --seed 3 --sampler " + name)
                    .text();
            assertTrue(text.contains(", " + name + ": 5 of 5 steps"), text);
        }
    }

    /** All values of a finished run, in one number. */
    private String state(Family family, String sampler) {
        Cell cell = execute(
                family,
                "\"state \" + java.util.Arrays.hashCode(Daguerre.model(\"exact\")"
                        + ".prompt(\"two blue balls\").steps(5).seed(3).sampler(" + sampler
                        + ").start().finish().run().x().toArray())");
        assertTrue(cell.text().matches("(?s).*state -?\\d+.*"), cell.text() + cell.error());
        return cell.text().strip();
    }

    @ParameterizedTest
    @EnumSource
    void guidanceAndPredictionTypeOfACellGiveThePictureOfTheLibrarys(Family family) {
        execute(family, "Guidance.Rule twice = (cond, uncond, level) -> uncond.plus(2, cond.minus(uncond));");
        execute(
                family,
                "PredictionType v = (raw, x, level) -> x.times(level.alpha()).plus(-level.sigma(), raw);"
                        + " PredictionType half = (raw, x, level) -> x.times(level.alpha()).plus(-level.sigma(), raw).times(0.5);");
        assertEquals(picture(family, ""), picture(family, "--prediction v_prediction"));
        assertNotEquals(picture(family, ""), picture(family, "--prediction half"));
        assertTrue(execute(family, "%sample \"two blue balls\" --steps 3 --guidance twice")
                .text()
                .contains("guidance twice"));
        assertTrue(execute(family, "%sample \"two blue balls\" --steps 3 --prediction v")
                .text()
                .contains("finished"));
    }

    @ParameterizedTest
    @EnumSource
    void scheduleAndLadderOfACellAreTakenByRunsAndPlots(Family family) {
        execute(family, "NoiseSchedule mine = t -> Level.preserving(t, Math.pow(Math.cos(t / 1000 * 1.5), 2));");
        execute(
                family,
                "Ladder halves = (max, min, n) -> java.util.stream.IntStream.range(0, n)"
                        + ".mapToDouble(i -> 20 / Math.pow(2, i)).toArray();");
        assertTrue(execute(family, "%plot schedule mine cosine").text().contains("mine"));
        execute(family, "NoiseSchedule dented = t -> Level.preserving(t, t == 500 ? 0.9 : 1 - 0.998 * t / 1000);");
        String refused = execute(family, "%plot schedule dented").error();
        assertTrue(refused.contains("schedule 'dented' has less noise at t = 500 than at 499"), refused);
        execute(family, "%start \"two blue balls\" --steps 4 --schedule mine --spacing halves --sampler euler")
                .result();
        assertTrue(execute(family, "%finish").text().contains("finished"));
    }

    @ParameterizedTest
    @EnumSource
    void branchGoesOnWithASamplerAndAGuidanceOfACell(Family family) {
        execute(family, "Sampler other = Sampler.of(\"other\", (x, p, level, next) -> " + STEP + ");");
        execute(family, "Guidance twice = Guidance.of((cond, uncond, level) -> uncond.plus(2, cond.minus(uncond)));");
        execute(family, "%start \"two blue balls\" --steps 4");
        execute(family, "%step 2");
        String text =
                execute(family, "%branch --sampler other --guidance twice").text();
        assertTrue(text.contains("guidance twice") && text.contains("other: 2 of 4 steps"), text);
        assertTrue(execute(family, "%finish").text().contains("finished"));
    }

    /** What a cell declares, the option that names it, and what the answer says. */
    static Stream<Arguments> mistakes() {
        return Stream.of(
                        new String[] {
                            "Sampler nan = Sampler.of((x, p, level, next) -> x.times(Double.NaN));",
                            "--sampler nan",
                            "step 1 of sampler 'nan' has values that are infinite or not a number. Look for"
                        },
                        new String[] {
                            "Sampler still = (model, soFar) -> new Step(soFar.x(), soFar.level(),"
                                    + " java.util.List.of(model.predict(soFar.x(), soFar.level())), soFar.noise());",
                            "--sampler still",
                            "step 1 of sampler 'still' stays at its level, t = "
                        },
                        new String[] {
                            "Sampler narrow = Sampler.of((x, p, level, next) -> x.plus(1.0, Tensor.zeros(1)));",
                            "--sampler narrow",
                            "in step 1 sampler 'narrow': shapes [1, 3, 32, 32] and [1] differ"
                        },
                        new String[] {
                            "Spacing far = (schedule, n) -> { schedule.at(5000); return null; };",
                            "--spacing far",
                            "spacing 'far': "
                        },
                        new String[] {
                            "Sampler shape = Sampler.of(\"shape\", (x, p, level, next) -> Tensor.zeros(1, 2));",
                            "--sampler shape",
                            "step 1 of sampler 'shape' has shape [1, 2], the state [1, 3, 32, 32]. Return"
                        },
                        new String[] {
                            "Sampler none = (model, soFar) -> null;",
                            "--sampler none",
                            "step 1 of sampler 'none' is null. Return a state"
                        },
                        new String[] {
                            "Sampler thrower = Sampler.of(\"thrower\", (x, p, level, next) -> { throw new"
                                    + " IllegalStateException(\"boom\"); });",
                            "--sampler thrower",
                            "in step 1 sampler 'thrower' threw IllegalStateException (boom). Mend it, or take another"
                        },
                        new String[] {
                            "int[] zero = {0}; Sampler divider = Sampler.of(\"divider\", (x, p, level, next) ->"
                                    + " x.times(1 / zero[0]));",
                            "--sampler divider",
                            "in step 1 sampler 'divider' threw ArithmeticException (/ by zero). Mend it"
                        },
                        new String[] {
                            "class Deep { Tensor of(Tensor x) { return of(x); } }"
                                    + " Sampler deep = Sampler.of(\"deep\", (x, p, level, next) -> new Deep().of(x));",
                            "--sampler deep",
                            "in step 1 sampler 'deep' threw StackOverflowError. Mend it"
                        },
                        new String[] {
                            "Guidance nowhere = (model, x, level) -> null;",
                            "--guidance nowhere",
                            "in step 1 the answer of 'guidance nowhere' is null. Return a prediction"
                        },
                        new String[] {
                            "Guidance wild = Guidance.of((cond, uncond, level) -> cond.times(Double.NaN));",
                            "--guidance wild",
                            "in step 1 the answer of 'guidance wild' has values that are infinite or not a number."
                        },
                        new String[] {
                            "Guidance empty = Guidance.of((cond, uncond, level) -> null);",
                            "--guidance empty",
                            "in step 1 'guidance empty': the raw output is null. Give a tensor of the state's shape."
                        },
                        new String[] {
                            "Guidance failing = Guidance.of((cond, uncond, level) -> { throw new"
                                    + " RuntimeException(\"boom\"); });",
                            "--guidance failing",
                            "in step 1 'guidance failing' threw RuntimeException (boom). Mend it"
                        },
                        new String[] {
                            "PredictionType blank = (raw, x, level) -> null;",
                            "--prediction blank",
                            "denoised of prediction type 'blank' is null. Return a tensor of the state's shape."
                        },
                        new String[] {
                            "PredictionType fuse = (raw, x, level) -> { throw new RuntimeException(\"boom\"); };",
                            "--prediction fuse",
                            "of prediction type 'fuse' threw RuntimeException (boom). Mend it, or take another."
                        },
                        new String[] {
                            "PredictionType fog = (raw, x, level) -> x.times(Double.NaN);",
                            "--prediction fog",
                            "denoised of prediction type 'fog' has values that are infinite or not a number."
                        },
                        new String[] {
                            "Sampler mute = (model, soFar) -> new Step(soFar.x(), soFar.next(), null, soFar.noise());",
                            "--sampler mute",
                            "in step 1 sampler 'mute': the step has no calls. Give the predictions"
                        },
                        new String[] {
                            "Spacing lost = (schedule, n) -> { throw new IllegalArgumentException(\"boom\"); };",
                            "--spacing lost",
                            "spacing 'lost' threw IllegalArgumentException (boom). Mend it, or take another."
                        },
                        new String[] {
                            "NoiseSchedule hollow = t -> null;",
                            "--schedule hollow",
                            "schedule 'hollow' gave null at t = 0. Let it give a Level for every t from 0 to 999."
                        },
                        new String[] {
                            "NoiseSchedule loud = t -> { throw new RuntimeException(\"boom\"); };",
                            "--schedule loud",
                            "schedule 'loud' threw RuntimeException (boom) at t = 0. Let it give"
                        },
                        new String[] {
                            "NoiseSchedule beyond = t -> Level.preserving(t, 2);",
                            "--schedule beyond",
                            "schedule 'beyond' has no level at t = 0: alpha-bar is 2.0. Give 0"
                        },
                        new String[] {
                            "NoiseSchedule rising = t -> Level.preserving(t, 0.001 + 0.998 * t / 1000);",
                            "--schedule rising",
                            "schedule 'rising' has less noise at t = 1 than at 0"
                        },
                        new String[] {
                            "NoiseSchedule dented = t -> Level.preserving(t, t == 500 ? 0.9 : 1 - 0.998 * t / 1000);",
                            "--schedule dented",
                            "schedule 'dented' has less noise at t = 500 than at 499, sigma / alpha 0.3333 after 0.9960."
                                    + " Give one whose noise grows with t, whose alpha-bar falls."
                        },
                        new String[] {
                            "Ladder up = (max, min, n) -> java.util.stream.IntStream.range(0, n).mapToDouble(i -> 1 +"
                                    + " i).toArray();",
                            "--sampler euler --spacing up",
                            "ladder 'up' has 2.0 as its level 1. Give levels above 0 that fall."
                        },
                        new String[] {
                            "Ladder brief = (max, min, n) -> new double[] {1};",
                            "--sampler euler --spacing brief",
                            "ladder 'brief' has 1 levels for 4 steps. Return as many as it is asked for, falling."
                        },
                        new String[] {
                            "String word = \"heun\";",
                            "--sampler word",
                            "sampler 'word' is a variable of type String. Give one of type Sampler, or one of: ddpm"
                        },
                        new String[] {
                            "Sampler heun = Sampler.named(\"euler\");",
                            "--sampler heun",
                            "sampler 'heun' is a standard one, and a variable as well. Give the variable another name."
                        },
                        new String[] {
                            "Sampler gone = null;",
                            "--sampler gone",
                            "variable 'gone' is null. Run the cell that gives it its value again"
                        },
                        new String[] {"1;", "--sampler nobody", "sampler 'nobody' is unknown. Give one of: ddpm"},
                        new String[] {"1;", "--guidance nobody", "--guidance is 'nobody', not a number. Give"},
                        new String[] {
                            "1;",
                            "--prediction epsilonn",
                            "prediction type 'epsilonn' is unknown. Did you mean epsilon?"
                        },
                        new String[] {"1;", "--sampler System.exit(0)", "sampler 'System.exit(0)' is unknown."})
                .flatMap(mistake -> Stream.of(Family.values())
                        .map(family -> Arguments.of(family, mistake[0], mistake[1], mistake[2])));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void whatErrsIsNamedInOneLineAndTheRunIsKept(Family family, String cell, String option, String answer) {
        execute(family, "%start \"a red ball\" --steps 4");
        execute(family, "%step 2");
        execute(family, cell);
        Cell sampled = execute(family, "%sample \"two blue balls\" --steps 4 " + option);
        assertTrue(sampled.error().contains(answer), sampled.error() + sampled.outputs());
        assertEquals(1, sampled.error().lines().count(), sampled.error());
        assertFalse(sampled.traceback().contains("at org.daguerre.run."), sampled.traceback());
        assertFalse(sampled.traceback().contains("Caused by: java.lang.RuntimeException: boom"), sampled.traceback());
        String kept = execute(family, "%back 0").text();
        assertTrue(kept.contains("a red ball") && kept.contains("2 of 4 steps"), kept);
        execute(family, "Sampler heun = null;"); // a variable of a standard name would be in the way of the others
    }

    @ParameterizedTest
    @EnumSource
    void runGoesOnWithAnotherSamplerFromWhereOnesOwnFailed(Family family) {
        execute(
                family,
                "Sampler late = (model, soFar) -> { if (soFar.length() == 2) throw new RuntimeException(\"boom\");"
                        + " return Sampler.named(\"euler\").next(model, soFar); };");
        execute(family, "%start \"two blue balls\" --steps 4 --sampler late");
        assertTrue(
                execute(family, "%finish").error().contains("in step 3 sampler 'late' threw RuntimeException (boom)"));
        assertTrue(execute(family, "%branch --sampler euler").text().contains("2 of 4 steps"));
        assertTrue(execute(family, "%finish").text().contains("finished"));
    }
}
