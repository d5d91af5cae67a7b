package org.daguerre.sampler;

import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.EulerSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * Ancestral sampling with Euler steps, Crowson 2022, k-diffusion (sample_euler_ancestral): an Euler step below the next
 * level, then fresh noise up to it. The noise is that of Song et al. 2020, arXiv 2011.13456, appendix F, so on one grid of
 * levels it is {@link Ddim} with eta 1, and {@link Ddpm} with the posterior's variance.
 *
 * <pre>
 * denoised     D(x; sigma)
 * noise        d, the derivative dx/dsigma
 * sigmaDown    sigma_down, times alpha where the schedule preserves variance
 * sigmaUp      sigma_up, likewise
 * shrink       sigma_{i+1} / sigma_i
 * </pre>
 *
 * @param spacing the timesteps
 */
public record EulerAncestral(Spacing spacing) implements Sampler {

    /** Linearly spaced timesteps. */
    public EulerAncestral() {
        this(new EulerSpacing(TimestepSpacing.LINSPACE, 0));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Level level = soFar.level();
        Level next = soFar.next();
        Prediction prediction = model.predict(soFar.x(), level);
        double shrink = next.ratio() / level.ratio();
        double sigmaDown = next.sigma() * shrink;
        double sigmaUp = next.sigma() * Math.sqrt(Math.max(0, 1 - shrink * shrink));
        Noise.Draw draw = soFar.noise().draw(soFar.x().shape());
        Tensor x = Tensor.combine(
                next.alpha(), prediction.denoised(), sigmaDown, prediction.noise(), sigmaUp, draw.tensor());
        return new Step(x, next, List.of(prediction), draw.after());
    }

    @Override
    public String toString() {
        return "euler-ancestral";
    }
}
