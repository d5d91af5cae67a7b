package org.daguerre.sampler;

import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/**
 * What DPM-Solver (Lu et al. 2022, arXiv 2206.00927) and DPM-Solver++ (Lu et al. 2022, arXiv 2211.01095) share: over one
 * {@link Interval} the linear part of the diffusion ODE or SDE is solved exactly, and the model's answer is expanded in lambda
 * = ln(alpha / sigma).
 *
 * <p>All variants are x' = shrink x - v (E D0 + (E / z - 1) D1 + ((E - z) / z² - 1/2) D2) + noise with E = e^z - 1, where
 *
 * <pre>
 *                     D                z      v            shrink                      noise
 * DPMSOLVER           the noise        h      sigma_t      alpha_t / alpha_s           -
 * DPMSOLVER_PP        the picture     -h      alpha_t      sigma_t / sigma_s           -
 * SDE_DPMSOLVER       the noise        h      2 sigma_t    alpha_t / alpha_s           sigma_t sqrt(e^2h - 1)
 * SDE_DPMSOLVER_PP    the picture     -2h     alpha_t      sigma_t / sigma_s e^-h      sigma_t sqrt(1 - e^-2h)
 * </pre>
 *
 * <p>h is the length of the interval from s to t in lambda; D0, D1, D2 are the answer at its start and h and h² times
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

        Interval over(Level s, Level t) {
            return new Interval(predictsPicture(), isStochastic() ? 1 : 0, s, t);
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
}
