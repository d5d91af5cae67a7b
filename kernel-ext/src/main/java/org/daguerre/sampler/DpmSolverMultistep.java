package org.daguerre.sampler;

import java.util.Arrays;
import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.sampler.DpmSolver.Algorithm;
import org.daguerre.sampler.DpmSolver.Derivative;
import org.daguerre.schedule.DpmSpacing;
import org.daguerre.schedule.FinalSigma;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * DPM-Solver++(2M), Lu et al. 2022, "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic Models", arXiv
 * 2211.01095, Algorithm 2, its third-order and SDE variants (section 5), and DPM-Solver's multistep form: derivatives from
 * the answers of the last steps, one call a step.
 *
 * <pre>
 * x                x_{i-1}
 * d0, answers      x_theta or epsilon_theta at t_{i-1}, and before it, newest first
 * near, far        what multiplies the differences of the newest two answers and of the two before
 * interval.h       h_i, a difference of lambda = ln(alpha / sigma)
 * r0, r1           r_i, the intervals before in units of h
 * memory           the answers of up to two steps before, newest first
 * </pre>
 *
 * @param algorithm what is expanded, and whether noise is added
 * @param order 1 to 3; lower in the first steps
 * @param derivative how the first derivative enters at order 2
 * @param lowerOrderFinal the last two of fewer than 15 steps are of lower order, as diffusers has it; a last step to sigma 0
 *     always is first order
 * @param eulerAtFinal the last step is first order whatever their number
 * @param clipping what keeps the picture within its range
 * @param manner matters at order 3: diffusers takes half of the
 *     second derivative, which leaves the method at order 2; its SDE variant also has a sign wrong
 * @param spacing the timesteps
 */
public record DpmSolverMultistep(
        Algorithm algorithm,
        int order,
        Derivative derivative,
        boolean lowerOrderFinal,
        boolean eulerAtFinal,
        Clipping clipping,
        Manner manner,
        Spacing spacing)
        implements Sampler {

    private static final int FEW_STEPS = 15;

    public DpmSolverMultistep {
        if (order < 1 || order > 3) {
            throw new IllegalArgumentException("solver_order is " + order + ". Give 1, 2 or 3.");
        }
        if (algorithm == Algorithm.SDE_DPMSOLVER && order == 3) {
            throw new IllegalArgumentException(
                    "algorithm_type sde-dpmsolver has no third order. Give solver_order 1 or 2, or sde-dpmsolver++.");
        }
    }

    /** Midpoint, lower order at the end, linearly spaced timesteps. */
    public DpmSolverMultistep(Algorithm algorithm, int order) {
        this(
                algorithm,
                order,
                Derivative.MIDPOINT,
                true,
                false,
                Clipping.NONE,
                Manner.PAPER,
                new DpmSpacing(TimestepSpacing.LINSPACE, 0, FinalSigma.ZERO));
    }

    /** DPM-Solver++(2M). */
    public DpmSolverMultistep() {
        this(Algorithm.DPMSOLVER_PP, 2);
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Level level = soFar.level();
        Level next = soFar.next();
        Prediction prediction = model.predict(soFar.x(), level);
        if (level.alpha() == 0 && !algorithm.predictsPicture()) {
            // a state without signal has no noise to expand around: the step is Euler's, and nothing of it is
            // remembered
            Tensor euler = Tensor.combine(next.alpha(), prediction.denoised(), next.sigma(), prediction.noise());
            return new Step(euler, next, List.of(prediction), soFar.noise());
        }
        Tensor d0 = DpmSolver.expanded(algorithm, clipping, prediction);
        Answers answers = Answers.of(d0, level, soFar.memory(Answers.class), order - 1);
        Interval interval = algorithm.over(level, next);
        int use = Math.min(answers.size(), orderAt(next, soFar.plan().count()));
        double r0 = use < 2 ? 0 : -answers.lambdaFrom(level, 1) / interval.h();
        double near = 0;
        double far = 0;
        if (use == 2) {
            near = interval.second(derivative) / r0;
        } else if (use == 3) {
            double r1 = -answers.lambdaFrom(answers.levels().get(1), 2) / interval.h();
            double curvature = manner == Manner.PAPER ? 2 : 1;
            double first = interval.second(Derivative.HEUN);
            double bend = first * (r0 / (r0 + r1)) + interval.third(manner) * (curvature / (r0 + r1));
            near = (first + bend) / r0;
            far = -bend / r1;
        }
        double[] weights = Arrays.copyOf(new double[] {interval.first() + near, far - near, -far}, use);
        List<Tensor> used = answers.newest(use).values();
        if (!algorithm.isStochastic()) {
            Tensor x = interval.moved(soFar.x(), used, weights, null);
            return new Step(x, next, List.of(prediction), soFar.noise(), answers);
        }
        Noise.Draw draw = soFar.noise().draw(d0.shape());
        Tensor x = interval.moved(soFar.x(), used, weights, draw.tensor());
        return new Step(x, next, List.of(prediction), draw.after(), answers);
    }

    private int orderAt(Level next, int count) {
        boolean few = lowerOrderFinal && count < FEW_STEPS;
        if (next.sigma() == 0 || next.isEnd() && (eulerAtFinal || few)) {
            return 1;
        }
        return few && next.index() == count - 1 ? Math.min(order, 2) : order;
    }

    @Override
    public String toString() {
        return (algorithm.predictsPicture() ? "dpmpp-" : "dpm-") + order + "m"
                + (algorithm.isStochastic() ? "-sde" : "")
                + (derivative == Derivative.HEUN && order == 2 ? ", heun" : "");
    }
}
