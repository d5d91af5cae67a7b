package org.daguerre.sampler;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.DpmSpacing;
import org.daguerre.schedule.FinalSigma;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Tensor;

/**
 * UniPC-p, Zhao et al. 2023, "UniPC: A Unified Predictor-Corrector Framework for Fast Sampling of Diffusion Models", arXiv
 * 2302.04867, Algorithms 5 to 8: the answer at the predicted state first corrects that state, then predicts the next. One
 * call a step; a trajectory shows the states before their correction.
 *
 * <pre>
 * past.x, past.level    x-tilde^c_{t_{i-1}}, corrected, and its level
 * answer                x_theta or epsilon_theta at x-tilde_{t_i}
 * m                     answers at the start of the interval and before, newest first
 * h, z                  h_i, lambda across the interval, with the sign of the expansion
 * bh                    B(h): z (B_1) or e^z - 1 (B_2), times the weight of the integral
 * r                     r_1, where the other answer lies in the interval
 * </pre>
 *
 * <p>B(h) matters where two answers are used, one of which may be at the end, with a_1 = 1/2 as in the paper's code. Where
 * there are more the paper's system for a_m says that polynomials are integrated exactly, and B(h) cancels.
 *
 * @param order p, 1 to 4; lower in the first steps
 * @param b how B(h) is chosen
 * @param predictsPicture expand the picture; false expands the noise
 * @param lowerOrderFinal the order falls to 1 towards the end; a last step to sigma 0 always is first order
 * @param withoutCorrector indices of the steps whose result is not corrected
 * @param clipping what keeps the picture within its range
 * @param spacing the timesteps
 */
public record UniPc(
        int order,
        B b,
        boolean predictsPicture,
        boolean lowerOrderFinal,
        Set<Integer> withoutCorrector,
        Clipping clipping,
        Spacing spacing)
        implements Sampler {

    /** Choices of B(h), equation (11). */
    public enum B {
        /** B(h) = h. */
        BH1,
        /** B(h) = e^h - 1. */
        BH2
    }

    /** Everything about the interval before: where it began, what was known there, and with which order it was crossed. */
    private record Past(Tensor x, Answers m, int order) {
        Level level() {
            return m.levels().get(0);
        }
    }

    public UniPc {
        if (order < 1 || order > 4) {
            throw new IllegalArgumentException("solver_order is " + order + ". Give 1 to 4.");
        }
        withoutCorrector = Set.copyOf(withoutCorrector);
    }

    /** B_2 on the picture, with the corrector in every step. */
    public UniPc(int order, boolean lowerOrderFinal, Spacing spacing) {
        this(order, B.BH2, true, lowerOrderFinal, Set.of(), Clipping.NONE, spacing);
    }

    /** Order 2, linearly spaced timesteps, lower order at the end. */
    public UniPc() {
        this(2, true, new DpmSpacing(TimestepSpacing.LINSPACE, 0, FinalSigma.ZERO));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Level level = soFar.level();
        Level next = soFar.next();
        Prediction prediction = model.predict(soFar.x(), level);
        if (level.alpha() == 0 && !predictsPicture) {
            // a state without signal has no noise to expand around: the step is Euler's, and nothing of it is
            // remembered
            Tensor euler = Tensor.combine(next.alpha(), prediction.denoised(), next.sigma(), prediction.noise());
            return new Step(euler, next, List.of(prediction), soFar.noise());
        }
        Tensor answer = DpmSolver.expanded(algorithm(), clipping, prediction);
        Past past = soFar.memory(Past.class);
        boolean corrects = past != null
                && !withoutCorrector.contains(level.index() - 1)
                && (b == B.BH2 || past.level().alpha() > 0);
        Tensor x = corrects ? crossed(past, level, answer) : soFar.x();
        Answers m = Answers.of(answer, level, past == null ? null : past.m(), order - 1);
        int left = next.index() < 0 ? order : next.count() - next.index() + 1;
        int use = next.sigma() == 0 ? 1 : Math.min(m.size(), lowerOrderFinal ? Math.min(order, left) : order);
        Past now = new Past(x, m, use);
        return new Step(crossed(now, next, null), next, List.of(prediction), soFar.noise(), now);
    }

    private DpmSolver.Algorithm algorithm() {
        return predictsPicture ? DpmSolver.Algorithm.DPMSOLVER_PP : DpmSolver.Algorithm.DPMSOLVER;
    }

    /** From the start of an interval to its end: UniP, or UniC where the answer at the end is known. */
    private Tensor crossed(Past from, Level to, Tensor ahead) {
        Interval interval = algorithm().over(from.level(), to);
        List<Tensor> m = new ArrayList<>(from.m().newest(from.order()).values());
        List<Level> levels = new ArrayList<>(from.m().newest(from.order()).levels());
        if (ahead != null) {
            m.add(ahead);
            levels.add(to);
        }
        if (m.size() != 2) {
            return interval.moved(from.x(), m, interval.through(levels), null);
        }
        double r = ahead == null ? from.m().lambdaFrom(from.level(), 1) / interval.h() : 1;
        double z = predictsPicture ? -interval.h() : interval.h();
        double bh = b == B.BH2 ? interval.first() : interval.first() / Math.expm1(z) * z;
        double half = bh / 2 / r;
        return interval.moved(from.x(), m, new double[] {interval.first() - half, half}, null);
    }

    @Override
    public String toString() {
        return order == 2 ? "unipc" : "unipc, order " + order;
    }
}
