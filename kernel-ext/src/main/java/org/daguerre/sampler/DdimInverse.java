package org.daguerre.sampler;

import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.InverseSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Tensor;

/**
 * DDIM inversion, Song, Meng and Ermon 2020, "Denoising Diffusion Implicit Models", arXiv 2010.02502, section 4.3: DDIM's
 * ordinary differential equation from a picture towards the noise that DDIM turns into it. Starts from a picture, not from
 * noise.
 *
 * <pre>
 * x            x_t
 * denoised     f_theta(x_t)
 * noise        epsilon_theta(x_t), asked with the timestep that the step leads to
 * </pre>
 *
 * <p>The first state has no noise; a model that predicts the picture or is exact cannot tell its noise there, one that
 * predicts epsilon or v can.
 *
 * @param clipping what keeps denoised within its range
 * @param spacing levels that rise, such as {@link InverseSpacing}
 */
public record DdimInverse(Clipping clipping, Spacing spacing) implements Sampler {

    /** No clipping, leading timesteps, beginning without noise. */
    public DdimInverse() {
        this(Clipping.NONE, new InverseSpacing(TimestepSpacing.LEADING, 0, true));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Level next = soFar.next();
        Prediction prediction = model.predict(soFar.x(), soFar.level());
        Tensor denoised = clipping.of(prediction.denoised());
        Tensor x = Tensor.combine(next.alpha(), denoised, next.sigma(), prediction.noise());
        return new Step(x, next, List.of(prediction), soFar.noise());
    }

    @Override
    public String toString() {
        return "ddim-inverse";
    }
}
