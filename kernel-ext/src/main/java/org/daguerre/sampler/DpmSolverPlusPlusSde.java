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
 * DPM-Solver++ (stochastic), Crowson 2022, k-diffusion (sample_dpmpp_sde): Lu et al. 2022, arXiv 2211.01095, Algorithm 1 with
 * an ancestral step to the middle and another over the whole. Two calls a step, one in the last.
 *
 * <pre>
 * x / alpha        x_i
 * sigma            sigma_i = level.ratio, e^-t
 * middle           sigma(s), the geometric mean of sigma_i and sigma_{i+1} (r = 1/2)
 * near, far        Brownian increments from sigma_i to the middle and from there to sigma_{i+1}
 * </pre>
 *
 * <p>The noise over the whole step contains that of its first half: both are increments of one Brownian motion in sigma, two
 * fresh draws a step. k-diffusion takes them from a Brownian tree, which fixes the motion whatever the steps; here another
 * number of steps is another motion.
 *
 * <p>At zero terminal SNR sigma is infinite and has no middle; that step is one of {@link EulerAncestral}.
 *
 * @param spacing the timesteps
 */
public record DpmSolverPlusPlusSde(Spacing spacing) implements Sampler {

    /** Linearly spaced timesteps. */
    public DpmSolverPlusPlusSde() {
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
        Level middle = soFar.plan().schedule().atRatio(Math.sqrt(sigma * next.ratio()));
        Noise.Draw near = soFar.noise().draw(x.shape());
        Noise.Draw far = near.after().draw(x.shape());
        Prediction first = model.predict(x, level);
        Tensor there = ancestral(x, level, middle, first.denoised(), near.tensor());
        Prediction second = model.predict(there, middle);
        // between equal levels there is no motion to divide, and rounding may put the middle a hair outside
        double part =
                sigma > next.ratio() ? Math.min(1, Math.max(0, (sigma - middle.ratio()) / (sigma - next.ratio()))) : 1;
        Tensor whole = Tensor.combine(Math.sqrt(part), near.tensor(), Math.sqrt(1 - part), far.tensor());
        Tensor moved = ancestral(x, level, next, second.denoised(), whole);
        return new Step(moved, next, List.of(first, second), far.after());
    }

    private static Tensor ancestral(Tensor x, Level level, Level to, Tensor denoised, Tensor noise) {
        double down = to.ratio() / level.ratio();
        double shrink = down * down;
        double sigmaUp = to.sigma() * Math.sqrt(Math.max(0, 1 - down * down));
        return Tensor.combine(
                to.alpha() / level.alpha() * shrink, x, to.alpha() * (1 - shrink), denoised, sigmaUp, noise);
    }

    @Override
    public int callsLeft(Trajectory soFar) {
        return TwoCalls.left(soFar, soFar.level().alpha() == 0);
    }

    @Override
    public String toString() {
        return "dpmpp-sde";
    }
}
