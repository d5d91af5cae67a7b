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
 * dNext        d'_i, the derivative at the end of the Euler step
 * sigma        t_i, in coordinates where x = x0 + sigma eps (or straight, for a flow)
 * </pre>
 *
 * <p>At zero terminal SNR sigma is infinite and has no trapezoid; that step is an Euler step.
 *
 * @param spacing the timesteps
 */
public record Heun(Spacing spacing) implements Sampler {

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
        Tensor euler = first.denoised().times(next.alpha()).plus(next.sigma(), first.noise());
        if (next.sigma() == 0 || level.scale() == 0) {
            return new Step(euler, next, List.of(first), soFar.noise());
        }
        Prediction second = model.predict(euler, next);
        double sigma = level.sigma() / level.scale();
        double sigmaNext = next.sigma() / next.scale();
        Tensor d = derivative(first, x, level);
        Tensor dNext = derivative(second, euler, next);
        Tensor corrected = x.over(level.scale()).plus(0.5 * (sigmaNext - sigma), d.plus(dNext));
        return new Step(corrected.times(next.scale()), next, List.of(first, second), soFar.noise());
    }

    private static Tensor derivative(Prediction prediction, Tensor x, Level level) {
        return x.over(level.scale()).minus(prediction.denoised()).over(level.sigma() / level.scale());
    }

    @Override
    public int callsLeft(Trajectory soFar) {
        int steps = soFar.stepsLeft();
        boolean eulerFirst = steps > 1 && soFar.level().scale() == 0;
        return 2 * steps - (soFar.plan().end().sigma() == 0 && steps > 0 ? 1 : 0) - (eulerFirst ? 1 : 0);
    }

    @Override
    public String toString() {
        return "heun";
    }
}
