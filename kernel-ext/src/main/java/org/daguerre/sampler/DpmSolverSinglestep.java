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
import org.daguerre.schedule.Plan;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * DPM-Solver-2 and -3, Lu et al. 2022, arXiv 2206.00927, Algorithms 1 and 2, and DPM-Solver++(2S), arXiv 2211.01095,
 * Algorithm 1: blocks of as many steps as the order, of which each goes over the whole block so far with one order more. The
 * grid's own levels are the intermediate ones. One call a step.
 *
 * <pre>
 * block            where the block began: its state and level s, and the answers in it
 * d0, d1, d2       the answer at s and h and h² times its derivatives
 * h                the length of the block so far, a difference of lambda = ln(alpha / sigma)
 * r0, r1           where the newest answer and the one before lie in it
 * </pre>
 *
 * @param algorithm what is expanded, and whether noise is added
 * @param order 1 to 3
 * @param derivative how the derivatives enter
 * @param lowerOrderFinal blocks shrink where they do not fit; without it the number of steps must be a multiple of the order
 * @param clipping what keeps the picture within its range
 * @param manner matters to the SDE variant of order 3 alone
 * @param spacing the timesteps
 */
public record DpmSolverSinglestep(
        Algorithm algorithm,
        int order,
        Derivative derivative,
        boolean lowerOrderFinal,
        Clipping clipping,
        Manner manner,
        Spacing spacing)
        implements Sampler {

    private record Block(Tensor x, Answers answers) {
        Level start() {
            return answers.levels().get(answers.size() - 1);
        }
    }

    public DpmSolverSinglestep {
        if (order < 1 || order > 3) {
            throw new IllegalArgumentException("solver_order is " + order + ". Give 1, 2 or 3.");
        }
        if (algorithm == Algorithm.SDE_DPMSOLVER) {
            throw new IllegalArgumentException("algorithm_type sde-dpmsolver has no singlestep form."
                    + " Give dpmsolver, dpmsolver++ or sde-dpmsolver++.");
        }
    }

    /** Midpoint, lower order at the end, linearly spaced timesteps. */
    public DpmSolverSinglestep(Algorithm algorithm, int order) {
        this(
                algorithm,
                order,
                Derivative.MIDPOINT,
                true,
                Clipping.NONE,
                Manner.PAPER,
                new DpmSpacing(TimestepSpacing.LINSPACE, 0, FinalSigma.ZERO));
    }

    /** DPM-Solver++(2S). */
    public DpmSolverSinglestep() {
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
        Tensor answer = DpmSolver.expanded(algorithm, clipping, prediction);
        Block before = soFar.memory(Block.class);
        boolean begins =
                before == null || before.start().alpha() == 0 || begins(level.index(), soFar.plan(), next.sigma() == 0);
        Block block = begins
                ? new Block(soFar.x(), Answers.of(answer, level, null, 0))
                : new Block(before.x(), Answers.of(answer, level, before.answers(), order - 1));
        if (!algorithm.isStochastic()) {
            return new Step(over(block, next, null), next, List.of(prediction), soFar.noise(), block);
        }
        Noise.Draw draw = soFar.noise().draw(answer.shape());
        return new Step(over(block, next, draw.tensor()), next, List.of(prediction), draw.after(), block);
    }

    private Tensor over(Block block, Level next, Tensor fresh) {
        Level s = block.start();
        Answers answers = block.answers();
        Interval interval = algorithm.over(s, next);
        int use = answers.size();
        double[] weights = new double[use];
        if (use > 1) {
            double r0 = answers.lambdaFrom(s, 0) / interval.h();
            double first = interval.second(use == 2 ? derivative : Derivative.HEUN);
            if (use == 2 || derivative == Derivative.MIDPOINT) {
                weights[0] = first / r0;
            } else {
                double r1 = answers.lambdaFrom(s, 1) / interval.h();
                double second = 2 * interval.third(manner);
                weights[1] = (first * r0 - second) / (r0 - r1) / r1;
                weights[0] = (second - first * r1) / (r0 - r1) / r0;
            }
        }
        // all but that at s weigh an answer's difference from it
        weights[use - 1] = interval.first() - Arrays.stream(weights).sum();
        return interval.moved(block.x(), answers.values(), weights, fresh);
    }

    /** Whether a block begins at an index; off the grid, each step is a block. */
    private boolean begins(int index, Plan plan, boolean toPicture) {
        int count = plan.count();
        boolean fits = count % order == 0;
        boolean shrinks = lowerOrderFinal || !fits || plan.end().sigma() == 0;
        boolean alone = fits && shrinks && index >= count - (order == 2 ? 2 : 1);
        return toPicture || alone || index < 0 || index % order == 0;
    }

    @Override
    public String toString() {
        return (algorithm.predictsPicture() ? "dpmpp-" : "dpm-") + order + "s"
                + (algorithm.isStochastic() ? "-sde" : "")
                + (derivative == Derivative.HEUN && order > 1 ? ", heun" : "");
    }
}
