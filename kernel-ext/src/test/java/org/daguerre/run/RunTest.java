package org.daguerre.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.ExactDenoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.guidance.Guidance;
import org.daguerre.sampler.Edit;
import org.daguerre.sampler.Sampler;
import org.daguerre.sampler.Samplers;
import org.daguerre.sampler.Step;
import org.daguerre.sampler.Trajectory;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Spacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RunTest {

    private static final int[] SHAPE = {1, 2, 3, 3};
    private static final List<Tensor> PICTURES = List.of(
            Noise.seed(1).draw(SHAPE).tensor(), Noise.seed(2).draw(SHAPE).tensor());
    private static final ConditionalDenoiser MODEL = ConditionalDenoiser.of(Map.of(
            "cond", ExactDenoiser.finiteSet(PICTURES.subList(0, 1)), "uncond", ExactDenoiser.finiteSet(PICTURES)));
    private static final Sampling SAMPLING = Sampling.of(MODEL, NoiseSchedule.scaledLinear(1000, 0.00085, 0.012), SHAPE)
            .steps(10);

    /** Data with a spread of its own, so that different ways end at different pictures. */
    private static final Sampling SPREAD =
            SAMPLING.model(ConditionalDenoiser.of(ExactDenoiser.gaussian(PICTURES.get(0), 0.5)));

    static List<String> names() {
        return Samplers.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void steppingByHandIsFinishing(String name) {
        Sampling sampling = SAMPLING.sampler(Sampler.named(name))
                .guidance(Guidance.scale(2))
                .seed(5);
        Run byHand = sampling.start();
        byHand.step();
        byHand.step(3);
        byHand.back(2).step(100);
        assertTrue(byHand.done());
        Run atOnce = sampling.start();
        assertEquals(atOnce.finish(), byHand.x());
        assertEquals(atOnce.calls(), byHand.calls());
    }

    @ParameterizedTest
    @MethodSource("names")
    void pictureOfACountIsThePictureOfItsSeed(String name) {
        Sampling sampling = SPREAD.sampler(Sampler.named(name)).seed(20);
        List<Run> runs = sampling.start(3);
        // one step of each in turn, so that what one draws or remembers would show in another
        while (!runs.stream().allMatch(Run::done)) {
            runs.stream().filter(run -> !run.done()).forEach(Run::step);
        }
        for (int k = 0; k < 3; k++) {
            Tensor alone = sampling.seed(20 + k).start().finish();
            assertEquals(alone, runs.get(k).x());
        }
        assertNotEquals(runs.get(0).x(), runs.get(1).x());
    }

    @Test
    void branchesDoNotTouchEachOther() {
        Run run = SPREAD.start();
        run.step(4);
        Tensor at4 = run.x();
        Run branch = run.branch(s -> s.sampler(Sampler.named("heun")));
        branch.finish();
        assertSame(at4, run.x());
        assertEquals(4, run.trajectory().length());
        assertNotEquals(run.finish(), branch.x());
        assertEquals(run.trajectory().plan(), branch.trajectory().plan());
        assertEquals(4 + 2 * 6 - 1, branch.calls());
    }

    @Test
    void branchWithoutChangeEndsTheSame() {
        Run run = SPREAD.sampler(Sampler.named("ddpm")).start();
        run.step(4);
        Run branch = run.branch();
        assertEquals(run.finish(), branch.finish());
    }

    @Test
    void branchCannotChangeWhatTheStartSettled() {
        Run run = SAMPLING.start();
        assertThrows(IllegalArgumentException.class, () -> run.branch(s -> s.steps(20)));
        assertThrows(IllegalArgumentException.class, () -> run.branch(s -> s.seed(1)));
        assertThrows(IllegalArgumentException.class, () -> run.branch(s -> s.schedule(NoiseSchedule.cosine(1000))));
    }

    @Test
    void replayMakesTheSameStepsAlsoOfABranch() {
        Run run = SPREAD.sampler(Sampler.named("ddpm")).start();
        run.step(3);
        Run branch = run.branch(
                s -> s.sampler(Sampler.named("dpmpp-2m")).edits(step -> step.x().times(0.9)));
        branch.step(5);
        Run again = branch.replay();
        assertEquals(
                branch.steps().stream().map(Step::x).toList(),
                again.steps().stream().map(Step::x).toList());
        assertEquals(branch.calls(), again.calls());
        assertEquals(branch.finish(), again.finish());
    }

    @Test
    void progressCountsCallsAndSteps() {
        List<Progress> told = new ArrayList<>();
        Run run = SAMPLING.sampler(Sampler.named("heun")).start().observe(told::add);
        run.finish();
        assertEquals(19 + 10, told.size());
        assertEquals(10, told.stream().filter(Progress::stepDone).count());
        assertTrue(told.stream().allMatch(p -> p.callsExpected() == 19 && p.steps() == 10));
        Progress last = told.get(told.size() - 1);
        assertEquals(1, last.fraction());
        assertEquals(10, last.step());
        for (int i = 1; i < told.size(); i++) {
            assertTrue(told.get(i).fraction() >= told.get(i - 1).fraction());
        }
    }

    @Test
    void cancelledRunKeepsItsFinishedStepsAndGoesOn() {
        Run run = SAMPLING.sampler(Sampler.named("heun")).start();
        run.observe(progress -> {
            if (progress.calls() == 7 && !progress.stepDone()) {
                progress.run().cancel();
            }
        });
        String message = assertThrows(CancellationException.class, run::finish).getMessage();
        assertTrue(message.startsWith("cancelled after step 3."), message);
        assertEquals(3, run.trajectory().length());
        assertEquals(6, run.calls());
        run.observe(progress -> {});
        assertEquals(SAMPLING.sampler(Sampler.named("heun")).start().finish(), run.finish());
    }

    @Test
    void interruptedThreadCancels() {
        Run run = SAMPLING.start();
        run.step();
        Thread.currentThread().interrupt();
        assertThrows(CancellationException.class, run::step);
        assertFalse(Thread.currentThread().isInterrupted());
        assertEquals(1, run.trajectory().length());
        run.step();
        assertEquals(2, run.trajectory().length());
    }

    @Test
    void cancelOfAnIdleRunDoesNothing() {
        Run run = SAMPLING.start();
        run.cancel();
        run.step();
        assertEquals(1, run.trajectory().length());
    }

    @Test
    void failingModelLeavesTheRunAtItsLastStep() {
        AtomicInteger calls = new AtomicInteger();
        Denoiser failing = (x, level) -> {
            if (calls.incrementAndGet() == 4) {
                throw new IllegalStateException("out of memory on the device");
            }
            return ExactDenoiser.finiteSet(PICTURES).predict(x, level);
        };
        Run run = SAMPLING.model(ConditionalDenoiser.of(failing)).start();
        assertThrows(IllegalStateException.class, run::finish);
        assertEquals(3, run.trajectory().length());
        run.finish();
        assertTrue(run.done());
    }

    @Test
    void doneRunRefusesAnotherStep() {
        Run run = SAMPLING.start();
        Tensor end = run.finish();
        assertThrows(IllegalStateException.class, run::step);
        assertSame(end, run.finish());
        assertThrows(IllegalArgumentException.class, () -> run.back(11));
        assertThrows(IllegalArgumentException.class, () -> run.back(-1));
        assertThrows(IllegalArgumentException.class, () -> run.step(0));
        assertSame(end, run.x());
    }

    @Test
    void factsTellLevelsNormsAndCalls() {
        Run run = SAMPLING.sampler(Sampler.named("heun")).start();
        run.finish();
        List<StepFacts> facts = run.facts();
        assertEquals(10, facts.size());
        assertEquals(List.of(2, 1), List.of(facts.get(0).calls(), facts.get(9).calls()));
        assertEquals(1, facts.get(0).step());
        assertEquals(facts.get(0).to(), facts.get(1).from());
        assertEquals(0, facts.get(9).to().sigma());
        assertEquals(run.x().norm(), facts.get(9).xNorm());
        assertEquals(PICTURES.get(0).norm(), facts.get(9).denoisedNorm(), 1e-5);
        assertTrue(facts.stream().allMatch(f -> f.milliseconds() > 0 && f.noiseNorm() > 0));
    }

    @Test
    void editsChangeTheStateAfterEveryStep() {
        Run run = SAMPLING.edits(step -> step.x().times(0), step -> step.x().plus(Tensor.filled(2, SHAPE)))
                .start();
        assertEquals(Tensor.filled(2, SHAPE), run.step().x());
        assertEquals(Tensor.filled(2, SHAPE), run.x());
    }

    @Test
    void guidanceReachesTheModel() {
        Tensor unguided = SAMPLING.guidance(Guidance.scale(0)).seed(3).start().finish();
        Tensor guided = SAMPLING.guidance(Guidance.scale(1)).seed(3).start().finish();
        assertEquals(0, guided.minus(PICTURES.get(0)).norm(), 1e-3);
        Run run = SAMPLING.guidance(Guidance.scale(2)).seed(3).start();
        assertEquals(2, run.step().prediction().branches().size());
        assertTrue(unguided.isFinite());
    }

    @Test
    void aNewSamplerBringsItsSpacing() {
        assertEquals(
                Sampler.named("lcm").spacing(),
                SAMPLING.sampler(Sampler.named("lcm")).spacing());
        assertEquals(SAMPLING.spacing(), SAMPLING.spacing(SAMPLING.spacing()).spacing());
        assertThrows(IllegalArgumentException.class, () -> SAMPLING.steps(0));
        assertThrows(IllegalArgumentException.class, () -> SAMPLING.start(0));
    }

    static Stream<Arguments> samplersThatErr() {
        return Stream.of(
                Arguments.of(
                        "NaN", (Sampler.Rule) (x, p, level, next) -> x.over(0).minus(x.over(0)), "not a number"),
                Arguments.of("null", (Sampler.Rule) (x, p, level, next) -> null, "is null"),
                Arguments.of("shape", (Sampler.Rule) (x, p, level, next) -> Tensor.zeros(1), "has shape [1]"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samplersThatErr")
    void runStaysWhereItIsWhenASamplerErrs(String name, Sampler.Rule rule, String fact) {
        Run run = SAMPLING.start();
        run.step(2);
        Tensor before = run.x();
        Run other = run.branch(s -> s.sampler(Sampler.of(name, rule)));
        String message = assertThrows(IllegalStateException.class, other::step).getMessage();
        assertTrue(message.startsWith("step 3 of sampler '" + name + "' ") && message.contains(fact), message);
        assertEquals(before, other.x());
        assertEquals(2, other.steps().size());
    }

    static Stream<Arguments> stepsThatErr() {
        return Stream.of(
                Arguments.of(
                        "no level", (Sampler) (model, soFar) -> step(model, soFar, null, soFar.noise()), "no level"),
                Arguments.of(
                        "no noise", (Sampler) (model, soFar) -> step(model, soFar, soFar.next(), null), "no noise"),
                Arguments.of(
                        "off the plan",
                        (Sampler) (model, soFar) ->
                                step(model, soFar, soFar.next().at(99, 100), soFar.noise()),
                        "leads to place 99 of a plan of"),
                Arguments.of(
                        "an Error",
                        (Sampler) (model, soFar) -> {
                            throw new Error("boom");
                        },
                        "threw Error (boom)"));
    }

    private static Step step(Denoiser model, Trajectory soFar, Level level, Noise noise) {
        return new Step(soFar.x(), level, List.of(model.predict(soFar.x(), soFar.level())), noise);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("stepsThatErr")
    void runCanGoOnAfterAStepThatLacksSomething(String name, Sampler sampler, String fact) {
        Run run = SAMPLING.start();
        run.step(2);
        Run other = run.branch(s -> s.sampler(sampler));
        String message = assertThrows(IllegalStateException.class, other::step).getMessage();
        assertTrue(message.contains("step 3") && message.contains(fact), message);
        assertEquals(2, other.steps().size());
        assertEquals(
                run.finish(), other.branch(s -> s.sampler(SAMPLING.sampler())).finish());
    }

    @Test
    void whatOnesOwnCodeThrewIsTheCause() {
        RuntimeException thrown = new IllegalCallerException("no");
        Denoiser model = (x, level) -> {
            throw thrown;
        };
        Run run = Sampling.of(model, SAMPLING.schedule(), 1, 4).start();
        IllegalStateException failure = assertThrows(IllegalStateException.class, run::step);
        assertEquals(
                "in step 1 the model threw IllegalCallerException (no). Mend it, or take another; the run stays before"
                        + " this step.",
                failure.getMessage());
        assertSame(thrown, failure.getCause());
        assertEquals(0, run.trajectory().length());
    }

    /** A sampler that asks, like Euler's, but errs in what it tells of itself. */
    private record Talker(Supplier<Spacing> ownSpacing, ToIntFunction<Trajectory> ownCallsLeft) implements Sampler {
        @Override
        public Step next(Denoiser model, Trajectory soFar) {
            return RunTest.step(model, soFar, soFar.next(), soFar.noise());
        }

        @Override
        public Spacing spacing() {
            return ownSpacing.get();
        }

        @Override
        public int callsLeft(Trajectory soFar) {
            return ownCallsLeft.applyAsInt(soFar);
        }

        @Override
        public String toString() {
            return "talker";
        }
    }

    private static <T> T boom() {
        throw new IllegalCallerException("boom");
    }

    @Test
    void samplerThatErrsInWhatItTellsOfItselfIsNamedBeforeItsFirstStep() {
        Spacing spacing = SAMPLING.spacing();
        assertMessage(
                "sampler 'talker' in spacing threw IllegalCallerException (boom). Mend it, or take another.",
                () -> SAMPLING.sampler(new Talker(RunTest::boom, Trajectory::stepsLeft)));
        assertMessage(
                "spacing of sampler 'talker' is null. Return a Spacing.",
                () -> SAMPLING.sampler(new Talker(() -> null, Trajectory::stepsLeft)));
        assertMessage(
                "sampler 'talker' in callsLeft threw IllegalCallerException (boom). Mend it, or take another.",
                () -> SAMPLING.sampler(new Talker(() -> spacing, soFar -> boom()))
                        .start());
    }

    @Test
    void samplerThatErrsInCallsLeftOnTheWayLeavesTheRunWhereItIs() {
        Run run = SAMPLING.sampler(new Talker(SAMPLING::spacing, soFar -> soFar.length() < 2 ? 1 : boom()))
                .start();
        run.step();
        Tensor before = run.x();
        assertMessage(
                "sampler 'talker' in callsLeft threw IllegalCallerException (boom). Mend it, or take another.",
                run::step);
        assertEquals(1, run.steps().size());
        assertSame(before, run.x());
        assertEquals(1, run.calls());
    }

    @Test
    void guidanceThatErrsBeforeTheModelIsAskedIsNamed() {
        assertMessage(
                "in step 1 'mine' threw IllegalCallerException (boom). Mend it, or take another; the run stays before"
                        + " this step.",
                SAMPLING.guidance(guiding(model -> boom())).start()::step);
        assertMessage(
                "in step 1 'mine' guides to null. Return a denoiser.",
                SAMPLING.guidance(guiding(model -> null)).start()::step);
    }

    private static Guidance guiding(Function<ConditionalDenoiser, Denoiser> guide) {
        return new Guidance() {
            @Override
            public Prediction predict(ConditionalDenoiser model, Tensor x, Level level) {
                return guide(model).predict(x, level);
            }

            @Override
            public Denoiser guide(ConditionalDenoiser model) {
                return guide.apply(model);
            }

            @Override
            public String toString() {
                return "mine";
            }
        };
    }

    private static void assertMessage(String message, Executable failing) {
        assertEquals(message, assertThrows(IllegalStateException.class, failing).getMessage());
    }

    @Test
    void scheduleAndSpacingThatErrAreToldApart() {
        Sampling own =
                SAMPLING.schedule(t -> t < 500 ? null : SAMPLING.schedule().at(t));
        String message = assertThrows(IllegalStateException.class, own::start).getMessage();
        assertTrue(message.contains("gave null at t = 0. Let it give a Level for every t from 0 to 999."), message);
        Sampling spaced = SAMPLING.spacing((schedule, n) -> {
            throw new IllegalCallerException("no");
        });
        message = assertThrows(IllegalStateException.class, spaced::start).getMessage();
        assertTrue(message.contains("threw IllegalCallerException (no). Mend it, or take another."), message);
    }

    @Test
    void whatOursRefuseIsToldWithWhoseItIs() {
        Sampler noCalls = new Sampler() {
            @Override
            public Step next(Denoiser model, Trajectory soFar) {
                return new Step(soFar.x(), soFar.next(), null, soFar.noise());
            }

            @Override
            public String toString() {
                return "mute";
            }
        };
        String message = assertThrows(
                        IllegalStateException.class,
                        () -> SAMPLING.sampler(noCalls).start().step())
                .getMessage();
        assertTrue(message.startsWith("in step 1 sampler 'mute': the step has no calls. Give"), message);
        Guidance rule = guiding(model -> (x, level) -> new Prediction(null, PredictionType.SAMPLE, x, level));
        message = assertThrows(
                        IllegalStateException.class,
                        () -> SAMPLING.guidance(rule).start().step())
                .getMessage();
        assertTrue(message.contains("'mine': the raw output is null. Give a tensor"), message);
    }

    @Test
    void samplerThatIsNullIsRefusedInWords() {
        String message = assertThrows(IllegalArgumentException.class, () -> SAMPLING.sampler((Sampler) null))
                .getMessage();
        assertTrue(message.startsWith("sampler is null. Give one"), message);
    }

    @Test
    void branchTakesAGuidanceScale() {
        Run run = SAMPLING.start();
        run.step(2);
        assertEquals(
                run.branch(s -> s.guidance(Guidance.scale(3))).finish(),
                run.branch(s -> s.guidance(3)).finish());
    }

    static Stream<Arguments> editsThatErr() {
        return Stream.of(
                Arguments.of((Edit) step -> step.x().times(Double.NaN), "not a number"),
                Arguments.of((Edit) step -> null, "is null"),
                Arguments.of((Edit) step -> Tensor.zeros(1), "has shape [1]"),
                Arguments.of(
                        (Edit) step -> {
                            throw new IllegalCallerException("no");
                        },
                        "an edit threw IllegalCallerException (no)"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("editsThatErr")
    void runStaysWhereItIsWhenAnEditErrs(Edit edit, String fact) {
        Run run = SAMPLING.edits(edit).start();
        String message = assertThrows(IllegalStateException.class, run::step).getMessage();
        assertTrue(message.contains("step 1") && message.contains("edit") && message.contains(fact), message);
        assertEquals(0, run.steps().size());
    }
}
