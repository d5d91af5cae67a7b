package org.daguerre.sampler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.daguerre.sampler.DpmSolver.Derivative;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/**
 * One interval from s to t of an exponential integrator (Lu et al. 2022, arXiv 2206.00927 and 2211.01095; Xue et al. 2023,
 * arXiv 2309.05019): the linear part of the diffusion ODE or SDE is solved exactly, and the model's answer D is integrated in
 * lambda = ln(alpha / sigma), whose length is h. With u = lambda - lambda_t,
 *
 * <pre>
 * x' = shrink x + w (integral of e^(a u) D(u) over u from -h to 0) + noise
 *
 * D             a            w                       shrink                        noise
 * the picture   1 + tau²     (1 + tau²) alpha_t      sigma_t / sigma_s e^(-tau² h)   sigma_t sqrt(1 - e^(-2 tau² h))
 * the noise     -1           -(1 + tau²) sigma_t     alpha_t / alpha_s             tau sigma_t sqrt(e^2h - 1)
 * </pre>
 *
 * @param predictsPicture D is the picture; else the noise
 * @param tau noise on the way: 0 for the ODE, 1 for the reverse SDE
 */
record Interval(boolean predictsPicture, double tau, Level s, Level t) {

    double h() {
        return t.lambda() - s.lambda();
    }

    /** Of the state. */
    double shrink() {
        return predictsPicture ? t.sigma() / s.sigma() * Math.pow(decay(), tau * tau) : t.alpha() / s.alpha();
    }

    /** Of fresh noise. */
    double noise() {
        return predictsPicture
                ? t.sigma() * Math.sqrt(Math.max(0, 1 - Math.pow(decay(), 2 * tau * tau)))
                : tau * Math.sqrt(Math.max(0, Math.pow(t.alpha() * s.ratio(), 2) - t.sigma() * t.sigma()));
    }

    /** Of an answer that stays the same; written so that it holds where h is infinite. */
    double first() {
        double speed = 1 + tau * tau;
        return predictsPicture
                ? t.alpha() * (1 - Math.pow(decay(), speed))
                : speed * (t.sigma() - t.alpha() * s.ratio());
    }

    /** Of h times the answer's derivative at s. */
    double second(Derivative derivative) {
        double z = z();
        return derivative == Derivative.MIDPOINT ? first() / 2 : -w() / a() * (Math.expm1(z) / z - 1);
    }

    /** Of h² times its second derivative. diffusers has the 1/2 of the SDE variant with the wrong sign. */
    double third(Manner manner) {
        double z = z();
        double half = tau > 0 && manner == Manner.DIFFUSERS ? -0.5 : 0.5;
        return -w() / a() * ((Math.expm1(z) - z) / (z * z) - half);
    }

    /** Of answers: the exact integral of the polynomial through them. */
    double[] through(List<Level> levels) {
        int count = levels.size();
        double[] weights = {first()};
        if (count == 1) {
            return weights;
        }
        double[] moments = new double[count];
        moments[0] = first() / w();
        for (int k = 1; k < count; k++) {
            moments[k] = -(Math.exp(z()) * Math.pow(-h(), k) + k * moments[k - 1]) / a();
        }
        double[] u = levels.stream()
                .mapToDouble(level -> level.lambda() - t.lambda())
                .toArray();
        weights = new double[count];
        for (int k = 0; k < count; k++) {
            weights[k] = w() * lagrange(u, k, moments);
        }
        return weights;
    }

    /** The integral of the k-th Lagrange polynomial through u, from those of the powers. */
    private static double lagrange(double[] u, int k, double[] moments) {
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
            sum += powers[p] * moments[p];
        }
        return sum / denominator;
    }

    /**
     * The state at t from x at s; over no way at all x itself.
     *
     * @param weights of the answers, one each
     * @param fresh standard normal, or null where no noise is added
     */
    Tensor moved(Tensor x, List<Tensor> answers, double[] weights, Tensor fresh) {
        if (s.lambda() == t.lambda()) {
            return x;
        }
        int count = answers.size();
        List<Tensor> terms = new ArrayList<>(answers);
        terms.add(x);
        double[] all = Arrays.copyOf(weights, count + (fresh == null ? 1 : 2));
        all[count] = shrink();
        if (fresh != null) {
            terms.add(fresh);
            all[count + 1] = noise();
        }
        return Tensor.combine(all, terms);
    }

    /** e^-h. */
    private double decay() {
        return t.ratio() / s.ratio();
    }

    private double a() {
        return predictsPicture ? 1 + tau * tau : -1;
    }

    private double z() {
        return -a() * h();
    }

    private double w() {
        return (1 + tau * tau) * (predictsPicture ? t.alpha() : -t.sigma());
    }
}
