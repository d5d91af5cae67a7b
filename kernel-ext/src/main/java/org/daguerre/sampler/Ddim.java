package org.daguerre.sampler;

import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.DdimSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * DDIM, Song, Meng and Ermon 2020, "Denoising Diffusion Implicit Models", arXiv 2010.02502, equations (12) and (16).
 *
 * <pre>
 * x            x_t
 * denoised     predicted x_0, f_theta(x_t)
 * noise        epsilon_theta(x_t)
 * level.alpha  sqrt(alpha_t)       (the paper's alpha is alpha-bar)
 * level.sigma  sqrt(1 - alpha_t)
 * sigmaUp      sigma_t(eta), by equation (16) in the ratios of noise to signal, which holds for a flow as well
 * </pre>
 *
 * @param eta 0 is deterministic, 1 has DDPM's noise
 * @param clipping what keeps denoised within its range
 * @param noiseOfClipped derive the noise anew from the clipped picture; false keeps the model's, as diffusers by default
 * @param spacing the timesteps
 */
public record Ddim(double eta, Clipping clipping, boolean noiseOfClipped, Spacing spacing) implements Sampler {

    public Ddim {
        if (!(eta >= 0 && eta <= 1)) {
            throw new IllegalArgumentException("eta is " + eta + ". Give a number from 0 (no noise) to 1.");
        }
    }

    /** The model's own noise beside the clipped picture. */
    public Ddim(double eta, Clipping clipping, Spacing spacing) {
        this(eta, clipping, false, spacing);
    }

    /** eta 0, no clipping, leading timesteps. */
    public Ddim() {
        this(0, Clipping.NONE, new DdimSpacing(TimestepSpacing.LEADING, 0, true, true));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Tensor x = soFar.x();
        Level level = soFar.level();
        Level next = soFar.next();
        Prediction prediction = model.predict(x, level);
        Tensor denoised = clipping.of(prediction.denoised());
        Tensor noise = noiseOfClipped
                ? Tensor.combine(1 / level.sigma(), x, -level.alpha() / level.sigma(), denoised)
                : prediction.noise();
        if (eta == 0) {
            Tensor deterministic = Tensor.combine(next.alpha(), denoised, next.sigma(), noise);
            return new Step(deterministic, next, List.of(prediction), soFar.noise());
        }
        double shrink = next.ratio() / level.ratio();
        double sigmaUp = eta * next.sigma() * Math.sqrt(Math.max(0, 1 - shrink * shrink));
        double sigmaDown = Math.sqrt(next.sigma() * next.sigma() - sigmaUp * sigmaUp);
        Noise.Draw draw = soFar.noise().draw(x.shape());
        Tensor noised = Tensor.combine(next.alpha(), denoised, sigmaDown, noise, sigmaUp, draw.tensor());
        return new Step(noised, next, List.of(prediction), draw.after());
    }

    @Override
    public String toString() {
        return eta == 0 ? "ddim" : "ddim, eta " + eta;
    }
}
