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
            Tensor euler = first.denoised().times(next.alpha()).plus(next.sigma(), first.noise());
            return new Step(euler, next, List.of(first), soFar.noise());
        }
        double sigma = level.scaledSigma();
        Level middle = soFar.plan().schedule().atScaledSigma(Math.sqrt(sigma * next.scaledSigma()));
        Tensor half = x.over(level.scale()).plus(middle.scaledSigma() - sigma, derivative(first));
        Prediction second = model.predict(half.times(middle.scale()), middle);
        Tensor moved = x.over(level.scale()).plus(next.scaledSigma() - sigma, derivative(second));
        return new Step(moved.times(next.scale()), next, List.of(first, second), soFar.noise());
    }

    private static Tensor derivative(Prediction prediction) {
        Level level = prediction.level();
        return prediction.x().over(level.scale()).minus(prediction.denoised()).over(level.scaledSigma());
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
