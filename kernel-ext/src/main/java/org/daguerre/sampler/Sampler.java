package org.daguerre.sampler;

import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.DdimSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Tensor;

/**
 * An algorithm that walks from noise to a picture: an immutable value with one pure method. The same trajectory in gives
 * the same step out; what it must remember travels in {@link Step#memory}.
 */
@FunctionalInterface
public interface Sampler {

    /** What a sampler is called that was given no name. */
    String UNNAMED = "own";

    /** The next step. Asks the model as often as the algorithm does. */
    Step next(Denoiser model, Trajectory soFar);

    /** The timesteps it uses unless told otherwise. */
    default Spacing spacing() {
        return new DdimSpacing(TimestepSpacing.LEADING, 0, true, false);
    }

    /** How often it will still ask the model until the run is done. */
    default int callsLeft(Trajectory soFar) {
        return soFar.stepsLeft();
    }

    /** The sampler of a standard name: ddim, euler, dpmpp-2m, ... */
    static Sampler named(String name) {
        return Samplers.named(name);
    }

    /** A rule that asks the model once a step. */
    @FunctionalInterface
    interface Rule {
        /** The state at level {@code next}, from the state x at {@code level} and what the model said about it. */
        Tensor next(Tensor x, Prediction prediction, Level level, Level next);
    }

    /** One's own sampler with one call a step: {@code Sampler.of("mine", (x, p, level, next) -> ...)}. */
    static Sampler of(String name, Rule rule) {
        record Named(String name, Rule rule) implements Sampler {
            @Override
            public Step next(Denoiser model, Trajectory soFar) {
                Level level = soFar.level();
                Level next = soFar.next();
                Prediction prediction = model.predict(soFar.x(), level);
                return new Step(
                        rule.next(soFar.x(), prediction, level, next), next, List.of(prediction), soFar.noise());
            }

            @Override
            public String toString() {
                return name;
            }
        }
        return new Named(name, rule);
    }

    /** One's own sampler without a name; in a notebook it goes by that of its variable. */
    static Sampler of(Rule rule) {
        return of(UNNAMED, rule);
    }
}
