package org.daguerre.sampler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/**
 * What DPM-Solver (Lu et al. 2022, arXiv 2206.00927) and DPM-Solver++ (Lu et al. 2022, arXiv 2211.01095) share: over one
 * interval the linear part of the diffusion ODE or SDE is solved exactly, and the model's answer is expanded in lambda =
 * ln(alpha / sigma).
 *
 * <p>All variants are x' = shrink x - w (E D0 + (E / z - 1) D1 + ((E - z) / z² - 1/2) D2) + noise with E = e^z - 1, where
 *
 * <pre>
 *                     D                z      w            shrink                      noise
 * DPMSOLVER           the noise        h      sigma_t      alpha_t / alpha_s           -
 * DPMSOLVER_PP        the picture     -h      alpha_t      sigma_t / sigma_s           -
 * SDE_DPMSOLVER       the noise        h      2 sigma_t    alpha_t / alpha_s           sigma_t sqrt(e^2h - 1)
 * SDE_DPMSOLVER_PP    the picture     -2h     alpha_t      sigma_t / sigma_s e^-h      sigma_t sqrt(1 - e^-2h)
 * </pre>
 *
 * <p>h is the length of the interval from s to t in lambda; D0, D1, D2 are the answer at its start and h times and h² times
 * its derivatives.
 */
public final class DpmSolver {

    /** What is expanded, and whether noise is added on the way. */
    public enum Algorithm {
        DPMSOLVER("dpmsolver"),
        DPMSOLVER_PP("dpmsolver++"),
        SDE_DPMSOLVER("sde-dpmsolver"),
        SDE_DPMSOLVER_PP("sde-dpmsolver++");

        private final String configName;

        Algorithm(String configName) {
            this.configName = configName;
        }

        /** True if the picture is expanded, false if the noise is. */
        public boolean predictsPicture() {
            return this == DPMSOLVER_PP || this == SDE_DPMSOLVER_PP;
        }

        /** True if noise is added. */
        public boolean isStochastic() {
            return this == SDE_DPMSOLVER || this == SDE_DPMSOLVER_PP;
        }

        /** The name in scheduler_config.json. */
        @Override
        public String toString() {
            return configName;
        }
    }

    /** How the first derivative enters. */
    public enum Derivative {
        /** As if the answer were that at the middle of the interval: E / 2 instead of E / z - 1. */
        MIDPOINT,
        /** Integrated exactly. */
        HEUN
    }

    private DpmSolver() {}

    /** What a solver expands of an answer, after clipping; the noise belongs to the clipped picture. */
    static Tensor expanded(Algorithm algorithm, Clipping clipping, Prediction prediction) {
        if (algorithm.predictsPicture()) {
            return clipping.of(prediction.denoised());
        }
        if (clipping == Clipping.NONE) {
            return prediction.noise();
        }
        Level level = prediction.level();
        Tensor denoised = clipping.of(prediction.denoised());
        return Tensor.combine(1 / level.sigma(), prediction.x(), -level.alpha() / level.sigma(), denoised);
    }

    /** The coefficients over one interval. */
    record Interval(Algorithm algorithm, Level s, Level t) {

        /** Of the state. */
        double shrink() {
            return switch (algorithm) {
                case DPMSOLVER, SDE_DPMSOLVER -> t.alpha() / s.alpha();
                case DPMSOLVER_PP -> t.sigma() / s.sigma();
                case SDE_DPMSOLVER_PP -> t.sigma() / s.sigma() * decay();
            };
        }

        /** Of D0, -w E; written so that it holds where h is infinite. */
        double first() {
            return switch (algorithm) {
                case DPMSOLVER -> t.sigma() - t.alpha() * s.ratio();
                case SDE_DPMSOLVER -> 2 * (t.sigma() - t.alpha() * s.ratio());
                case DPMSOLVER_PP -> t.alpha() * (1 - decay());
                case SDE_DPMSOLVER_PP -> t.alpha() * (1 - decay() * decay());
            };
        }

        /** Of D1. */
        double second(Derivative derivative) {
            double z = z();
            return derivative == Derivative.MIDPOINT ? first() / 2 : z == 0 ? 0 : -w() * (Math.expm1(z) / z - 1);
        }

        /** Of D2. diffusers has the 1/2 of the SDE variant with the wrong sign. */
        double third(Manner manner) {
            double z = z();
            double half = algorithm.isStochastic() && manner == Manner.DIFFUSERS ? -0.5 : 0.5;
            return z == 0 ? 0 : -w() * ((Math.expm1(z) - z) / (z * z) - half);
        }

        /** Of fresh noise. */
        double noise() {
            return switch (algorithm) {
                case DPMSOLVER, DPMSOLVER_PP -> 0;
                case SDE_DPMSOLVER ->
                    Math.sqrt(Math.max(0, Math.pow(t.alpha() * s.ratio(), 2) - t.sigma() * t.sigma()));
                case SDE_DPMSOLVER_PP -> t.sigma() * Math.sqrt(Math.max(0, 1 - decay() * decay()));
            };
        }

        double h() {
            return t.lambda() - s.lambda();
        }

        /**
         * The state at t from x at s.
         *
         * @param weights of the answers, one each at least
         * @param fresh standard normal, or null where no noise is added
         */
        Tensor moved(Tensor x, List<Tensor> answers, double[] weights, Tensor fresh) {
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

        private double decay() {
            return t.ratio() / s.ratio();
        }

        private double z() {
            return switch (algorithm) {
                case DPMSOLVER, SDE_DPMSOLVER -> h();
                case DPMSOLVER_PP -> -h();
                case SDE_DPMSOLVER_PP -> -2 * h();
            };
        }

        private double w() {
            return switch (algorithm) {
                case DPMSOLVER -> t.sigma();
                case SDE_DPMSOLVER -> 2 * t.sigma();
                case DPMSOLVER_PP, SDE_DPMSOLVER_PP -> t.alpha();
            };
        }
    }
}
