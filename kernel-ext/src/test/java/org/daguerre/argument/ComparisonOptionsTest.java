package org.daguerre.argument;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.daguerre.guidance.Guidance;
import org.daguerre.pipeline.Daguerre;
import org.daguerre.pipeline.Request;
import org.daguerre.run.Comparison;
import org.daguerre.run.Sampling;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the options of a comparison ask for, of the exact model. */
class ComparisonOptionsTest {

    private static final Request TWO = Daguerre.model("exact").prompt("two");

    private static Comparison comparison(String... typed) {
        ComparisonOptions options = new ComparisonOptions();
        new CommandLine(new Asked(options)).parseArgs(typed);
        return options.start("two", Daguerre::model, () -> Daguerre.model("exact"));
    }

    @CommandLine.Command
    private record Asked(@CommandLine.Mixin ComparisonOptions options) {}

    private static void assertSamplings(List<Request> expected, String... typed) {
        List<Comparison.Entry> entries = comparison(typed).entries();
        assertEquals(expected.size(), entries.size());
        for (int i = 0; i < expected.size(); i++) {
            Sampling asked = expected.get(i).toSampling();
            Sampling made = entries.get(i).run().sampling();
            String which = String.join(" ", typed) + ", run " + i;
            assertEquals(asked.model(), made.model(), which);
            assertEquals(asked.schedule(), made.schedule(), which);
            assertEquals(asked.sampler(), made.sampler(), which);
            assertEquals(asked.guidance(), made.guidance(), which);
            assertEquals(asked.spacing(), made.spacing(), which);
            assertEquals(asked.steps(), made.steps(), which);
            assertEquals(asked.seed(), made.seed(), which);
        }
    }

    @Test
    void optionsWithSeveralValuesAreTheAxes() {
        assertSamplings(List.of(TWO.steps(3), TWO.steps(5)), "--steps=3,5");
        assertSamplings(List.of(TWO.steps(3), TWO.steps(4), TWO.steps(5)), "--steps=3..5");
        assertSamplings(List.of(TWO.seed(7), TWO.seed(9)), "--seed=7,9");
        assertSamplings(List.of(TWO.guidance(1), TWO.guidance(2.5)), "--guidance=1,2.5");
        assertSamplings(List.of(TWO.sampler("heun"), TWO.sampler("ddim")), "--sampler=heun,ddim");
        assertSamplings(List.of(TWO.spacing("trailing"), TWO.spacing("linspace")), "--spacing=trailing,linspace");
        assertSamplings(List.of(TWO.schedule("cosine"), TWO.schedule("linear")), "--schedule=cosine,linear");
    }

    @Test
    void optionsWithOneValueHoldForAllRuns() {
        List<Request> plain = List.of(TWO.steps(3), TWO.steps(5));
        for (var option : Map.<String, UnaryOperator<Request>>of(
                        "--schedule=cosine", request -> request.schedule("cosine"),
                        "--spacing=linspace", request -> request.spacing("linspace"),
                        "--sampler=heun", request -> request.sampler("heun"),
                        "--guidance=2.5", request -> request.guidance(2.5),
                        "--seed=9", request -> request.seed(9),
                        "--negative=red", request -> request.negative("red"))
                .entrySet()) {
            List<Request> asked = plain.stream().map(option.getValue()).toList();
            assertSamplings(asked, "--steps=3,5", option.getKey());
        }
    }

    @Test
    void samplersUnderOnesOwnGuidanceShareTheirReference() {
        Guidance.Rule twice = (cond, uncond, level) -> uncond.plus(2, cond.minus(uncond));
        Choices choices = new Choices(name -> name.equals("twice") ? Optional.of(twice) : Optional.empty());
        ComparisonOptions options = new ComparisonOptions(choices);
        new CommandLine(new Asked(options))
                .parseArgs("--guidance=twice,1", "--sampler=ddim,heun", "--spacing=trailing", "--steps=3,4");
        String reference = options.start("two", Daguerre::model, () -> Daguerre.model("exact"))
                .reference();
        assertTrue(reference.startsWith("distance is from 2 reference solutions"), reference);
    }

    @Test
    void blanksAroundAValueAreNotOfItsName() {
        List<String> names = new ArrayList<>();
        comparison("--sampler= ddim, heun ")
                .entries()
                .forEach(entry -> names.add(entry.at().get("sampler")));
        assertEquals(List.of("ddim", "heun"), names);
    }

    @Test
    void axesStandInOneOrderHoweverTheyAreTyped() {
        assertEquals(
                List.of("guidance", "seed", "sampler", "steps"),
                List.copyOf(comparison("--steps=3,4", "--sampler=ddim,heun", "--seed=1,2", "--guidance=1,2")
                        .entries()
                        .get(0)
                        .at()
                        .keySet()));
    }

    @Test
    void referenceHasTheStepsAskedFor() {
        assertTrue(comparison("--steps=3,4").reference().contains("in 201 steps"));
        assertTrue(comparison("--steps=3,4", "--reference=20").reference().contains("in 21 steps"));
        assertEquals("", comparison("--steps=3,4", "--reference=0").reference());
    }
}
