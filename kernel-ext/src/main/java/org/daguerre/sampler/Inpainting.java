package org.daguerre.sampler;

import java.util.Arrays;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/**
 * Inpainting by replacement, Lugmayr et al. 2022, "RePaint", arXiv 2201.09865, equations (8a) to (8c) without resampling; in
 * latents, Avrahami, Fried and Lischinski 2022, "Blended Latent Diffusion", arXiv 2206.02779. After every step, what the mask
 * keeps is replaced by the known picture at the noise of that step.
 *
 * <pre>
 * x0      x_0, the known picture
 * noise   epsilon, the same at every step
 * mask    1 - m: 1 where the picture is made anew, 0 where it is kept
 * </pre>
 *
 * @param x0 the known picture as a state without noise, {@code [1, channels, height, width]}
 * @param noise standard normal, of the same shape
 * @param mask from 0 (keep) to 1 (make anew), of the same shape
 */
public record Inpainting(Tensor x0, Tensor noise, Tensor mask) implements Edit {

    public Inpainting {
        for (Tensor other : new Tensor[] {noise, mask}) {
            if (!Arrays.equals(x0.shape(), other.shape())) {
                throw new IllegalArgumentException("noise or mask has shape " + Arrays.toString(other.shape()) + ", x0 "
                        + Arrays.toString(x0.shape()) + ". Give all three in one shape.");
            }
        }
    }

    @Override
    public Tensor edit(Step step) {
        Level level = step.level();
        Tensor known = Tensor.combine(level.alpha(), x0, level.sigma(), noise);
        return known.plus(mask.times(step.x().minus(known)));
    }

    @Override
    public String toString() {
        return "inpainting";
    }
}
