package org.daguerre.sampler;

import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.EulerSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Tensor;

/**
 * Euler's method on the probability flow ODE, Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based
 * Generative Models", arXiv 2206.00364, Algorithm 1 without its lines 6 to 8. Written in denoised and noise it is DDIM with
 * eta 0, and the Euler step of a straight flow as well.
 *
 * <pre>
 * x            x_i (times alpha where the schedule preserves variance)
 * denoised     D_theta(x_i; sigma_i)
 * noise        d_i, the derivative dx/dsigma
 * </pre>
 *
 * @param spacing the timesteps
 */
public record Euler(Spacing spacing) implements Sampler {

    /** Linearly spaced timesteps. */
    public Euler() {
        this(new EulerSpacing(TimestepSpacing.LINSPACE, 0));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Level next = soFar.next();
        Prediction prediction = model.predict(soFar.x(), soFar.level());
        Tensor x = Tensor.combine(next.alpha(), prediction.denoised(), next.sigma(), prediction.noise());
        return new Step(x, next, List.of(prediction), soFar.noise());
    }

    @Override
    public String toString() {
        return "euler";
    }
}
