package org.daguerre.sampler;

import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.DpmSpacing;
import org.daguerre.schedule.FinalSigma;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * SA-Solver, Xue et al. 2023, "SA-Solver: Stochastic Adams Solver for Fast Sampling of Diffusion Models", arXiv 2309.05019,
 * Algorithms 1 and 2: a predictor and a corrector of Adams type for the diffusion SDE whose noise is tau times that of the
 * reverse SDE. The corrector takes the same noise as the predictor did. One call a step; a trajectory shows the states
 * before their correction.
 *
 * <pre>
 * past.x, past.noise     x_{t_{i-1}}, corrected, and xi, the noise of the interval after it
 * answer, m              x_theta or epsilon_theta, at this level and before it, newest first
 * h                      a difference of lambda = ln(alpha / sigma)
 * linear                 the integral of a derivative of 1 at s
 * </pre>
 *
 * <p>At order 2 the linear term is integrated without its exponential, as diffusers does for few steps' sake.
 *
 * @param predictorOrder 1 to 4; lower in the first steps
 * @param correctorOrder 1 to 4; lower in the first steps
 * @param predictsPicture expand the picture; false expands the noise
 * @param lowerOrderFinal the orders fall towards the end
 * @param tau noise between the timesteps {@code tauFrom} and {@code tauTo}, 0 elsewhere; 1 is the reverse SDE
 * @param tauFrom least timestep with noise
 * @param tauTo largest timestep with noise
 * @param clipping what keeps the picture within its range
 * @param spacing the timesteps
 */
public record SaSolver(
        int predictorOrder,
        int correctorOrder,
        boolean predictsPicture,
        boolean lowerOrderFinal,
        double tau,
        double tauFrom,
        double tauTo,
        Clipping clipping,
        Spacing spacing)
        implements Sampler {

    private static final int MOST = 4;

    /** The interval before: where it began, what was known there, its noise, and the order its end is corrected with. */
    private record Past(Tensor x, Answers m, Tensor noise, int correctorOrder) {}

    public SaSolver {
        if (predictorOrder < 1 || predictorOrder > MOST || correctorOrder < 1 || correctorOrder > MOST) {
            throw new IllegalArgumentException("predictor_order is " + predictorOrder + " and corrector_order "
                    + correctorOrder + ". Give 1 to " + MOST + ".");
        }
        if (!(tau >= 0) || Double.isInfinite(tau)) {
            throw new IllegalArgumentException("tau is " + tau + ". Give a number of 0 (no noise) or more.");
        }
        if (!(tauFrom <= tauTo)) {
            throw new IllegalArgumentException("tau is between the timesteps " + tauFrom + " and " + tauTo
                    + ". Give two timesteps, the second no less than the first.");
        }
    }

    /** Orders 2 and 2 on the picture, tau 1 from timestep 200 to 800, ending at the level of timestep 0. */
    public SaSolver() {
        this(
                2,
                2,
                true,
                true,
                1,
                200,
                800,
                Clipping.NONE,
                new DpmSpacing(TimestepSpacing.LINSPACE, 0, FinalSigma.SIGMA_MIN));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Level level = soFar.level();
        Level next = soFar.next();
        Prediction prediction = model.predict(soFar.x(), level);
        Noise.Draw draw = soFar.noise().draw(soFar.x().shape());
        if (level.alpha() == 0) {
            // the state is all noise, whatever tau: the step is Euler's, and nothing of it is remembered
            Tensor euler = Tensor.combine(next.alpha(), prediction.denoised(), next.sigma(), prediction.noise());
            return new Step(euler, next, List.of(prediction), draw.after());
        }
        var expansion = predictsPicture ? DpmSolver.Algorithm.DPMSOLVER_PP : DpmSolver.Algorithm.DPMSOLVER;
        Tensor answer = DpmSolver.expanded(expansion, clipping, prediction);
        Past past = soFar.memory(Past.class);
        Tensor x = past == null ? soFar.x() : corrected(past, level, answer);

        Answers m = Answers.of(
                answer, level, past == null ? null : past.m(), Math.max(predictorOrder, correctorOrder - 1) - 1);
        int left = lowerOrderFinal && next.index() >= 0 ? next.count() - next.index() + 1 : MOST;
        int predictor = next.sigma() == 0 ? 1 : Math.min(Math.min(predictorOrder, left), m.size());
        int corrector = Math.min(Math.min(correctorOrder, left + 1), m.size() + 1);
        Past now = new Past(x, m, draw.tensor(), corrector);
        Tensor predicted = across(x, level, next, draw.tensor(), m.newest(predictor));
        return new Step(predicted, next, List.of(prediction), draw.after(), now);
    }

    private Tensor corrected(Past past, Level level, Tensor answer) {
        Answers m = Answers.of(answer, level, past.m(), past.correctorOrder() - 1);
        return across(past.x(), past.m().levels().get(0), level, past.noise(), m);
    }

    /** From s to t, through the answers given. */
    private Tensor across(Tensor x, Level s, Level t, Tensor noise, Answers m) {
        double tauHere = s.t() >= tauFrom && s.t() <= tauTo ? tau : 0;
        Interval interval = new Interval(predictsPicture, tauHere, s, t);
        double[] weights = interval.through(m.levels());
        if (m.size() == 2 && predictsPicture) {
            int start = m.levels().get(0).equals(s) ? 0 : 1;
            double h = interval.h();
            double linear = (1 + tauHere * tauHere) * t.alpha() * h * h / 2;
            weights[1 - start] = linear / m.lambdaFrom(s, 1 - start);
            weights[start] = interval.first() - weights[1 - start];
        }
        return interval.moved(x, m.values(), weights, noise);
    }

    @Override
    public String toString() {
        return "sa-solver";
    }
}
