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
 * Ancestral sampling with DPM-Solver-2 steps, Crowson 2022, k-diffusion (sample_dpm_2_ancestral): the midpoint step of {@link
 * Kdpm2} to sigma_down below the next level, then fresh noise up to it. Two calls a step, one in the last.
 *
 * <pre>
 * x / alpha    x_i
 * d            the derivative dx/dsigma
 * sigma        sigma_i = level.ratio
 * middle       sigma_mid, the geometric mean of sigma_i and sigma_down
 * </pre>
 *
 * <p>At zero terminal SNR sigma is infinite and has no middle; that step is one of {@link EulerAncestral}.
 *
 * @param spacing the timesteps
 */
public record Kdpm2Ancestral(Spacing spacing) implements Sampler {

    /** Linearly spaced timesteps. */
    public Kdpm2Ancestral() {
        this(new EulerSpacing(TimestepSpacing.LINSPACE, 0));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Level level = soFar.level();
        Level next = soFar.next();
        if (next.sigma() == 0 || level.alpha() == 0) {
            return new EulerAncestral(spacing).next(model, soFar);
        }
        Tensor x = soFar.x();
        double sigma = level.ratio();
        double shrink = next.ratio() / sigma;
        double sigmaDown = next.ratio() * shrink;
        double sigmaUp = next.ratio() * Math.sqrt(Math.max(0, 1 - shrink * shrink));
        Prediction first = model.predict(x, level);
        Level middle = soFar.plan().schedule().atRatio(Math.sqrt(sigma * sigmaDown));
        Tensor half = Tensor.combine(
                middle.alpha() / level.alpha(), x, middle.alpha() * (middle.ratio() - sigma), first.noise());
        Prediction second = model.predict(half, middle);
        Noise.Draw draw = soFar.noise().draw(x.shape());
        Tensor moved = Tensor.combine(
                next.alpha() / level.alpha(),
                x,
                next.alpha() * (sigmaDown - sigma),
                second.noise(),
                next.alpha() * sigmaUp,
                draw.tensor());
        return new Step(moved, next, List.of(first, second), draw.after());
    }

    @Override
    public int callsLeft(Trajectory soFar) {
        return TwoCalls.left(soFar, soFar.level().alpha() == 0);
    }

    @Override
    public String toString() {
        return "kdpm2-ancestral";
    }
}
