package org.daguerre.sampler;

import java.util.List;
import java.util.Objects;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * What one step of a sampler did.
 *
 * @param x the state after it
 * @param level the level of that state
 * @param calls what the model was asked and answered, in order; one at least
 * @param noise the random numbers that follow
 * @param memory the sampler's own immutable record for its next step, or null. It must not hold on to earlier records.
 */
public record Step(Tensor x, Level level, List<Prediction> calls, Noise noise, Object memory) {

    public Step {
        if (calls == null || calls.isEmpty() || calls.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("the step has no calls. Give the predictions that it was made from, "
                    + "one or more, such as List.of(prediction).");
        }
        calls = List.copyOf(calls);
    }

    /** A step of a sampler that remembers nothing. */
    public Step(Tensor x, Level level, List<Prediction> calls, Noise noise) {
        this(x, level, calls, noise, null);
    }

    /** What the model answered last. */
    public Prediction prediction() {
        return calls.get(calls.size() - 1);
    }

    /** The model's latest estimate of the clean picture. */
    public Tensor denoised() {
        return prediction().denoised();
    }

    /** The same step with its state changed by hand. The memory goes: a sampler must not argue with the change. */
    public Step edited(Tensor x) {
        return new Step(x, level, calls, noise, null);
    }

    @Override
    public String toString() {
        return String.format(
                java.util.Locale.ROOT,
                "step to %s of %d (t %.4g, alpha %.4f, sigma %.4f), %d call%s: %s",
                level.index() < 0 ? "off the grid" : Integer.toString(level.index()),
                level.count(),
                level.t(),
                level.alpha(),
                level.sigma(),
                calls.size(),
                calls.size() == 1 ? "" : "s",
                x);
    }
}
