package org.daguerre.notebook;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.daguerre.image.Theme;
import org.daguerre.pipeline.Generation;
import org.daguerre.pipeline.LoadedModel;
import org.daguerre.pipeline.Model;
import org.daguerre.run.Comparison;
import org.daguerre.training.Training;

/**
 * What the magics of a notebook share: the current model, the current run and its branches. One immutable state is swapped
 * for another when a magic has done its work, so that one that fails leaves it as it was.
 */
final class Session {

    /**
     * @param model the current model, or null
     * @param branches the current run and what branched off it, in order; empty before the first
     * @param branch which of them is the current one, from 0
     * @param comparison the last comparison, or null
     * @param training the model that is trained here, or null
     * @param theme the page that figures are drawn for
     */
    record State(
            LoadedModel model,
            List<Generation> branches,
            int branch,
            Comparison comparison,
            Training training,
            Theme theme) {

        State {
            branches = List.copyOf(branches);
        }

        State model(LoadedModel model) {
            return new State(model, branches, branch, comparison, training, theme);
        }

        State run(Generation run) {
            return new State(run.model(), List.of(run), 0, comparison, training, theme);
        }

        State branched(Generation run) {
            List<Generation> more = new ArrayList<>(branches);
            more.add(run);
            return new State(model, more, branches.size(), comparison, training, theme);
        }

        State branch(int branch) {
            return new State(model, branches, branch, comparison, training, theme);
        }

        State comparison(Comparison comparison) {
            return new State(model, branches, branch, comparison, training, theme);
        }

        State training(Training training) {
            return new State(model, branches, branch, comparison, training, theme);
        }

        State theme(Theme theme) {
            return new State(model, branches, branch, comparison, training, theme);
        }
    }

    private final AtomicReference<State> state =
            new AtomicReference<>(new State(null, List.of(), 0, null, null, Theme.LIGHT));

    private final Set<Object> atWork = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Duration patience;

    Session() {
        this(Duration.ofMinutes(1));
    }

    /** @param patience how long to wait for what was interrupted */
    Session(Duration patience) {
        this.patience = patience;
    }

    State state() {
        return state.get();
    }

    void update(UnaryOperator<State> change) {
        state.updateAndGet(change);
    }

    Theme theme() {
        return state().theme();
    }

    /** The current model, which draws. */
    Model model() {
        LoadedModel model = state().model();
        if (model == null || model.isClosed()) {
            throw new IllegalStateException("no model is loaded. Load one: %model lists them, %model NAME loads.");
        }
        return model.toModel();
    }

    /** The current run. */
    Generation run() {
        State now = state();
        if (now.branches().isEmpty()) {
            throw new IllegalStateException(
                    "there is no run yet. Begin one: %start \"a prompt\", or %sample \"a prompt\".");
        }
        return now.branches().get(now.branch());
    }

    /** The last comparison. */
    Comparison comparison() {
        Comparison comparison = state().comparison();
        if (comparison == null) {
            throw new IllegalStateException("there is no comparison to go on with."
                    + " Begin one: %compare \"a prompt\" --sampler ddim,heun --steps 5,10,20.");
        }
        return comparison;
    }

    /**
     * Does what may take long. What is worked on is the current one from the start: the kernels answer an interrupt at once and
     * leave the magic's thread to end by itself, so that the next cell may run before. It finds what was interrupted, and waits
     * until it can be worked on. A failure puts back what was the current one.
     *
     * @param on what is worked on
     * @param begun makes it the current one
     */
    <T> T work(KernelHost host, Object on, UnaryOperator<State> begun, Supplier<T> work) {
        if (Thread.interrupted()) {
            throw new CancellationException("interrupted before it began.");
        }
        claim(host, on);
        try {
            State before;
            State during;
            do {
                before = state();
                during = begun.apply(before);
            } while (!state.compareAndSet(before, during));
            try {
                return work.get();
            } catch (CancellationException interrupted) {
                throw interrupted;
            } catch (RuntimeException | Error e) {
                state.compareAndSet(during, before);
                throw e;
            }
        } finally {
            release(on);
        }
    }

    /** The same with what is the current one already. */
    <T> T work(KernelHost host, Object on, Supplier<T> work) {
        return work(host, on, now -> now, work);
    }

    private void claim(KernelHost host, Object on) {
        synchronized (atWork) {
            if (atWork.add(on)) {
                return;
            }
        }
        Waiting.during(host, "waiting for what was interrupted to stop", () -> await(on));
    }

    private Object await(Object on) {
        long end = System.nanoTime() + patience.toNanos();
        synchronized (atWork) {
            while (!atWork.add(on)) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new IllegalStateException(
                            "what was interrupted has not stopped within " + patience.toSeconds()
                                    + " s: its model, or something of yours in it, is still at work. Wait and ask again, or"
                                    + " restart the kernel.");
                }
                try {
                    atWork.wait(left);
                } catch (InterruptedException e) {
                    throw new CancellationException("interrupted before it began.");
                }
            }
        }
        return on;
    }

    private void release(Object on) {
        synchronized (atWork) {
            atWork.remove(on);
            atWork.notifyAll();
        }
    }

    /** Lets go of runs and model; the theme stays. */
    void clear() {
        update(now -> new State(null, List.of(), 0, null, null, now.theme()));
    }
}
