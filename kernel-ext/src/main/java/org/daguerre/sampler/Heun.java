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
 * Heun's method on the probability flow ODE, Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based
 * Generative Models", arXiv 2206.00364, Algorithm 1: an Euler step, then the trapezoid of the slopes at its two ends. Two
 * calls a step, one in the last, 2n - 1 in all.
 *
 * <pre>
 * x / scale    x_i
 * d            d_i, the derivative dx/dsigma
 * h            t_{i+1} - t_i, a difference of sigma where x = x0 + sigma eps (or straight, for a flow), times scale
 * kept         what becomes of x / scale by the scale of the next level
 * </pre>
 *
 * <p>At zero terminal SNR sigma is infinite and has no trapezoid; that step is an Euler step.
 *
 * @param clipping what keeps denoised within its range
 * @param spacing the timesteps
 */
public record Heun(Clipping clipping, Spacing spacing) implements Sampler {

    /** No clipping. */
    public Heun(Spacing spacing) {
        this(Clipping.NONE, spacing);
    }

    /** Linearly spaced timesteps. */
    public Heun() {
        this(new EulerSpacing(TimestepSpacing.LINSPACE, 0));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Tensor x = soFar.x();
        Level level = soFar.level();
        Level next = soFar.next();
        Prediction first = model.predict(x, level);
        if (next.sigma() == 0 || level.scale() == 0) {
            Tensor euler = Tensor.combine(next.alpha(), clipping.of(first.denoised()), next.sigma(), first.noise());
            return new Step(euler, next, List.of(first), soFar.noise());
        }
        double kept = next.scale() / level.scale();
        double h = next.scale() * (next.scaledSigma() - level.scaledSigma());
        Tensor d = derivative(first);
        Prediction second = model.predict(Tensor.combine(kept, x, h, d), next);
        Tensor corrected = Tensor.combine(kept, x, h / 2, d, h / 2, derivative(second));
        return new Step(corrected, next, List.of(first, second), soFar.noise());
    }

    private Tensor derivative(Prediction prediction) {
        if (clipping == Clipping.NONE) {
            return prediction.derivative();
        }
        Level level = prediction.level();
        Tensor denoised = clipping.of(prediction.denoised());
        return Tensor.combine(1 / level.sigma(), prediction.x(), -1 / level.scaledSigma(), denoised);
    }

    @Override
    public int callsLeft(Trajectory soFar) {
        return TwoCalls.left(soFar, soFar.level().scale() == 0);
    }

    @Override
    public String toString() {
        return "heun";
    }
}
