package org.daguerre.sampler;

import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.LcmSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * Multistep consistency sampling, Song, Dhariwal, Chen and Sutskever 2023, "Consistency Models", arXiv 2303.01469, Algorithm
 * 1: jump to the picture, add noise to the next level, jump again.
 *
 * <pre>
 * denoised     f_theta(x, tau_n), the consistency function with its boundary condition
 * z            fresh noise
 * sigmaMin     epsilon, the level at which the function leaves a state alone
 * </pre>
 *
 * <p>A plan that ends without noise ends at the picture itself.
 *
 * @param noiseScale times z; diffusers' s_noise, 1
 * @param clipping what keeps denoised within its range
 * @param spacing the levels
 */
public record Consistency(double noiseScale, Clipping clipping, Spacing spacing) implements Sampler {

    public Consistency {
        if (!(noiseScale >= 0) || Double.isInfinite(noiseScale)) {
            throw new IllegalArgumentException(
                    "noiseScale is " + noiseScale + ". Give a number of 0 or more, usually 1.");
        }
    }

    /** No clipping, distilled on 50 timesteps; the published models have {@link org.daguerre.schedule.ConsistencySpacing}. */
    public Consistency() {
        this(1, Clipping.NONE, new LcmSpacing(50));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Level next = soFar.next();
        Prediction prediction = model.predict(soFar.x(), soFar.level());
        Tensor denoised = clipping.of(prediction.denoised());
        if (next.isEnd()) {
            return new Step(denoised.times(next.alpha()), next, List.of(prediction), soFar.noise());
        }
        double sigmaMin = soFar.plan().end().ratio();
        double sigma = noiseScale * Math.sqrt(Math.max(0, next.ratio() * next.ratio() - sigmaMin * sigmaMin));
        Noise.Draw draw = soFar.noise().draw(denoised.shape());
        Tensor x = Tensor.combine(next.alpha(), denoised, next.alpha() * sigma, draw.tensor());
        return new Step(x, next, List.of(prediction), draw.after());
    }

    @Override
    public String toString() {
        return "consistency";
    }
}
