package org.daguerre.sampler;

import java.util.ArrayList;
import java.util.Arrays;
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
 * bh                    B(h): z (B_1) or e^z - 1 (B_2)
 * r                     r_m, where the older answers lie in the interval
 * phi                   phi_k(h) k! / B(h), the right side of the system for rho
 * rho                   a_m, c_m of the paper, the weights of the differences
 * </pre>
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
    private record Past(Tensor x, List<Tensor> m, List<Level> levels, int order) {
        Level level() {
            return levels.get(0);
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

        List<Tensor> m = new ArrayList<>(List.of(answer));
        List<Level> levels = new ArrayList<>(List.of(level));
        for (int k = 0; past != null && k < Math.min(order - 1, past.m().size()); k++) {
            // an answer about pure noise lies infinitely far off in lambda
            if (past.levels().get(k).alpha() > 0) {
                m.add(past.m().get(k));
                levels.add(past.levels().get(k));
            }
        }
        int left = next.index() < 0 ? order : next.count() - next.index() + 1;
        int use = next.sigma() == 0 ? 1 : Math.min(m.size(), lowerOrderFinal ? Math.min(order, left) : order);
        Past now = new Past(x, List.copyOf(m), List.copyOf(levels), use);
        return new Step(crossed(now, next, null), next, List.of(prediction), soFar.noise(), now);
    }

    private DpmSolver.Algorithm algorithm() {
        return predictsPicture ? DpmSolver.Algorithm.DPMSOLVER_PP : DpmSolver.Algorithm.DPMSOLVER;
    }

    /** From the start of an interval to its end: UniP, or UniC where the answer at the end is known. */
    private Tensor crossed(Past from, Level to, Tensor ahead) {
        var interval = new DpmSolver.Interval(algorithm(), from.level(), to);
        int known = from.order() - 1;
        List<Tensor> m = new ArrayList<>(from.m().subList(0, known + 1));
        if (known == 0 && ahead == null) {
            return interval.moved(from.x(), m, new double[] {interval.first()}, null);
        }
        double h = interval.h();
        double z = predictsPicture ? -h : h;
        // first() is -w (e^z - 1), so that -w B(h) is
        double bh = b == B.BH2 ? interval.first() : interval.first() / Math.expm1(z) * z;
        double[] r = new double[known + (ahead == null ? 0 : 1)];
        for (int k = 0; k < known; k++) {
            r[k] = (from.levels().get(k + 1).lambda() - from.level().lambda()) / h;
        }
        if (ahead != null) {
            r[known] = 1;
            m.add(ahead);
        }
        double[] rho = r.length == 1 ? new double[] {0.5} : solve(r, phi(z, r.length));
        double[] weights = new double[r.length + 1];
        for (int k = 0; k < rho.length; k++) {
            weights[k + 1] = bh * rho[k] / r[k];
        }
        // all but the first weigh an answer's difference from the first
        weights[0] = interval.first() - Arrays.stream(weights).sum();
        return interval.moved(from.x(), m, weights, null);
    }

    private double[] phi(double z, int count) {
        double b = this.b == B.BH2 ? Math.expm1(z) : z;
        double[] phi = new double[count];
        double next = Math.expm1(z) / z - 1;
        double factorial = 1;
        for (int k = 0; k < count; k++) {
            phi[k] = next * factorial / b;
            factorial *= k + 2;
            next = next / z - 1 / factorial;
        }
        return phi;
    }

    /** The rho with sum_k rho_k r_k^j = phi_j for all j, by Gauss's elimination. */
    private static double[] solve(double[] r, double[] phi) {
        int n = r.length;
        double[][] a = new double[n][n + 1];
        for (int j = 0; j < n; j++) {
            for (int k = 0; k < n; k++) {
                a[j][k] = Math.pow(r[k], j);
            }
            a[j][n] = phi[j];
        }
        for (int p = 0; p < n; p++) {
            for (int j = 0; j < n; j++) {
                double factor = j == p ? 0 : a[j][p] / a[p][p];
                for (int k = p; factor != 0 && k <= n; k++) {
                    a[j][k] -= factor * a[p][k];
                }
            }
        }
        double[] rho = new double[n];
        for (int k = 0; k < n; k++) {
            rho[k] = a[k][n] / a[k][k];
        }
        return rho;
    }

    @Override
    public String toString() {
        return order == 2 ? "unipc" : "unipc, order " + order;
    }
}
