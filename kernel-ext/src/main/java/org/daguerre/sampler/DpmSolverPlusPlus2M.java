package org.daguerre.sampler;

import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.DpmSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Tensor;

/**
 * DPM-Solver++(2M), Lu et al. 2022, "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic Models",
 * arXiv 2211.01095, Algorithm 2: second order from the estimates of this step and the last, one call a step.
 *
 * <pre>
 * x                   x_{i-1}
 * denoised            x_theta(x_{i-1}, t_{i-1})
 * h, r                h_i, r_i, differences of lambda = ln(alpha / sigma) and their quotient
 * extrapolated        D_i
 * next.alpha, .sigma  alpha_{t_i}, sigma_{t_i}
 * shrink              exp(-h_i)
 * </pre>
 *
 * @param lowerOrderFinal the last of fewer than 15 steps is first order, as diffusers has it; a last step to sigma 0
 *     always is
 * @param spacing the timesteps
 */
public record DpmSolverPlusPlus2M(boolean lowerOrderFinal, Spacing spacing) implements Sampler {

    private static final int FEW_STEPS = 15;

    private record Past(Tensor denoised, Level level) {}

    /** Linearly spaced timesteps, first order in the last step. */
    public DpmSolverPlusPlus2M() {
        this(true, new DpmSpacing(TimestepSpacing.LINSPACE, 0, true));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Level level = soFar.level();
        Level next = soFar.next();
        Prediction prediction = model.predict(soFar.x(), level);
        Tensor denoised = prediction.denoised();
        Past past = soFar.memory(Past.class);
        boolean lastOfFew = lowerOrderFinal && next.isEnd() && soFar.plan().count() < FEW_STEPS;

        Tensor extrapolated = denoised;
        if (past != null && next.sigma() > 0 && !lastOfFew) {
            double h = next.lambda() - level.lambda();
            double r = (level.lambda() - past.level().lambda()) / h;
            extrapolated = denoised.plus(0.5 / r, denoised.minus(past.denoised()));
        }
        double shrink = next.ratio() / level.ratio();
        Tensor x = soFar.x().times(next.sigma() / level.sigma()).plus(next.alpha() * (1 - shrink), extrapolated);
        return new Step(x, next, List.of(prediction), soFar.noise(), new Past(denoised, level));
    }

    @Override
    public String toString() {
        return "dpmpp-2m";
    }
}
