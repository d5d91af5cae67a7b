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
 * Multistep consistency sampling, Luo et al. 2023, "Latent Consistency Models", arXiv 2310.04378, Algorithm 3 (appendix):
 * jump to the picture, add noise to the next level, jump again. For models distilled to be consistent.
 *
 * <pre>
 * consistent   f_theta(x_t, t) = c_skip(t) x_t + c_out(t) x_0
 * denoised     predicted x_0
 * SIGMA_DATA   sigma_data
 * scaled       t times timestep_scaling
 * </pre>
 *
 * @param timestepScaling makes c_skip vanish but for the smallest t; 10. Infinite, c_skip is 0 and this is plain renoising:
 *     diffusers' FlowMatchLCM
 * @param clipping what keeps denoised within its range
 * @param spacing the timesteps
 */
public record Lcm(double timestepScaling, Clipping clipping, Spacing spacing) implements Sampler {

    private static final double SIGMA_DATA = 0.5;

    public Lcm {
        if (!(timestepScaling > 0)) {
            throw new IllegalArgumentException(
                    "timestep_scaling is " + timestepScaling + ". Give a number above 0, usually 10.");
        }
    }

    /** Timestep scaling 10, no clipping, distilled on 50 timesteps. */
    public Lcm() {
        this(10, Clipping.NONE, new LcmSpacing(50));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Tensor x = soFar.x();
        Level level = soFar.level();
        Level next = soFar.next();
        Prediction prediction = model.predict(x, level);
        Tensor denoised = clipping.of(prediction.denoised());
        double scaled = level.t() * timestepScaling;
        double norm = Math.hypot(scaled, SIGMA_DATA);
        double cSkip = SIGMA_DATA * SIGMA_DATA / (norm * norm);
        double cOut = Double.isInfinite(norm) ? 1 : scaled / norm;
        Tensor consistent = Tensor.combine(cOut, denoised, cSkip, x);
        if (next.isEnd()) {
            return new Step(consistent, next, List.of(prediction), soFar.noise());
        }
        Noise.Draw draw = soFar.noise().draw(x.shape());
        Tensor noised = Tensor.combine(next.alpha(), consistent, next.sigma(), draw.tensor());
        return new Step(noised, next, List.of(prediction), draw.after());
    }

    @Override
    public String toString() {
        return "lcm";
    }
}
