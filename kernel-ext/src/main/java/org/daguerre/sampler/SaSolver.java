package org.daguerre.sampler;

import java.util.ArrayList;
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
 * a                      1 + tau², the rate of the exponential in the integral (-1 where the noise is expanded)
 * u                      lambda - lambda_t, from -h to 0
 * moment                 the integral of e^(a u) u^k
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

    /** The interval before: where it began, what was known there, its noise, and the order its end is corrected with. */
    private record Past(Tensor x, List<Tensor> m, List<Level> levels, Tensor noise, int correctorOrder) {}

    public SaSolver {
        if (predictorOrder < 1 || predictorOrder > 4 || correctorOrder < 1 || correctorOrder > 4) {
            throw new IllegalArgumentException("predictor_order is " + predictorOrder + " and corrector_order "
                    + correctorOrder + ". Give 1 to 4.");
        }
        if (!(tau >= 0)) {
            throw new IllegalArgumentException("tau is " + tau + ". Give a number of 0 (no noise) or more.");
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

        List<Tensor> m = new ArrayList<>(List.of(answer));
        List<Level> levels = new ArrayList<>(List.of(level));
        int known = past == null ? 0 : Math.min(past.m().size(), Math.max(predictorOrder, correctorOrder - 1));
        if (past != null) {
            int kept = Math.min(known, Math.max(predictorOrder, correctorOrder - 1) - 1);
            m.addAll(past.m().subList(0, kept));
            levels.addAll(past.levels().subList(0, kept));
        }
        int left = next.index() < 0 ? predictorOrder : next.count() - next.index() + 1;
        int predictor = Math.min(lowerOrderFinal ? Math.min(predictorOrder, left) : predictorOrder, known + 1);
        int corrector = Math.min(lowerOrderFinal ? Math.min(correctorOrder, left + 1) : correctorOrder, known + 2);
        int use = next.sigma() == 0 ? 1 : Math.min(predictor, m.size());
        Past now = new Past(x, List.copyOf(m), List.copyOf(levels), draw.tensor(), corrector);
        Tensor predicted =
                across(x, level, next, tauAt(level), draw.tensor(), m.subList(0, use), levels.subList(0, use));
        return new Step(predicted, next, List.of(prediction), draw.after(), now);
    }

    private Tensor corrected(Past past, Level level, Tensor answer) {
        List<Tensor> m = new ArrayList<>(List.of(answer));
        List<Level> levels = new ArrayList<>(List.of(level));
        int before = Math.min(past.correctorOrder() - 1, past.m().size());
        m.addAll(past.m().subList(0, before));
        levels.addAll(past.levels().subList(0, before));
        Level from = past.levels().get(0);
        return across(past.x(), from, level, tauAt(from), past.noise(), m, levels);
    }

    private double tauAt(Level level) {
        return level.t() >= tauFrom && level.t() <= tauTo ? tau : 0;
    }

    /** From s to t, with the answers given at the levels given. */
    private Tensor across(Tensor x, Level s, Level t, double tau, Tensor noise, List<Tensor> m, List<Level> levels) {
        double decay = t.ratio() / s.ratio();
        double speed = 1 + tau * tau;
        double a = predictsPicture ? speed : -1;
        double weight = predictsPicture ? speed * t.alpha() : -speed * t.sigma();
        double kept = predictsPicture ? Math.pow(decay, tau * tau) * t.sigma() / s.sigma() : t.alpha() / s.alpha();
        double fresh = predictsPicture
                ? t.sigma() * Math.sqrt(Math.max(0, 1 - Math.pow(decay, 2 * tau * tau)))
                : tau * Math.sqrt(Math.max(0, Math.pow(t.alpha() * s.ratio(), 2) - t.sigma() * t.sigma()));
        double whole = predictsPicture ? (1 - Math.pow(decay, a)) / a : 1 / decay - 1;
        int count = m.size();
        double[] weights = new double[count + 2];
        weights[0] = weight * whole;
        if (count > 1) {
            double h = t.lambda() - s.lambda();
            double[] u = levels.stream()
                    .mapToDouble(level -> level.lambda() - t.lambda())
                    .toArray();
            double[] moment = moments(a, h, whole, count);
            if (count == 2 && predictsPicture) {
                moment[1] = h * h / 2 - h * whole;
            }
            for (int k = 0; k < count; k++) {
                weights[k] = weight * integral(u, k, moment);
            }
        }
        weights[count] = kept;
        weights[count + 1] = fresh;
        List<Tensor> terms = new ArrayList<>(m);
        terms.addAll(List.of(x, noise));
        return Tensor.combine(weights, terms);
    }

    private static double[] moments(double a, double h, double whole, int count) {
        double[] moment = new double[count];
        moment[0] = whole;
        double edge = Math.exp(-a * h);
        for (int k = 1; k < count; k++) {
            moment[k] = -edge * Math.pow(-h, k) / a - k / a * moment[k - 1];
        }
        return moment;
    }

    /** Of the k-th Lagrange polynomial through u, from the moments of the powers of u. */
    private static double integral(double[] u, int k, double[] moment) {
        double[] powers = {1};
        double denominator = 1;
        for (int j = 0; j < u.length; j++) {
            if (j != k) {
                double[] times = new double[powers.length + 1];
                for (int p = 0; p < powers.length; p++) {
                    times[p + 1] += powers[p];
                    times[p] -= u[j] * powers[p];
                }
                powers = times;
                denominator *= u[k] - u[j];
            }
        }
        double sum = 0;
        for (int p = 0; p < powers.length; p++) {
            sum += powers[p] * moment[p];
        }
        return sum / denominator;
    }

    @Override
    public String toString() {
        return "sa-solver";
    }
}
