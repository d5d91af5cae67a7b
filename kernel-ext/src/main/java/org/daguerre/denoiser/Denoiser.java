package org.daguerre.denoiser;

import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/** A model that, shown a noisy state, tells noise from picture: all that a sampler knows of it. */
@FunctionalInterface
public interface Denoiser {

    /** Asks the model about the state x, {@code [batch, channels, height, width]}, at its level. */
    Prediction predict(Tensor x, Level level);

    /** One tensor of a state and its level. */
    @FunctionalInterface
    interface Output {
        Tensor of(Tensor x, Level level);
    }

    /** The small form, for exact models and experiments: (x, level) -&gt; x0. */
    static Denoiser of(Output denoised) {
        return of(PredictionType.SAMPLE, denoised);
    }

    /** A model by its raw output of a given type: (x, level) -&gt; raw. */
    static Denoiser of(PredictionType type, Output raw) {
        return (x, level) -> new Prediction(raw.of(x, level), type, x, level);
    }

    /** The same model as a network of another type would say it; its noise is undefined at sigma 0. */
    default Denoiser as(PredictionType type) {
        return (x, level) -> {
            Prediction said = predict(x, level);
            return new Prediction(type.raw(said.denoised(), said.noise(), level), type, x, level);
        };
    }
}
