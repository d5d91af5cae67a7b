package org.daguerre.sampler;

import java.util.ArrayList;
import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.EulerSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Tensor;

/**
 * Linear multistep, Crowson 2022, k-diffusion (sample_lms): Adams and Bashforth's method on the probability flow ODE of
 * Karras et al. 2022, arXiv 2206.00364, with the derivative interpolated by a polynomial through the last ones.
 *
 * <pre>
 * x / scale    x_i
 * d            the derivative dx/dsigma, newest first
 * sigma        sigma_i, where x = x0 + sigma eps (or straight, for a flow)
 * weight       the integral of the k-th Lagrange polynomial over the step
 * memory       up to order - 1 earlier derivatives and their sigmas
 * </pre>
 *
 * <p>At zero terminal SNR sigma is infinite; that step is an Euler step, and nothing of it is remembered.
 *
 * @param order derivatives used, 1 to 4; fewer in the first steps
 * @param spacing the timesteps
 */
public record Lms(int order, Spacing spacing) implements Sampler {

    private record Past(List<Tensor> d, List<Double> sigma) {}

    public Lms {
        if (order < 1 || order > 4) {
            throw new IllegalArgumentException("order is " + order + ". Give 1 to 4.");
        }
    }

    /** Order 4, linearly spaced timesteps. */
    public Lms() {
        this(4, new EulerSpacing(TimestepSpacing.LINSPACE, 0));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Tensor x = soFar.x();
        Level level = soFar.level();
        Level next = soFar.next();
        Prediction prediction = model.predict(x, level);
        if (level.scale() == 0) {
            Tensor euler = Tensor.combine(next.alpha(), prediction.denoised(), next.sigma(), prediction.noise());
            return new Step(euler, next, List.of(prediction), soFar.noise());
        }
        Past past = soFar.memory(Past.class);
        List<Tensor> d = new ArrayList<>();
        List<Double> sigma = new ArrayList<>();
        d.add(prediction.derivative());
        sigma.add(level.scaledSigma());
        for (int k = 0; past != null && k < past.d().size() && d.size() < order; k++) {
            // no polynomial goes through two derivatives at one sigma
            if (!past.sigma().get(k).equals(sigma.get(0))) {
                d.add(past.d().get(k));
                sigma.add(past.sigma().get(k));
            }
        }
        List<Tensor> terms = new ArrayList<>(d);
        terms.add(x);
        double[] weights = new double[d.size() + 1];
        for (int k = 0; k < d.size(); k++) {
            weights[k] = next.scale() * weight(sigma, k, next.scaledSigma());
        }
        weights[d.size()] = next.scale() / level.scale();
        Tensor moved = Tensor.combine(weights, terms);
        return new Step(moved, next, List.of(prediction), soFar.noise(), new Past(List.copyOf(d), sigma));
    }

    /** By Gauss and Legendre's rule with two points, exact up to degree 3. */
    private static double weight(List<Double> sigma, int k, double to) {
        double half = (to - sigma.get(0)) / 2;
        double middle = (to + sigma.get(0)) / 2;
        double off = half / Math.sqrt(3);
        return half * (lagrange(sigma, k, middle - off) + lagrange(sigma, k, middle + off));
    }

    private static double lagrange(List<Double> sigma, int k, double at) {
        double product = 1;
        for (int j = 0; j < sigma.size(); j++) {
            product *= j == k ? 1 : (at - sigma.get(j)) / (sigma.get(k) - sigma.get(j));
        }
        return product;
    }

    @Override
    public String toString() {
        return order == 4 ? "lms" : "lms, order " + order;
    }
}
