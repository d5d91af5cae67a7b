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
 * DPM-Solver-2 in the coordinates of Karras et al. 2022, arXiv 2206.00364, Crowson 2022, k-diffusion (sample_dpm_2; diffusers'
 * KDPM2): the derivative in the middle of the step, in ln sigma, leads over all of it. Two calls a step, one in the last, 2n
 * - 1 in all.
 *
 * <pre>
 * x / scale    x_i
 * d            the derivative dx/dsigma
 * middle       sigma_mid, the geometric mean of sigma_i and sigma_{i+1}
 * </pre>
 *
 * <p>At zero terminal SNR sigma is infinite and has no middle; that step is an Euler step.
 *
 * @param spacing the timesteps
 */
public record Kdpm2(Spacing spacing) implements Sampler {

    /** Linearly spaced timesteps. */
    public Kdpm2() {
        this(new EulerSpacing(TimestepSpacing.LINSPACE, 0));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Tensor x = soFar.x();
        Level level = soFar.level();
        Level next = soFar.next();
        Prediction first = model.predict(x, level);
        if (next.sigma() == 0 || level.scale() == 0) {
            Tensor euler = Tensor.combine(next.alpha(), first.denoised(), next.sigma(), first.noise());
            return new Step(euler, next, List.of(first), soFar.noise());
        }
        double middleSigma = Math.sqrt(level.scaledSigma() * next.scaledSigma());
        Level middle = soFar.plan().schedule().atScaledSigma(middleSigma);
        Prediction second = model.predict(moved(x, level, middle, first.derivative()), middle);
        return new Step(moved(x, level, next, second.derivative()), next, List.of(first, second), soFar.noise());
    }

    private static Tensor moved(Tensor x, Level level, Level to, Tensor d) {
        double h = to.scaledSigma() - level.scaledSigma();
        return Tensor.combine(to.scale() / level.scale(), x, to.scale() * h, d);
    }

    @Override
    public int callsLeft(Trajectory soFar) {
        return TwoCalls.left(soFar, soFar.level().scale() == 0);
    }

    @Override
    public String toString() {
        return "kdpm2";
    }
}
