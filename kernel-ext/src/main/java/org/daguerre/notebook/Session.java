package org.daguerre.notebook;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
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
            throw new IllegalStateException("there is no comparison yet."
                    + " Begin one: %compare \"a prompt\" --sampler ddim,heun --steps 5,10,20.");
        }
        return comparison;
    }

    /** Lets go of runs and model; the theme stays. */
    void clear() {
        update(now -> new State(null, List.of(), 0, null, null, now.theme()));
    }
}
