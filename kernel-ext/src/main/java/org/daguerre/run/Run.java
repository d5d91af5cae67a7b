package org.daguerre.run;

import java.util.Arrays;
import java.util.LinkedList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.guidance.Guidance;
import org.daguerre.sampler.Edit;
import org.daguerre.sampler.Step;
import org.daguerre.sampler.Trajectory;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/**
 * A picture on its way out of noise: step, go back, branch, finish, replay. It counts and times what the model is asked and
 * tells an {@link Observer}.
 *
 * <p>A step that fails or is cancelled leaves the run at the last finished step, and it can go on from there. One thread
 * steps at a time; {@link #cancel} and the reading methods may be called from any thread.
 */
public final class Run implements Sampled {

    /** A place on the way, with what was measured there; the list shares its tail with other branches. */
    private record Node(Node before, Trajectory trajectory, Sampling sampling, double milliseconds, int calls) {}

    private final Sampling sampling;
    private volatile Node node;
    private volatile Observer observer = progress -> {};
    private volatile boolean cancelled;

    Run(Sampling sampling, Trajectory start) {
        this(sampling, new Node(null, start, sampling, 0, 0));
    }

    private Run(Sampling sampling, Node node) {
        this.sampling = sampling;
        this.node = node;
        callsLeft(); // one's own sampler may err in this: it is told before the first step, not in the middle
    }

    @Override
    public Run run() {
        return this;
    }

    /** What decides the picture. */
    public Sampling sampling() {
        return sampling;
    }

    /** The way so far. */
    public Trajectory trajectory() {
        return node.trajectory();
    }

    /** The state now. */
    public Tensor x() {
        return trajectory().x();
    }

    /** The level of the state now. */
    public Level level() {
        return trajectory().level();
    }

    /** All steps made, first to last. */
    public List<Step> steps() {
        return trajectory().steps();
    }

    /** What decided each of the steps made, first to last: a branch may have gone on with another model or sampler. */
    public List<Sampling> samplings() {
        LinkedList<Sampling> samplings = new LinkedList<>();
        for (Node at = node; at.before() != null; at = at.before()) {
            samplings.addFirst(at.sampling());
        }
        return List.copyOf(samplings);
    }

    /** True when the picture is finished. */
    public boolean done() {
        return trajectory().done();
    }

    /** Times the model was asked on the way here. */
    public int calls() {
        return node.calls();
    }

    /** Times the model will still be asked, as the sampler tells; 0 when done. */
    int callsLeft() {
        return callsLeft(sampling, trajectory());
    }

    private static int callsLeft(Sampling by, Trajectory soFar) {
        if (soFar.done()) {
            return 0;
        }
        try {
            return Math.max(0, by.sampler().callsLeft(soFar));
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            throw Watched.explained("sampler '" + by.sampler() + "' in callsLeft", e);
        }
    }

    /** Who is told of every call and every step; replaces the one before. */
    public Run observe(Observer observer) {
        this.observer = Objects.requireNonNull(observer, "observer");
        return this;
    }

    /**
     * One step.
     *
     * @throws IllegalStateException if the run is done
     * @throws CancellationException if {@link #cancel} was called or the thread interrupted before the step was finished; the
     *     run stays at its last finished step
     */
    public Step step() {
        return step(1);
    }

    /** Up to n steps, fewer if the run is done before; the last one is returned. Throws as {@link #step()} does. */
    public synchronized Step step(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("steps is " + n + ". Give 1 or more.");
        }
        if (done()) {
            throw new IllegalStateException("the run is done, no step is left. Go back, branch or start again.");
        }
        cancelled = false;
        for (int i = 0; i < n && !done(); i++) {
            advance(sampling);
        }
        return trajectory().last();
    }

    /** All steps that are left; the finished state is returned. Throws as {@link #step()} does, but not when done. */
    public synchronized Tensor finish() {
        if (!done()) {
            step(trajectory().plan().count() + trajectory().length());
            while (!done()) {
                advance(sampling);
            }
        }
        return x();
    }

    /** As {@link #finish}, but of the steps made only the last is kept, and back there is none. */
    synchronized Tensor finishAlone() {
        cancelled = false;
        while (!done()) {
            advance(sampling);
            node = new Node(null, trajectory().alone(), sampling, node.milliseconds(), node.calls());
        }
        return x();
    }

    private void advance(Sampling by) {
        Node from = node;
        Trajectory soFar = from.trajectory();
        int expected = from.calls() + callsLeft(by, soFar);
        String at = "step " + (soFar.length() + 1);
        Watched model = new Watched(by.model(), at);
        Denoiser guided = guided(by.guidance(), model);
        int[] calls = {from.calls()};
        Denoiser counted = (x, level) -> {
            throwIfCancelled();
            Prediction prediction = answer(guided, by.guidance(), model, x, level);
            calls[0]++;
            observer.on(new Progress(
                    this,
                    soFar.length(),
                    soFar.length() + soFar.stepsLeft(),
                    calls[0],
                    Math.max(expected, calls[0]),
                    false));
            return prediction;
        };
        throwIfCancelled();
        long start = System.nanoTime();
        Step step;
        try {
            step = by.sampler().next(counted, soFar);
        } catch (RuntimeException | Error e) {
            throw model.failed("sampler '" + by.sampler() + "'", e);
        }
        step = checked(at + " of sampler '" + by.sampler() + "' ", step, soFar);
        for (Edit edit : by.edits()) {
            try {
                step = edit.apply(step);
            } catch (RuntimeException | Error e) {
                throw model.failed("an edit", e);
            }
            step = checked(at + " after an edit ", step, soFar);
        }
        double milliseconds = (System.nanoTime() - start) / 1e6;
        Trajectory after = soFar.then(step);
        int left = callsLeft(by, after);
        node = new Node(from, after, by, milliseconds, calls[0]);
        observer.on(new Progress(
                this, after.length(), after.length() + after.stepsLeft(), calls[0], calls[0] + left, true));
    }

    /** One's own guidance may err as well as one's own sampler. */
    private static Denoiser guided(Guidance guidance, Watched model) {
        Denoiser guided;
        try {
            guided = guidance.guide(model);
        } catch (RuntimeException | Error e) {
            throw model.failed("'" + guidance + "'", e);
        }
        if (guided == null) {
            throw model.failed("'" + guidance + "' guides to null. Return a denoiser.");
        }
        return guided;
    }

    private static Prediction answer(Denoiser guided, Guidance guidance, Watched model, Tensor x, Level level) {
        String whose = "the answer of '" + guidance + "' ";
        Prediction prediction;
        try {
            prediction = guided.predict(x, level);
        } catch (RuntimeException | Error e) {
            throw model.failed("'" + guidance + "'", e);
        }
        if (prediction == null) {
            throw model.failed(whose + "is null. Return a prediction of the state's shape.");
        }
        if (!prediction.raw().isFinite()) {
            throw model.failed(whose + "has values that are infinite or not a number. Look for a division by 0.");
        }
        return prediction;
    }

    /** One's own sampler or edit may err; the run then stays where it is. */
    private static Step checked(String whose, Step step, Trajectory soFar) {
        if (step == null || step.x() == null) {
            throw new IllegalStateException(whose + "is null. Return a state, x of the same shape.");
        }
        if (!Arrays.equals(step.x().shape(), soFar.x().shape())) {
            throw new IllegalStateException(
                    whose + "has shape " + Arrays.toString(step.x().shape()) + ", the state "
                            + Arrays.toString(soFar.x().shape()) + ". Return a state of the same shape.");
        }
        if (!step.x().isFinite()) {
            throw new IllegalStateException(whose + "has values that are infinite or not a number."
                    + " Look for a division by alpha or sigma, which may be 0, or take another sampler.");
        }
        if (step.level() == null || step.noise() == null) {
            throw new IllegalStateException(whose + "has no " + (step.level() == null ? "level" : "noise")
                    + ". Return the level that the state now has, such as soFar.next(), and the noise to come, such as"
                    + " soFar.noise().");
        }
        if (step.level().equals(soFar.level())) {
            throw new IllegalStateException(whose + "stays at its level, t = "
                    + soFar.level().t() + ". Return the level that the state now has, such as soFar.next().");
        }
        if (step.level().index() >= soFar.plan().count() && !step.level().isEnd()) {
            throw new IllegalStateException(whose + "leads to place "
                    + step.level().index() + " of a plan of "
                    + soFar.plan().count() + " steps. Return a level of the plan, such as soFar.next(), or one off it,"
                    + " with index -1.");
        }
        return step;
    }

    private void throwIfCancelled() {
        if (cancelled | Thread.interrupted()) {
            cancelled = false;
            throw new CancellationException("cancelled after step "
                    + trajectory().length() + ". The finished steps are kept; step() or finish() goes on from there.");
        }
    }

    /** Stops the step or finish that another thread is in, before its next question to the model. Otherwise does nothing. */
    public void cancel() {
        cancelled = true;
    }

    /** Goes n steps back, with the state, the noise and the sampler's memory of then. */
    public synchronized Run back(int n) {
        trajectory().back(n);
        for (int i = 0; i < n; i++) {
            node = node.before();
        }
        return this;
    }

    /** Another run from here; what either does from now on does not touch the other. */
    public Run branch() {
        return new Run(sampling, node);
    }

    /**
     * Another run from here, with another sampler, guidance, model or edits: {@code run.branch(s ->
     * s.sampler(Sampler.named("heun")))}. The plan stays, a new sampler does not bring its own spacing.
     *
     * @throws IllegalArgumentException if steps, schedule, shape or seed are changed; they are settled by the start
     * @throws IllegalStateException if anything is changed and the run is done
     */
    public Run branch(UnaryOperator<Sampling> change) {
        Sampling changed = change.apply(sampling);
        if (done() && !changed.equals(sampling)) {
            throw new IllegalStateException("the run is finished, no step is left that could become another."
                    + " Go back N steps first, back(N) or %back N, then branch.");
        }
        if (changed.steps() != sampling.steps()
                || changed.seed() != sampling.seed()
                || !changed.schedule().equals(sampling.schedule())
                || !Arrays.equals(changed.shape(), sampling.shape())) {
            throw new IllegalArgumentException(
                    "a branch cannot change steps, schedule, shape or seed: the run has begun."
                            + " Change sampler, guidance, model or edits, or start another run.");
        }
        return new Run(changed.spacing(sampling.spacing()), node);
    }

    /** Makes all steps again from the start, each as it was made, and returns the new run. Equal bits are the claim. */
    public Run replay() {
        LinkedList<Node> nodes = new LinkedList<>();
        Node first = node;
        for (; first.before() != null; first = first.before()) {
            nodes.addFirst(first);
        }
        Run again = new Run(sampling, first);
        again.observer = observer;
        for (Node made : nodes) {
            again.advance(made.sampling());
        }
        return again;
    }

    /** What was measured at every step, first to last. */
    public List<StepFacts> facts() {
        LinkedList<StepFacts> facts = new LinkedList<>();
        for (Node at = node; at.before() != null; at = at.before()) {
            facts.addFirst(StepFacts.of(at.trajectory(), at.milliseconds()));
        }
        return List.copyOf(facts);
    }

    @Override
    public String toString() {
        Trajectory way = trajectory();
        return "Run[" + sampling + ": " + way.length() + " of " + (way.length() + way.stepsLeft()) + " steps, "
                + calls() + " calls]";
    }
}
