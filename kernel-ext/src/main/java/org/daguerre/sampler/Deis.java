package org.daguerre.sampler;

import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.DpmSpacing;
import org.daguerre.schedule.FinalSigma;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Tensor;

/**
 * DEIS in log-rho, Zhang and Chen 2022, "Fast Sampling of Diffusion Models with Exponential Integrator", arXiv 2204.13902,
 * section 4: the noise as a polynomial in ln rho = -lambda through the last answers, integrated over rho = sigma / alpha. One
 * call a step.
 *
 * <pre>
 * noise        epsilon_theta and up to order - 1 earlier ones, newest first
 * interval     the integral of the polynomial over the step
 * </pre>
 *
 * <p>At zero terminal SNR rho is infinite; that step is an Euler step, and nothing of it is remembered.
 *
 * @param order answers used, 1 to 3; fewer in the first steps
 * @param lowerOrderFinal the last two of fewer than 15 steps are of lower order, as diffusers has it; a last step to sigma 0
 *     always is first order
 * @param clipping what keeps the picture within its range; the noise is derived anew from it
 * @param spacing the timesteps
 */
public record Deis(int order, boolean lowerOrderFinal, Clipping clipping, Spacing spacing) implements Sampler {

    private static final int FEW_STEPS = 15;

    public Deis {
        if (order < 1 || order > 3) {
            throw new IllegalArgumentException("solver_order is " + order + ". Give 1, 2 or 3.");
        }
    }

    /** Order 2, linearly spaced timesteps, ending at the level of timestep 0. */
    public Deis() {
        this(2, true, Clipping.NONE, new DpmSpacing(TimestepSpacing.LINSPACE, 0, FinalSigma.SIGMA_MIN));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Tensor x = soFar.x();
        Level level = soFar.level();
        Level next = soFar.next();
        Prediction prediction = model.predict(x, level);
        if (level.alpha() == 0) {
            Tensor euler = Tensor.combine(next.alpha(), prediction.denoised(), next.sigma(), prediction.noise());
            return new Step(euler, next, List.of(prediction), soFar.noise());
        }
        Answers noise = Answers.of(
                DpmSolver.expanded(DpmSolver.Algorithm.DPMSOLVER, clipping, prediction),
                level,
                soFar.memory(Answers.class),
                order - 1);
        int use = Math.min(noise.size(), orderAt(next, soFar.plan().count()));
        Answers used = noise.newest(use);
        Interval interval = DpmSolver.Algorithm.DPMSOLVER.over(level, next);
        Tensor moved = interval.moved(x, used.values(), interval.through(used.levels()), null);
        return new Step(moved, next, List.of(prediction), soFar.noise(), noise);
    }

    private int orderAt(Level next, int count) {
        boolean few = lowerOrderFinal && count < FEW_STEPS;
        if (next.sigma() == 0 || next.isEnd() && few) {
            return 1;
        }
        return few && next.index() == count - 1 ? Math.min(order, 2) : order;
    }

    @Override
    public String toString() {
        return order == 2 ? "deis" : "deis, order " + order;
    }
}
