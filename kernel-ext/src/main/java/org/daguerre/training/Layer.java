package org.daguerre.training;

import java.util.List;

/**
 * A differentiable function with parameters, over a batch: row b of an array is what one picture is at this place of the
 * network. {@code backward} follows the {@code forward} that it belongs to and is called once for it: reverse-mode
 * differentiation by hand (Rumelhart, Hinton and Williams 1986).
 */
interface Layer {

    /** The value for every row; what {@code backward} needs is kept. The rows given must not be written to afterwards. */
    float[][] forward(float[][] x);

    /** From the gradient of the loss by the output to that by the input; gradients by the parameters are added to theirs. */
    float[][] backward(float[][] gradient);

    /** What is learned. */
    default List<Parameter> parameters() {
        return List.of();
    }
}
