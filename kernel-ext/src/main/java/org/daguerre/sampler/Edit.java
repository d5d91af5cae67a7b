package org.daguerre.sampler;

import org.daguerre.tensor.Tensor;

/** A change made to the state after every step: inpainting, a mask, a local blend. */
@FunctionalInterface
public interface Edit {

    /** The state to go on from. Returning {@code step.x()} itself leaves the step alone. */
    Tensor edit(Step step);

    /** The step with its state edited. */
    default Step apply(Step step) {
        Tensor x = edit(step);
        return x == step.x() ? step : step.edited(x);
    }
}
