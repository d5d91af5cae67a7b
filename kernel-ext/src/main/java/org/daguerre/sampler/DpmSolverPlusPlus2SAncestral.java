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
 * Ancestral sampling with DPM-Solver++(2S) steps, Crowson 2022, k-diffusion (sample_dpmpp_2s_ancestral), after Lu et al. 2022,
 * arXiv 2211.01095, Algorithm 1: a second-order step to sigma_down below the next level, then fresh noise up to it. Two calls
 * a step, one in the last.
 *
 * <pre>
 * x / alpha        x_i
 * sigma            sigma_i = level.ratio, e^-t
 * middle           sigma(s), the geometric mean of sigma_i and sigma_down (r = 1/2)
 * shrink           sigma_down / sigma_i, e^-h
 * </pre>
 *
 * <p>At zero terminal SNR sigma is infinite and has no middle; that step is one of {@link EulerAncestral}.
 *
 * @param spacing the timesteps
 */
public record DpmSolverPlusPlus2SAncestral(Spacing spacing) implements Sampler {

    /** Linearly spaced timesteps. */
    public DpmSolverPlusPlus2SAncestral() {
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
        double down = next.ratio() / sigma;
        double sigmaDown = next.ratio() * down;
        double sigmaUp = next.ratio() * Math.sqrt(Math.max(0, 1 - down * down));
        Prediction first = model.predict(x, level);
        Level middle = soFar.plan().schedule().atRatio(Math.sqrt(sigma * sigmaDown));
        double half = middle.ratio() / sigma;
        Tensor there =
                Tensor.combine(middle.alpha() / level.alpha() * half, x, middle.alpha() * (1 - half), first.denoised());
        Prediction second = model.predict(there, middle);
        double shrink = sigmaDown / sigma;
        Noise.Draw draw = soFar.noise().draw(x.shape());
        Tensor moved = Tensor.combine(
                next.alpha() / level.alpha() * shrink,
                x,
                next.alpha() * (1 - shrink),
                second.denoised(),
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
        return "dpmpp-2s-ancestral";
    }
}
