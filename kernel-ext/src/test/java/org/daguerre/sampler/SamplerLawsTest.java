package org.daguerre.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.ExactDenoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.sampler.DpmSolver.Algorithm;
import org.daguerre.schedule.DiscreteSchedule;
import org.daguerre.schedule.DpmSpacing;
import org.daguerre.schedule.EulerSpacing;
import org.daguerre.schedule.FinalSigma;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/** What holds for every sampler by name, whatever it computes. */
class SamplerLawsTest {

    private static final int[] SHAPE = {1, 2, 3, 3};
    private static final DiscreteSchedule SCHEDULE = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);
    private static final Denoiser MODEL = ExactDenoiser.mixture(
            new double[] {1, 2, 3},
            List.of(
                    Noise.seed(1).draw(SHAPE).tensor(),
                    Noise.seed(2).draw(SHAPE).tensor(),
                    Noise.seed(3).draw(SHAPE).tensor()),
            0.2);

    /** Calls over a whole run as the papers count them. */
    private static final Map<String, Integer> CALLS_OF_TEN_STEPS = Map.ofEntries(
            Map.entry("ddpm", 10),
            Map.entry("ddim", 10),
            Map.entry("euler", 10),
            Map.entry("euler-ancestral", 10),
            Map.entry("euler-churn", 10),
            Map.entry("heun", 19),
            Map.entry("restart", 19 + 2 * 2 * 3),
            Map.entry("kdpm2", 19),
            Map.entry("kdpm2-ancestral", 19),
            Map.entry("lms", 10),
            Map.entry("pndm", 19),
            Map.entry("ipndm", 10),
            Map.entry("deis", 10),
            Map.entry("dpm-2m", 10),
            Map.entry("dpmpp-2m", 10),
            Map.entry("dpmpp-3m", 10),
            Map.entry("dpmpp-2m-sde", 10),
            Map.entry("dpmpp-3m-sde", 10),
            Map.entry("dpm-3s", 10),
            Map.entry("dpmpp-2s", 10),
            Map.entry("dpmpp-2s-ancestral", 19),
            Map.entry("dpmpp-sde", 19),
            Map.entry("unipc", 10),
            Map.entry("sa-solver", 10),
            Map.entry("lcm", 10),
            Map.entry("tcd", 10),
            Map.entry("consistency", 10));

    /** It finds out how many steps it needs while it makes them. */
    private static final String ADAPTIVE = "dpm-adaptive";

    /** Made for models that were distilled: their plans are given, and an exact model takes them only so far. */
    private static final List<String> DISTILLED = List.of("lcm", "tcd", "consistency");

    @Example
    void stepWithoutACallIsRefused() {
        Trajectory way = start(Samplers.named("ddim"), 3, 1);
        Step step = Samplers.named("ddim").next(MODEL, way);
        var error = assertThrows(
                IllegalArgumentException.class, () -> new Step(step.x(), step.level(), List.of(), step.noise()));
        assertTrue(error.getMessage().startsWith("the step has no calls. Give "), error.getMessage());
    }

    private static Trajectory start(Sampler sampler, int steps, long seed) {
        return Trajectory.start(sampler.spacing().plan(SCHEDULE, steps), Noise.seed(seed), SHAPE);
    }

    private static Trajectory walk(Sampler sampler, Trajectory from) {
        return walk(sampler, from, MODEL);
    }

    private static Trajectory walk(Sampler sampler, Trajectory from, Denoiser model) {
        Trajectory way = from;
        while (!way.done()) {
            way = way.then(sampler.next(model, way));
        }
        return way;
    }

    private static Trajectory walk(Sampler sampler, Trajectory from, int steps) {
        Trajectory way = from;
        for (int i = 0; i < steps && !way.done(); i++) {
            way = way.then(sampler.next(MODEL, way));
        }
        return way;
    }

    @Property(tries = 6, seed = "7")
    void sameSeedSameBits(@ForAll long seed, @ForAll @IntRange(min = 4, max = 15) int steps) {
        for (Sampler sampler : namedAnd()) {
            Tensor once = walk(sampler, start(sampler, steps, seed)).x();
            assertEquals(once, walk(sampler, start(sampler, steps, seed)).x(), sampler.toString());
            assertTrue(once.isFinite(), sampler.toString());
        }
    }

    @Property(tries = 6, seed = "7")
    void branchAtAnyStepEndsAsTheOriginalDid(@ForAll long seed, @ForAll @IntRange(min = 0, max = 9) int at) {
        for (Sampler sampler : namedAnd()) {
            Trajectory whole = walk(sampler, start(sampler, 10, seed));
            Trajectory branch = whole.back(Math.max(1, whole.length() - at));
            assertEquals(whole.x(), walk(sampler, branch).x(), sampler.toString());
        }
    }

    @Property(tries = 6, seed = "7")
    void backThenStepGivesTheSameStep(@ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int at) {
        for (Sampler sampler : namedAnd()) {
            Trajectory way = walk(sampler, start(sampler, 10, seed), at);
            Step again = sampler.next(MODEL, way.back(1));
            assertEquals(way.last().x(), again.x(), sampler.toString());
            assertEquals(way.last().level(), again.level(), sampler.toString());
            assertEquals(way.last().noise(), again.noise(), sampler.toString());
        }
    }

    @Property(tries = 6, seed = "7")
    void expectedCallsAreMade(@ForAll long seed, @ForAll @IntRange(min = 1, max = 15) int steps) {
        for (Sampler sampler : namedAnd()) {
            assertCallsAreTold(sampler, start(sampler, steps, seed), MODEL, Step::x, false);
        }
    }

    @Example
    void callsAreThoseOfThePaper() {
        List<String> counted =
                Samplers.names().stream().filter(name -> !name.equals(ADAPTIVE)).toList();
        assertEquals(Set.copyOf(counted), CALLS_OF_TEN_STEPS.keySet());
        for (String name : counted) {
            Sampler sampler = Samplers.named(name);
            assertEquals(CALLS_OF_TEN_STEPS.get(name), sampler.callsLeft(start(sampler, 10, 0)), name);
        }
    }

    @Property(tries = 2, seed = "7")
    void anotherSamplerCanTakeOver(@ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int at) {
        for (Sampler first : namedAnd()) {
            Trajectory way = walk(first, start(first, 10, seed), at);
            for (Sampler second : namedAnd()) {
                assertTrue(walk(second, way).x().isFinite(), first + " then " + second);
            }
        }
    }

    @Property(tries = 3, seed = "7")
    void runEndsNearThePicturesOfAFiniteSet(@ForAll @IntRange(min = 0, max = 99) int seed) {
        List<Tensor> pictures = List.of(Tensor.filled(-1, SHAPE), Tensor.filled(1, SHAPE));
        for (Sampler sampler : namedAnd()) {
            Trajectory way = walk(sampler, start(sampler, 30, seed), ExactDenoiser.finiteSet(pictures));
            double nearest = pictures.stream()
                    .mapToDouble(p -> way.x().minus(p).map(Math::abs).max())
                    .min()
                    .orElseThrow();
            double noiseLeft = 4 * way.plan().end().sigma();
            assertTrue(nearest < 0.1 + noiseLeft, sampler + " ends " + nearest + " away");
        }
    }

    @Example
    void zeroTerminalSnrStaysFinite() {
        NoiseSchedule zero = SCHEDULE.zeroTerminalSnr();
        for (Sampler sampler : namedAnd()) {
            Spacing spacing = DISTILLED.contains(sampler.toString())
                    ? sampler.spacing()
                    : sampler.spacing().with(TimestepSpacing.TRAILING);
            Trajectory from = Trajectory.start(spacing.plan(zero, 10), Noise.seed(1), SHAPE);
            assertEquals(0, from.level().alpha());
            assertCallsAreTold(sampler, from, MODEL.as(PredictionType.V_PREDICTION), Step::x, false);
        }
    }

    @Example
    void nothingIsChurnedWhereAllIsNoise() {
        NoiseSchedule zero = SCHEDULE.zeroTerminalSnr();
        Spacing spacing = new EulerSpacing(TimestepSpacing.TRAILING, 0);
        Denoiser model = MODEL.as(PredictionType.V_PREDICTION);
        for (Sampler sampler : List.of(
                new EulerChurn(40, 0, Double.POSITIVE_INFINITY, 1, Manner.PAPER, spacing),
                new EulerChurn(40, 0, Double.POSITIVE_INFINITY, 1, Manner.DIFFUSERS, spacing),
                new Restart(2, 0.3, Double.POSITIVE_INFINITY, spacing))) {
            Trajectory from = Trajectory.start(spacing.plan(zero, 10), Noise.seed(1), SHAPE);
            assertEquals(0, from.level().alpha());
            assertCallsAreTold(sampler, from, model, Step::x, false);
        }
    }

    @Example
    void everySamplerWalksAFlow() {
        NoiseSchedule flow = NoiseSchedule.flow(1000, 3);
        for (Sampler sampler : namedAnd()) {
            Trajectory from = Trajectory.start(sampler.spacing().plan(flow, 10), Noise.seed(1), SHAPE);
            assertCallsAreTold(sampler, from, MODEL, Step::x, false);
            assertEquals(0, walk(sampler, from).level().sigma(), sampler.toString());
        }
    }

    @Property(tries = 4, seed = "7")
    void anEditIsNotArguedWith(@ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int at) {
        Edit blank = step -> Tensor.zeros(SHAPE);
        Denoiser says = Denoiser.of((x, level) -> Tensor.zeros(SHAPE));
        for (Sampler sampler : namedAnd()) {
            Trajectory way = walk(sampler, start(sampler, 10, seed), at);
            Step edited = blank.apply(way.last());
            assertNull(edited.memory());
            Step next = sampler.next(says, way.back(1).then(edited));
            // from a blank state and a model that sees nothing only fresh noise can come
            assertTrue(next.x().norm() == 0 || !next.noise().equals(edited.noise()), sampler + " " + next);
        }
    }

    /** Of every name, and of pndm without Runge-Kutta, with an edit of the state after every step. */
    @Example
    void runsThatAreEditedAtEveryStepEndAfterTheCallsTold() {
        Edit shrinks = step -> step.x().times(0.9);
        for (Sampler sampler : namedAnd(new Pndm(true, Manner.PAPER, new Pndm().spacing()))) {
            for (int steps : new int[] {1, 2, 4, 10, 23}) {
                assertCallsAreTold(sampler, start(sampler, steps, 1), MODEL, shrinks, false);
                assertCallsAreTold(sampler, start(sampler, steps, 1), MODEL, shrinks, true);
            }
            Plan plan = sampler.spacing().plan(SCHEDULE, 10);
            Trajectory late =
                    Trajectory.start(plan, 3, Noise.seed(2).draw(SHAPE).tensor(), Noise.seed(3));
            assertCallsAreTold(sampler, late, MODEL, shrinks, false);
            Trajectory offGrid = late.then(
                    new Step(late.x(), SCHEDULE.at(600), List.of(MODEL.predict(late.x(), late.level())), late.noise()));
            assertCallsAreTold(sampler, offGrid, MODEL, shrinks, false);
        }
    }

    /** The samplers of all names: a property asks every one of them, whatever it draws. */
    private static List<Sampler> namedAnd(Sampler... others) {
        List<Sampler> all =
                new ArrayList<>(Samplers.names().stream().map(Samplers::named).toList());
        all.addAll(List.of(others));
        return all;
    }

    private static void assertCallsAreTold(
            Sampler sampler, Trajectory from, Denoiser model, Edit edit, boolean withoutTheWayBehind) {
        Trajectory way = from;
        int expected = sampler.callsLeft(way);
        int calls = 0;
        while (!way.done()) {
            String at = sampler + " of " + from.plan().count() + " steps after " + way.length();
            assertTrue(way.length() < 1000, at + " does not end");
            if (!sampler.toString().equals(ADAPTIVE)) {
                assertEquals(expected, calls + sampler.callsLeft(way), at);
            }
            way = way.then(edit.apply(sampler.next(model, way)));
            way = withoutTheWayBehind ? way.alone() : way;
            calls += way.last().calls().size();
            assertTrue(way.x().isFinite(), at);
        }
        assertEquals(0, sampler.callsLeft(way), sampler.toString());
        if (!sampler.toString().equals(ADAPTIVE)) {
            assertEquals(expected, calls, sampler.toString());
        }
    }

    @Example
    void anEditThatChangesNothingKeepsTheMemory() {
        Sampler sampler = Sampler.named("unipc");
        Step step = walk(sampler, start(sampler, 10, 3), 2).last();
        Edit nothing = Step::x;
        assertSame(step, nothing.apply(step));
    }

    @Example
    void memoryIsOfFixedDepth() {
        for (Sampler sampler : namedAnd()) {
            Object memory = walk(sampler, start(sampler, 14, 0), 9).last().memory();
            if (memory != null) {
                assertTrue(tensorsIn(memory) <= 5, sampler + " keeps " + tensorsIn(memory));
            }
        }
    }

    private static long tensorsIn(Object memory) {
        long tensors = 0;
        for (var component : memory.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                Object value = component.getAccessor().invoke(memory);
                List<?> values = value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
                tensors += values.stream().filter(Tensor.class::isInstance).count();
                assertTrue(
                        values.stream().noneMatch(v -> v.getClass().equals(memory.getClass())), "a memory in a memory");
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
        return tensors;
    }

    /** Pairs that are one method on one grid of levels, as their heads say: Song's eta 0 and eta 1. */
    private static final Set<String> ONE_ON_ONE_GRID = Set.of("ddim, euler", "ddpm, euler-ancestral");

    @Example
    void noTwoSamplersTakeTheSamePath() {
        Plan plan = new Euler().spacing().plan(SCHEDULE, 10);
        Map<String, Tensor> ends = new LinkedHashMap<>();
        Set<String> same = new HashSet<>();
        for (String name : Samplers.names()) {
            Tensor end = walk(Samplers.named(name), Trajectory.start(plan, Noise.seed(5), SHAPE))
                    .x();
            ends.forEach((other, its) -> {
                if (its.minus(end).norm() < 1e-4 * its.norm()) {
                    same.add(other + ", " + name);
                }
            });
            ends.put(name, end);
        }
        assertEquals(ONE_ON_ONE_GRID, same);
    }

    /** linspace of 1000 steps has the timestep 500 twice, after which diffusers answers NaN. */
    @Example
    void aThousandStepsEndInNumbers() {
        Denoiser plain = Denoiser.of(PredictionType.EPSILON, (x, level) -> x.times(0.5));
        for (String name : Samplers.names()) {
            if (!name.equals(ADAPTIVE) && !DISTILLED.contains(name)) {
                Sampler sampler = Samplers.named(name);
                double norm = walk(sampler, start(sampler, 1000, 1), plain).x().norm();
                assertTrue(Double.isFinite(norm), name);
            }
        }
    }

    /** Fresh noise, blocks of steps and weights of equal steps go by the number of steps: one more is another path. */
    private static final List<String> COUNT_STEPS = List.of(
            "ddpm",
            "euler-ancestral",
            "euler-churn",
            "restart",
            "kdpm2-ancestral",
            "pndm",
            "ipndm",
            "dpmpp-2m-sde",
            "dpmpp-3m-sde",
            "dpm-3s",
            "dpmpp-2s",
            "dpmpp-2s-ancestral",
            "dpmpp-sde",
            "sa-solver",
            "lcm",
            "tcd",
            "consistency");

    private static final Plan TWENTY = new DpmSpacing(TimestepSpacing.LINSPACE, 0, FinalSigma.ZERO).plan(SCHEDULE, 20);

    @Example
    void aLevelTwiceInAPlanChangesNothing() {
        Spacing spacing = new SaSolver().spacing();
        List<Sampler> solvers = new ArrayList<>(List.of(
                new Deis(3, true, Clipping.NONE, spacing),
                new UniPc(4, true, spacing),
                new SaSolver(3, 4, true, true, 0, 0, 0, Clipping.NONE, spacing)));
        Samplers.names().stream()
                .filter(name -> !COUNT_STEPS.contains(name))
                .map(Samplers::named)
                .forEach(solvers::add);
        for (Sampler solver : solvers) {
            Tensor expected =
                    walk(solver, Trajectory.start(TWENTY, Noise.seed(1), SHAPE)).x();
            Tensor actual = walk(solver, Trajectory.start(repeated(TWENTY, 10, 1), Noise.seed(1), SHAPE))
                    .x();
            assertEquals(0, actual.minus(expected).norm(), 1e-6 * expected.norm(), solver.toString());
        }
    }

    @Example
    void aLevelTwiceOrThriceAnywhereEndsInNumbersAfterTheCallsTold() {
        Spacing spacing = new SaSolver().spacing();
        for (Sampler sampler : namedAnd(
                new Deis(3, true, Clipping.NONE, spacing),
                new UniPc(4, true, spacing),
                new Ddim(1, Clipping.NONE, spacing),
                new Pndm(true, Manner.PAPER, spacing),
                new SaSolver(3, 4, true, true, 0, 0, 0, Clipping.NONE, spacing))) {
            for (int at : new int[] {0, 1, 10, 19}) {
                for (int more : new int[] {1, 2}) {
                    Plan plan = repeated(TWENTY, at, more);
                    assertCallsAreTold(sampler, Trajectory.start(plan, Noise.seed(1), SHAPE), MODEL, Step::x, false);
                }
            }
        }
    }

    private static Plan repeated(Plan plan, int at, int more) {
        List<Level> levels = new ArrayList<>(plan.from());
        levels.addAll(at, Collections.nCopies(more, levels.get(at)));
        levels.add(plan.end());
        return Plan.through(SCHEDULE, levels, 1);
    }

    /** What these add to the state on the way between two levels is nothing where there is no way. */
    @Example
    void anAncestralStepOverNoWayLeavesTheState() {
        Plan plan = repeated(new Euler().spacing().plan(SCHEDULE, 10), 5, 1);
        Trajectory way = Trajectory.start(plan, 5, Noise.seed(2).draw(SHAPE).tensor(), Noise.seed(3));
        for (Sampler sampler : List.of(
                new Ddpm(),
                new Ddim(1, Clipping.NONE, new Ddim().spacing()),
                new EulerAncestral(),
                new Kdpm2Ancestral(),
                new DpmSolverPlusPlus2SAncestral(),
                new DpmSolverPlusPlusSde(),
                new DpmSolverMultistep(Algorithm.SDE_DPMSOLVER_PP, 3))) {
            Tensor x = sampler.next(MODEL, way).x();
            assertEquals(0, x.minus(way.x()).norm(), 1e-6 * way.x().norm(), sampler.toString());
        }
    }

    /** Rounding may leave a level a hair above the one before it. */
    @Example
    void aLevelAHairAboveTheOneBeforeIsNoNaN() {
        Plan even = new Euler().spacing().plan(SCHEDULE, 10);
        List<Level> levels = new ArrayList<>(even.from());
        levels.add(6, levels.get(5).withRatio(Math.nextUp((float) levels.get(5).ratio())));
        levels.add(even.end());
        Plan plan = Plan.through(SCHEDULE, levels, 1);
        Spacing spacing = new Ddim().spacing();
        Denoiser learned = (x, level) -> {
            var said = MODEL.predict(x, level);
            return new Prediction(said.raw(), said.type(), x, level, Map.of(), Tensor.filled(-1, SHAPE));
        };
        for (Sampler sampler : namedAnd(
                new Ddim(1, Clipping.NONE, spacing),
                new Ddpm(Ddpm.Variance.FIXED_LARGE, Clipping.NONE, Manner.PAPER, spacing),
                new Ddpm(Ddpm.Variance.LEARNED_RANGE, Clipping.NONE, Manner.PAPER, spacing))) {
            Trajectory way = Trajectory.start(plan, Noise.seed(1), SHAPE);
            assertTrue(walk(sampler, way, learned).x().isFinite(), sampler.toString());
        }
    }

    @Example
    void optionsOutOfTheirRangeAreNamed() {
        Spacing spacing = new Euler().spacing();
        double infinite = Double.POSITIVE_INFINITY;
        Map<String, List<Supplier<Sampler>>> refused = new LinkedHashMap<>();
        refused.put("timestep_scaling", List.of(() -> lcm(-1), () -> lcm(0), () -> lcm(Double.NaN)));
        refused.put(
                "noiseScale",
                List.of(
                        () -> new Consistency(-1, Clipping.NONE, spacing),
                        () -> new Consistency(Double.NaN, Clipping.NONE, spacing),
                        () -> new Consistency(infinite, Clipping.NONE, spacing)));
        refused.put(
                "tau",
                List.of(
                        () -> saSolver(infinite, 200, 800),
                        () -> saSolver(-1, 200, 800),
                        () -> saSolver(1, 800, 200),
                        () -> saSolver(1, Double.NaN, 800),
                        () -> saSolver(1, 200, Double.NaN)));
        refused.put(
                "churn",
                List.of(
                        () -> churn(infinite, 0, 1, 1),
                        () -> churn(-1, 0, 1, 1),
                        () -> churn(1, Double.NaN, 1, 1),
                        () -> churn(1, -1, 1, 1),
                        () -> churn(1, 0, Double.NaN, 1),
                        () -> churn(1, 2, 1, 1),
                        () -> churn(1, 0, 1, infinite),
                        () -> churn(1, 0, 1, -1)));
        refused.put(
                "restarts",
                List.of(
                        () -> new Restart(1_000_000_000, 0.3, 1, spacing),
                        () -> new Restart(1001, 0.3, 1, spacing),
                        () -> new Restart(-1, 0.3, 1, spacing),
                        () -> new Restart(1, 0, 1, spacing),
                        () -> new Restart(1, 1, 1, spacing)));
        refused.put(
                "tolerances",
                List.of(
                        () -> new DpmAdaptive(infinite, 0.0078, spacing),
                        () -> new DpmAdaptive(0.05, infinite, spacing),
                        () -> new DpmAdaptive(Double.NaN, 0.0078, spacing),
                        () -> new DpmAdaptive(0.05, 0, spacing)));
        refused.put(
                "eta",
                List.of(
                        () -> new Tcd(-0.1, spacing),
                        () -> new Tcd(1.1, spacing),
                        () -> new Tcd(Double.NaN, spacing),
                        () -> new Ddim(Double.NaN, Clipping.NONE, spacing)));
        refused.forEach((option, calls) -> calls.forEach(call -> {
            String message =
                    assertThrows(IllegalArgumentException.class, call::get).getMessage();
            assertTrue(message.contains(option) && message.contains(". Give "), message);
        }));
        // the edges themselves
        lcm(infinite);
        new Consistency(0, Clipping.NONE, spacing);
        saSolver(0, 500, 500);
        churn(0, 0, 0, 0);
        churn(1, 0, infinite, 1);
        new Restart(1000, 0.3, infinite, spacing);
        new DpmAdaptive(0, 1e-3, spacing);
    }

    private static Sampler lcm(double timestepScaling) {
        return new Lcm(timestepScaling, Clipping.NONE, new Lcm().spacing());
    }

    private static Sampler saSolver(double tau, double from, double to) {
        return new SaSolver(2, 2, true, true, tau, from, to, Clipping.NONE, new SaSolver().spacing());
    }

    private static Sampler churn(double churn, double tMin, double tMax, double noiseScale) {
        return new EulerChurn(churn, tMin, tMax, noiseScale, Manner.PAPER, new Euler().spacing());
    }

    @Example
    void stepOffTheGridGoesOnAtTheFirstLevelWithLessNoise() {
        Plan plan = new Euler().spacing().plan(SCHEDULE, 10);
        Trajectory way = Trajectory.start(plan, Noise.seed(0), SHAPE);
        Level between = SCHEDULE.at(700);
        way = way.then(new Step(way.x(), between, List.of(MODEL.predict(way.x(), way.level())), way.noise()));
        assertEquals(between, way.level());
        assertEquals(plan.from(3), way.next());
        assertEquals(7 + 1, way.stepsLeft());
        assertTrue(walk(new Euler(), way, 8).done());
    }

    @Example
    void runCanStartInTheMiddleFromAPicture() {
        Plan plan = new Ddim().spacing().plan(SCHEDULE, 10);
        Tensor picture = Tensor.filled(1, SHAPE);
        Tensor noise = Noise.seed(0).draw(SHAPE).tensor();
        Trajectory way = Trajectory.start(plan, 8, plan.start(8, picture, noise), Noise.seed(1));
        assertEquals(2, way.stepsLeft());
        assertEquals(plan.from(8), way.level());
        assertTrue(walk(new Ddim(), way, 2).done());
    }

    @Example
    void doneRunHasNoNextStep() {
        Trajectory done = walk(new Ddim(), start(new Ddim(), 4, 0), 4);
        assertThrows(IllegalStateException.class, done::next);
        assertThrows(IllegalArgumentException.class, () -> done.back(5));
    }

    @Example
    void lcmDrawsNoNoiseForItsLastStep() {
        Trajectory way = walk(new Lcm(), start(new Lcm(), 4, 0), 4);
        assertEquals(way.back(1).noise(), way.noise());
        assertNotEquals(way.back(2).noise(), way.noise());
    }

    @Example
    void lambdaIsASampler() {
        Sampler mine = Sampler.of(
                "mine", (x, p, level, next) -> Tensor.combine(next.alpha(), p.denoised(), next.sigma(), p.noise()));
        assertEquals("mine", mine.toString());
        assertEquals(
                walk(new Ddim(), start(new Ddim(), 10, 0), 10).x(),
                walk(mine, start(new Ddim(), 10, 0), 10).x());
    }

    @Example
    void eulerOnOneGridIsDdim() {
        Trajectory from = start(new Ddim(), 10, 0);
        assertEquals(walk(new Ddim(), from, 10).x(), walk(new Euler(), from, 10).x());
        assertNotEquals(
                walk(new Ddim(), from, 10).x(), walk(new Heun(), from, 10).x());
    }

    @Example
    void unknownNameIsAnsweredWithTheNearest() {
        String message = assertThrows(IllegalArgumentException.class, () -> Sampler.named("dpmpp2m"))
                .getMessage();
        assertTrue(message.contains("Did you mean dpmpp-2m?"), message);
        assertTrue(message.contains("euler-ancestral"), message);
        assertEquals("heun", Sampler.named("Heun").toString());
        Samplers.names().forEach(name -> assertEquals(name, Sampler.named(name).toString()));
    }
}
