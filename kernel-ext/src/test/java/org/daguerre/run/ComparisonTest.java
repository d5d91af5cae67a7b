package org.daguerre.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.ExactDenoiser;
import org.daguerre.run.Comparison.Result;
import org.daguerre.sampler.Clipping;
import org.daguerre.sampler.Ddim;
import org.daguerre.sampler.Heun;
import org.daguerre.sampler.Sampler;
import org.daguerre.schedule.EulerSpacing;
import org.daguerre.schedule.Ladder;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComparisonTest {

    private static final double STD = 0.5;
    private static final Tensor MEAN = Noise.seed(11).draw(1, 32).tensor();
    private static final NoiseSchedule SCALED = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);
    private static final Sampling GAUSSIAN =
            Sampling.of(ExactDenoiser.gaussian(MEAN, STD), SCALED, 1, 32).seed(12);

    private static final Spacing KARRAS = new EulerSpacing(TimestepSpacing.LINSPACE, 0).on(Ladder.karras());

    private static Grid<Sampling> grid(Sampling base, List<String> samplers, List<Integer> steps) {
        return Grid.of(base)
                .axis(
                        "sampler",
                        samplers.stream().map(Sampler::named).toList(),
                        (s, sampler) -> s.sampler(sampler).spacing(KARRAS))
                .axis("steps", steps, Sampling::steps);
    }

    /** (x - alpha mean) / hypot(alpha std, sigma) stays the same along the flow; at its end there is no noise. */
    private static Tensor solution(Run start) {
        Level from = start.level();
        Level last = SCALED.at(0);
        double spread = Math.hypot(last.alpha() * STD, last.sigma()) / Math.hypot(from.alpha() * STD, from.sigma());
        Tensor x = start.x().plus(-from.alpha(), MEAN).times(spread).plus(last.alpha(), MEAN);
        return ExactDenoiser.gaussian(MEAN, STD).predict(x, last).denoised();
    }

    @Test
    void referenceIsTheSolutionInClosedForm() {
        Comparison comparison =
                Comparison.of(grid(GAUSSIAN, List.of("euler"), List.of(4))).finish();
        Tensor reference = comparison.solution(comparison.entries().get(0)).orElseThrow();
        Tensor exact =
                solution(GAUSSIAN.sampler(Sampler.named("euler")).steps(4).start());
        assertEquals(0, reference.minus(exact).norm() / exact.norm(), 2e-4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"preserving", "zero terminal SNR", "flow"})
    void referenceOfAMixtureIsThatOfTenTimesItsSteps(String form) {
        NoiseSchedule schedule = switch (form) {
            case "flow" -> NoiseSchedule.flow(1000, 1);
            case "preserving" -> SCALED;
            default -> NoiseSchedule.scaledLinear(1000, 0.00085, 0.012).zeroTerminalSnr();
        };
        ExactDenoiser mixture =
                ExactDenoiser.mixture(new double[] {1, 2, 1}, List.of(MEAN, MEAN.times(-1), Tensor.zeros(1, 32)), 0.05);
        Sampling sampling = Sampling.of(mixture, schedule, 1, 32).seed(3).steps(4);
        List<Comparison.Entry> entries = List.of(new Comparison.Entry(Map.of(), sampling.start(), null));
        Comparison usual = Comparison.of(entries, Comparison.REFERENCE_STEPS).finish();
        Comparison fine =
                Comparison.of(entries, 10 * Comparison.REFERENCE_STEPS).finish();
        Tensor x = fine.solution(fine.entries().get(0)).orElseThrow();
        Tensor of = usual.solution(usual.entries().get(0)).orElseThrow();
        assertEquals(0, of.minus(x).norm() / x.norm(), 1e-3);
    }

    @Test
    void ordersAreThoseOfTheMethods() {
        Comparison comparison = Comparison.of(
                        grid(GAUSSIAN, List.of("euler", "heun", "dpmpp-2m"), List.of(8, 16, 32)).points().stream()
                                .map(p -> new Comparison.Entry(
                                        p.at(), p.settings().start(), null))
                                .toList(),
                        2000)
                .finish();
        List<Result> results = comparison.results();
        double[] expected = {1, 2, 2};
        for (int sampler = 0; sampler < 3; sampler++) {
            assertTrue(Double.isNaN(results.get(3 * sampler).order()));
            assertEquals(expected[sampler], results.get(3 * sampler + 2).order(), 0.4, "sampler " + sampler);
            assertTrue(results.get(3 * sampler + 2).distance()
                    < results.get(3 * sampler).distance());
        }
        assertEquals(31 + 32, results.get(5).entry().run().calls());
    }

    @Test
    void referenceIsNamedAndItsCallsAreCounted() {
        Comparison comparison = Comparison.of(grid(GAUSSIAN, List.of("euler", "heun"), List.of(4, 8)));
        assertTrue(comparison.reference().contains("in 201 steps: 0 of 602 calls"), comparison.reference());
        int[] calls = {0};
        comparison.observe(progress -> calls[0] += progress.stepDone() ? 0 : 1).finish();
        int ofRuns = comparison.entries().stream()
                .mapToInt(entry -> entry.run().calls())
                .sum();
        assertEquals(401 + 201, calls[0] - ofRuns);
        String note = comparison.notes().get(0);
        assertTrue(
                note.matches(
                        "distance is from a reference solution by the trapezoid rule in 201 steps, and one of half the"
                                + " steps ends [1-9]e-0[456] from it: 602 calls of the model and [0-9.]+ s, which no row counts"),
                note);
        assertEquals("", comparison.reference(0).reference());
    }

    @Test
    void secondsOfTheReferenceAreThoseOfItsCalls() {
        Sampling slow = Sampling.of(
                (x, level) -> {
                    LockSupport.parkNanos(2_000_000);
                    return ExactDenoiser.gaussian(MEAN, STD).predict(x, level);
                },
                SCALED,
                1,
                32);
        String note = Comparison.of(grid(slow, List.of("euler"), List.of(2)))
                .reference(100)
                .finish()
                .reference();
        double seconds = Double.parseDouble(note.replaceFirst(".* and ([0-9.]+) s.*", "$1"));
        assertTrue(seconds >= 0.3, note);
    }

    @Test
    void orderIsNotToldWhereTheDistanceIsThatOfRounding() {
        Sampling set = Sampling.of(ExactDenoiser.finiteSet(List.of(MEAN, MEAN.times(-1))), SCALED, 1, 32)
                .seed(3);
        Comparison comparison =
                Comparison.of(grid(set, List.of("euler"), List.of(8, 64, 128))).finish();
        for (Result result : comparison.results()) {
            assertTrue(result.distance() < Comparison.ROUNDING && result.isBelowFloor(), result.toString());
            assertTrue(Double.isNaN(result.order()), result.toString());
        }
        assertEquals(
                "a distance says no more, and shows no order, below 1e-06, the rounding of float32: euler, 8; euler, 64;"
                        + " euler, 128",
                comparison.notes().get(1));
    }

    @Test
    void distanceBelowWhatTheReferenceIsKnownToShowsNoOrder() {
        Comparison comparison = Comparison.of(grid(GAUSSIAN, List.of("euler", "heun"), List.of(4, 8, 64, 128)))
                .reference(8)
                .finish();
        Comparison half = comparison.reference(4).finish();
        Tensor from = comparison.solution(comparison.entries().get(0)).orElseThrow();
        Tensor of = half.solution(half.entries().get(0)).orElseThrow();
        double floor = of.minus(from).norm() / from.norm();
        List<Result> results = comparison.results();
        for (int i = 0; i < results.size(); i++) {
            Result result = results.get(i);
            assertEquals(floor, result.floor());
            boolean below =
                    result.distance() < floor || i % 4 > 0 && results.get(i - 1).distance() < floor;
            assertEquals(below || i % 4 == 0, Double.isNaN(result.order()), "run " + i);
        }
        assertTrue(results.get(1).order() > 0.5, "above the floor there is one");
        List<String> notes = comparison.notes();
        assertTrue(
                notes.get(0).contains(String.format(Locale.ROOT, "one of half the steps ends %.1g from it", floor)),
                notes.get(0));
        assertEquals(
                "a distance says no more, and shows no order, below what its reference is known to: "
                        + results.stream()
                                .filter(Result::isBelowFloor)
                                .map(result ->
                                        String.join(", ", result.entry().at().values()))
                                .collect(Collectors.joining("; ")),
                notes.get(1));
    }

    @Test
    void sixRunsBelowTheFloorAreNamedAndTheOthersCounted() {
        Sampling set = Sampling.of(ExactDenoiser.finiteSet(List.of(MEAN, MEAN.times(-1))), SCALED, 1, 32)
                .seed(3);
        String note = Comparison.of(grid(set, List.of("euler"), List.of(64, 65, 66, 67, 68, 69, 70, 71)))
                .finish()
                .notes()
                .get(1);
        assertTrue(
                note.endsWith("float32: euler, 64; euler, 65; euler, 66; euler, 67; euler, 68; euler, 69; and 2 more"),
                note);
    }

    @Test
    void referenceOfOneStepIsRefusedAsItHasNoHalf() {
        Comparison comparison = Comparison.of(grid(GAUSSIAN, List.of("euler"), List.of(4)));
        assertEquals(
                "the reference has 1 step. Give 2 to 10000, or 0 for none; 200 are usual.",
                assertThrows(IllegalArgumentException.class, () -> comparison.reference(1))
                        .getMessage());
        assertTrue(comparison.reference(2).finish().results().get(0).distance() > 0);
    }

    @Test
    void runsFromOtherNoiseOrOfAnotherModelHaveTheirOwnReferenceWhateverTheAxisIsCalled() {
        ExactDenoiser other = ExactDenoiser.gaussian(MEAN.times(-1), STD);
        Map<String, UnaryOperator<Sampling>> changes = new LinkedHashMap<>();
        changes.put("as it is", s -> s);
        changes.put("seed", s -> s.seed(99));
        changes.put("model", s -> s.model(ConditionalDenoiser.of(other)));
        changes.put("schedule", s -> s.schedule(t -> SCALED.at(t < 600 ? 0.9 * t : t))); // of the same start and end
        changes.put("guidance", s -> s.guidance((model, x, level) -> other.predict(x, level)));
        Comparison comparison = Comparison.of(
                        Grid.of(GAUSSIAN.steps(3)).axis("sampler", changes, (s, change) -> change.apply(s)))
                .finish();
        assertTrue(comparison.reference().startsWith("distance is from 5 reference solutions"), comparison.reference());
        for (Comparison.Entry entry : comparison.entries()) {
            Comparison alone = Comparison.of(
                            List.of(new Comparison.Entry(
                                    Map.of(), entry.run().sampling().start(), null)),
                            Comparison.REFERENCE_STEPS)
                    .finish();
            assertEquals(alone.solution(alone.entries().get(0)), comparison.solution(entry), entry.at()::toString);
        }
    }

    @Test
    void runsThatDifferInWhatASolutionDoesNotDependOnShareTheirReference() {
        Comparison comparison = Comparison.of(Grid.of(GAUSSIAN)
                .axis("eta", List.of(0.0, 0.5), (s, eta) -> s.sampler(new Ddim(eta, Clipping.NONE, KARRAS)))
                .axis(
                        "edit",
                        List.of(1.0, 0.5),
                        (s, part) -> s.edits(step -> step.x().times(part)))
                .axis("steps", List.of(3, 4), Sampling::steps));
        assertTrue(comparison.reference().startsWith("distance is from a reference"), comparison.reference());
    }

    @Test
    void oneSolutionStandsForAllSamplersSpacingsAndSteps() {
        List<Spacing> spacings = List.of(KARRAS, new EulerSpacing(TimestepSpacing.LEADING, 0));
        Comparison comparison = Comparison.of(Grid.of(GAUSSIAN)
                        .axis("seed", List.of(1L, 2L), Sampling::seed)
                        .axis("sampler", List.<Sampler>of(new Ddim(), new Heun()), Sampling::sampler)
                        .axis("spacing", spacings, Sampling::spacing)
                        .axis("steps", List.of(2, 3), Sampling::steps))
                .finish();
        assertEquals(
                Map.of(
                        Map.of("seed", "1"), comparison.entries().get(0),
                        Map.of("seed", "2"), comparison.entries().get(8)),
                comparison.solved());
    }

    @Test
    void referenceOfAnEditedRunIsThatOfTheModelAlone() {
        Comparison comparison = Comparison.of(
                        List.of(
                                new Comparison.Entry(
                                        Map.of("run", "edited"),
                                        GAUSSIAN.edits(step -> step.x().times(0.5))
                                                .start(),
                                        null),
                                new Comparison.Entry(Map.of("run", "plain"), GAUSSIAN.start(), null)),
                        20)
                .finish();
        Comparison plain = Comparison.of(
                        List.of(new Comparison.Entry(Map.of("run", "plain"), GAUSSIAN.start(), null)), 20)
                .finish();
        assertEquals(
                plain.solution(plain.entries().get(0)),
                comparison.solution(comparison.entries().get(0)));
        assertTrue(comparison.results().get(0).distance() > 0.1);
    }

    @Test
    void referenceThatFailsLeavesItsRunFinished() {
        Denoiser exact = ExactDenoiser.gaussian(MEAN, STD);
        Denoiser trained = (x, level) -> {
            if (level.t() != Math.rint(level.t())) {
                throw new ArithmeticException("between timesteps");
            }
            return exact.predict(x, level);
        };
        Sampling sampling = Sampling.of(trained, SCALED, 1, 32).steps(3);
        Comparison comparison = Comparison.of(Grid.of(sampling).axis("seed", List.of(1L, 2L), Sampling::seed))
                .finish();
        assertEquals(2, comparison.finished());
        assertTrue(comparison.done());
        assertEquals(1, comparison.fraction());
        for (Result result : comparison.results()) {
            assertEquals("", result.failure());
            assertTrue(Double.isNaN(result.distance()));
        }
        String note = comparison.notes().get(2);
        assertTrue(
                note.startsWith("no distance from reference solution 2 of 2 by the trapezoid rule: in step 1 ")
                        && note.contains("between timesteps"),
                note);
        assertEquals(3, comparison.notes().size());
    }

    @Test
    void referenceThatFailedIsNotTriedAgainForTheNextRun() {
        int[] asked = {0};
        Denoiser exact = ExactDenoiser.gaussian(MEAN, STD);
        Denoiser trained = (x, level) -> {
            if (level.t() != Math.rint(level.t())) {
                asked[0]++;
                throw new ArithmeticException("between timesteps");
            }
            return exact.predict(x, level);
        };
        Comparison comparison = Comparison.of(Grid.of(
                                Sampling.of(trained, SCALED, 1, 32).steps(3))
                        .axis(
                                "sampler",
                                List.of("ddim", "dpm-2m"),
                                (s, name) -> s.sampler(Sampler.named(name)).spacing(new Ddim().spacing())))
                .finish();
        assertEquals(1, asked[0]);
        assertTrue(comparison.done());
    }

    @Test
    void runOfAnotherComparisonHasNoSolutionHere() {
        Comparison one = Comparison.of(grid(GAUSSIAN, List.of("euler"), List.of(4)));
        Comparison other = Comparison.of(grid(GAUSSIAN, List.of("euler"), List.of(4)));
        assertEquals(
                "the run {sampler=euler, steps=4} is not of this comparison. Give one of its entries().",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> one.solution(other.entries().get(0)))
                        .getMessage());
    }

    @Test
    void interruptedComparisonTellsWhatIsDoneAndWhatIsNot() {
        Comparison comparison = Comparison.of(grid(GAUSSIAN, List.of("euler", "heun"), List.of(4, 8)));
        comparison.observe(progress -> {
            if (progress.run() == comparison.entries().get(1).run() && progress.step() == 2) {
                comparison.cancel();
            }
        });
        assertThrows(CancellationException.class, comparison::finish);
        assertEquals(
                List.of(true, true, false, false),
                comparison.results().stream().map(Result::hasBegun).toList());
        List<String> notes = comparison.notes();
        assertEquals("unfinished: run 2 of 4, euler, 8, after 2 steps", notes.get(1));
        assertEquals("not begun: 2 runs, from run 3 of 4, heun, 4 on", notes.get(2));
        comparison.observe(progress -> {}).finish();
        assertEquals(1, comparison.notes().size());
    }

    @Test
    void samplersThatDrawNoiseHaveNoOrder() {
        for (Result result : Comparison.of(grid(GAUSSIAN, List.of("euler-ancestral"), List.of(8, 16)))
                .finish()
                .results()) {
            assertTrue(result.random() && Double.isNaN(result.order()));
        }
    }

    @Test
    void ofAReferenceOnlyItsEndIsKept() {
        List<Progress> told = new ArrayList<>();
        Comparison.of(grid(GAUSSIAN, List.of("euler"), List.of(4)))
                .observe(told::add)
                .finish();
        Progress last = told.get(told.size() - 1);
        assertEquals(Comparison.REFERENCE_STEPS + 1, last.step(), "steps made");
        assertEquals(1, last.run().steps().size(), "steps kept");
        assertThrows(IllegalArgumentException.class, () -> last.run().back(1));
    }

    @Test
    void runsFromOneStartShareTheirReference() {
        List<Run> asked = new ArrayList<>();
        Comparison comparison = Comparison.of(grid(GAUSSIAN, List.of("euler", "heun"), List.of(4, 8)));
        comparison.observe(progress -> {
            if (!asked.contains(progress.run())) {
                asked.add(progress.run());
            }
        });
        comparison.finish();
        assertEquals(6, asked.size(), "four runs, and one reference in half its steps and in all");
        Comparison seeds = Comparison.of(Grid.of(GAUSSIAN).axis("seed", List.of(1L, 2L), Sampling::seed))
                .finish();
        assertFalse(seeds.solution(seeds.entries().get(0))
                .equals(seeds.solution(seeds.entries().get(1))));
    }

    @Test
    void cancelledComparisonKeepsWhatIsFinishedAndGoesOn() {
        Comparison comparison = Comparison.of(grid(GAUSSIAN, List.of("euler", "heun"), List.of(4, 8)));
        comparison.observe(progress -> {
            if (progress.run() == comparison.entries().get(2).run() && progress.step() == 2) {
                comparison.cancel();
            }
        });
        assertThrows(CancellationException.class, comparison::finish);
        assertEquals(2, comparison.finished());
        assertTrue(comparison.fraction() > 0 && comparison.fraction() < 1);
        assertTrue(comparison.results().get(1).distance() > 0);
        assertTrue(Double.isNaN(comparison.results().get(3).distance()));
        Tensor kept = comparison.entries().get(0).run().x();
        comparison.observe(progress -> {}).finish();
        assertTrue(comparison.done());
        assertEquals(1, comparison.fraction());
        assertEquals(kept, comparison.entries().get(0).run().x());
    }

    @Test
    void runThatFailsSaysWhyAndTheOthersAreMade() {
        Sampler failing = Sampler.of("failing", (x, p, level, next) -> x.times(Double.NaN));
        Comparison comparison = Comparison.of(
                        Grid.of(GAUSSIAN.steps(3)).axis("sampler", List.of(failing, new Heun()), Sampling::sampler))
                .finish();
        assertTrue(comparison.results().get(0).failure().contains("step 1 of sampler 'failing' has values"));
        assertEquals(1, comparison.fraction(), "no reference is left to solve for a run that failed");
        assertTrue(Double.isNaN(comparison.results().get(0).distance()));
        assertTrue(comparison.results().get(1).distance() > 0);
        Comparison none =
                Comparison.of(Grid.of(GAUSSIAN.sampler(failing)).axis("seed", List.of(1L, 2L), Sampling::seed));
        assertTrue(assertThrows(IllegalStateException.class, none::finish)
                .getMessage()
                .contains("'failing'"));
    }

    @Test
    void whateverAModelOrSamplerThrowsTheOthersAreMade() {
        Sampler failing = Sampler.of("failing", (x, p, level, next) -> {
            throw new Error("boom");
        });
        Denoiser broken = (x, level) -> {
            throw new ArithmeticException("by zero");
        };
        Comparison comparison = Comparison.of(
                        List.of(
                                new Comparison.Entry(
                                        Map.of("run", "a"),
                                        GAUSSIAN.sampler(failing).start(),
                                        null),
                                new Comparison.Entry(
                                        Map.of("run", "b"),
                                        GAUSSIAN.model(ConditionalDenoiser.of(broken))
                                                .start(),
                                        null),
                                new Comparison.Entry(
                                        Map.of("run", "c"), GAUSSIAN.steps(3).start(), null)),
                        20)
                .finish();
        assertTrue(comparison.results().get(0).failure().contains("threw Error (boom)"));
        assertTrue(comparison.results().get(1).failure().contains("by zero"));
        assertTrue(comparison.results().get(2).distance() > 0);
    }

    @Test
    void runOfAComparisonIsTheRunAlone() {
        Comparison comparison =
                Comparison.of(grid(GAUSSIAN, List.of("heun"), List.of(7))).finish();
        Run alone =
                GAUSSIAN.sampler(Sampler.named("heun")).spacing(KARRAS).steps(7).start();
        alone.finish();
        assertEquals(alone.x(), comparison.entries().get(0).run().x());
    }

    @Test
    void gridHasEveryCombinationTheLastAxisFastest() {
        Grid<String> grid = Grid.of("")
                .axis("letter", List.of("a", "b"), String::concat)
                .axis("digit", List.of(1, 2, 3), (text, digit) -> text + digit);
        assertArrayEquals(
                new String[] {"a1", "a2", "a3", "b1", "b2", "b3"},
                grid.points().stream().map(Grid.Point::settings).toArray());
        assertEquals("{letter=b, digit=1}", grid.points().get(3).at().toString());
    }

    @Test
    void gridTooBigOrWithAnAxisTwiceIsRefused() {
        Grid<Integer> grid = Grid.of(0)
                .axis("a", IntStream.range(0, 128).boxed().toList(), Integer::sum)
                .axis("b", List.of(1, 2), Integer::sum);
        assertEquals(256, grid.points().size());
        for (var wrong : List.<org.junit.jupiter.api.function.Executable>of(
                () -> grid.axis("c", List.of(1, 2), Integer::sum),
                () -> grid.axis("a", List.of(1), Integer::sum),
                () -> grid.axis("c", List.<Integer>of(), Integer::sum),
                () -> Comparison.of(),
                () -> Comparison.of(List.of(new Comparison.Entry(Map.of(), GAUSSIAN.start(), null)), -1))) {
            assertEquals(
                    1,
                    assertThrows(IllegalArgumentException.class, wrong)
                            .getMessage()
                            .lines()
                            .count());
        }
        assertTrue(assertThrows(IllegalArgumentException.class, () -> grid.axis("c", List.of(1, 2, 3), Integer::sum))
                .getMessage()
                .contains("the grid has 768 runs or more. Give at most 256"));
    }

    @Test
    void stateOfAModelIsNeverAskedTwiceForOneRun() {
        int[] calls = {0};
        Denoiser counted = Denoiser.of((x, level) -> {
            calls[0]++;
            return x.times(0.5);
        });
        Comparison comparison = Comparison.of(
                        List.of(new Comparison.Entry(
                                Map.of(),
                                Sampling.of(counted, SCALED, 1, 4).steps(5).start(),
                                null)),
                        0)
                .finish();
        comparison.results();
        assertEquals(5, calls[0]);
    }
}
