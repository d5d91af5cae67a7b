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
import org.daguerre.tensor.Tensor;

/**
 * DEIS in log-rho, Zhang and Chen 2022, "Fast Sampling of Diffusion Models with Exponential Integrator", arXiv 2204.13902,
 * section 4: the noise as a polynomial in ln rho through the last answers, integrated over rho. One call a step.
 *
 * <pre>
 * x / alpha    the state without its decay
 * noise        epsilon_theta, newest first
 * rho          rho = sigma / alpha
 * weight       the integral of the k-th Lagrange polynomial over the step
 * memory       up to order - 1 earlier answers and their rho
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

    private record Past(List<Tensor> noise, List<Double> rho) {}

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
        Past past = soFar.memory(Past.class);
        List<Tensor> noise = new ArrayList<>();
        List<Double> rho = new ArrayList<>();
        noise.add(DpmSolver.expanded(DpmSolver.Algorithm.DPMSOLVER, clipping, prediction));
        rho.add(level.ratio());
        if (past != null) {
            int kept = Math.min(order - 1, past.noise().size());
            noise.addAll(past.noise().subList(0, kept));
            rho.addAll(past.rho().subList(0, kept));
        }
        int use = Math.min(noise.size(), orderAt(next, soFar.plan().count()));
        List<Tensor> terms = new ArrayList<>(noise.subList(0, use));
        terms.add(x);
        double[] weights = new double[use + 1];
        for (int k = 0; k < use; k++) {
            weights[k] = next.alpha() * weight(rho.subList(0, use), k, next.ratio());
        }
        weights[use] = next.alpha() / level.alpha();
        return new Step(
                Tensor.combine(weights, terms),
                next,
                List.of(prediction),
                soFar.noise(),
                new Past(List.copyOf(noise), List.copyOf(rho)));
    }

    private int orderAt(Level next, int count) {
        boolean few = lowerOrderFinal && count < FEW_STEPS;
        if (next.sigma() == 0 || next.isEnd() && few) {
            return 1;
        }
        return few && next.index() == count - 1 ? Math.min(order, 2) : order;
    }

    /** By the antiderivatives of 1, ln rho and ln² rho. */
    private static double weight(List<Double> rho, int k, double to) {
        double from = rho.get(0);
        if (rho.size() == 1) {
            return to - from;
        }
        double denominator = 1;
        double sum = 0;
        double product = 1;
        for (int j = 0; j < rho.size(); j++) {
            if (j != k) {
                double log = Math.log(rho.get(j));
                denominator *= Math.log(rho.get(k)) - log;
                sum += log;
                product *= log;
            }
        }
        return (antiderivative(rho.size(), sum, product, to) - antiderivative(rho.size(), sum, product, from))
                / denominator;
    }

    private static double antiderivative(int points, double sum, double product, double rho) {
        double log = Math.log(rho);
        return points == 2 ? rho * (log - 1 - sum) : rho * (log * log - 2 * log + 2 - sum * (log - 1) + product);
    }

    @Override
    public String toString() {
        return order == 2 ? "deis" : "deis, order " + order;
    }
}
