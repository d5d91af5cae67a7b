package org.daguerre.sampler;

import java.util.List;
import java.util.Locale;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.DdimSpacing;
import org.daguerre.schedule.Form;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * DDPM, Ho, Jain and Abbeel 2020, "Denoising Diffusion Probabilistic Models", arXiv 2006.11239, Algorithm 2 with the
 * posterior of equations (6) and (7).
 *
 * <pre>
 * x            x_t
 * denoised     predicted x_0
 * level.alpha  sqrt(alpha-bar_t)
 * next.alpha   sqrt(alpha-bar_{t-1})
 * alpha, beta  alpha_t, beta_t (over as many timesteps as the step spans)
 * variance     sigma_t squared
 * </pre>
 *
 * @param variance the variance of the added noise
 * @param clipping what keeps denoised within its range
 * @param manner as the paper, the last step adds no noise; as diffusers, only a step from timestep 0 adds none, so that off
 *     leading spacing some noise is left in the picture (much with fixed_large)
 * @param spacing the timesteps
 */
public record Ddpm(Variance variance, Clipping clipping, Manner manner, Spacing spacing) implements Sampler {

    /** Choices for sigma_t squared. */
    public enum Variance {
        /** The variance of the posterior, right for data that is one picture. */
        FIXED_SMALL,
        /** The same, by way of its logarithm. */
        FIXED_SMALL_LOG,
        /** beta_t, right for data that is standard normal. */
        FIXED_LARGE,
        /** The same, by way of its logarithm. diffusers forgets the exponential and answers NaN. */
        FIXED_LARGE_LOG,
        /** As the model says. */
        LEARNED,
        /** Between small and large in the logarithm, as the model says (Nichol and Dhariwal 2021, arXiv 2102.09672, eq. 15). */
        LEARNED_RANGE;

        /** The name in scheduler_config.json. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Posterior variance, no clipping, leading timesteps. */
    public Ddpm() {
        this(
                Variance.FIXED_SMALL,
                Clipping.NONE,
                Manner.PAPER,
                new DdimSpacing(TimestepSpacing.LEADING, 0, true, false));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Tensor x = soFar.x();
        Level level = soFar.level();
        Level next = soFar.next();
        Prediction prediction = model.predict(x, level);
        Tensor denoised = clipping.of(prediction.denoised());

        double noiseBefore = level.sigma() * level.sigma();
        double noiseAfter = next.sigma() * next.sigma();
        // in float32 as torch has it: between neighbouring timesteps beta is the small difference of two numbers near 1
        float alpha = (float) level.alphasCumprod() / (float) next.alphasCumprod();
        double beta = level.form() == Form.PRESERVING ? 1f - alpha : noiseBefore - alpha * noiseAfter;
        double ofPicture = next.alpha() * beta / noiseBefore;
        double ofState = Math.sqrt(alpha) * noiseAfter / noiseBefore;
        if (manner == Manner.PAPER ? noiseAfter == 0 : level.t() == 0) {
            Tensor mean = Tensor.combine(ofPicture, denoised, ofState, x);
            return new Step(mean, next, List.of(prediction), soFar.noise());
        }
        double small = Math.max(noiseAfter / noiseBefore * beta, 1e-20);
        double large = Math.max(beta, 1e-20);
        Noise.Draw draw = soFar.noise().draw(x.shape());
        double deviation = Math.sqrt(
                switch (variance) {
                    case FIXED_SMALL, FIXED_SMALL_LOG -> small;
                    case FIXED_LARGE, FIXED_LARGE_LOG -> large;
                    case LEARNED, LEARNED_RANGE -> 1;
                });
        Tensor fresh = switch (variance) {
            case LEARNED -> draw.tensor().times(learned(prediction).map(Math::sqrt));
            case LEARNED_RANGE -> {
                double low = Math.log(small);
                double high = Math.log(large);
                yield draw.tensor()
                        .times(learned(prediction).map(v -> Math.exp(0.5 * (low + (v + 1) / 2 * (high - low)))));
            }
            default -> draw.tensor();
        };
        Tensor noised = Tensor.combine(ofPicture, denoised, ofState, x, deviation, fresh);
        return new Step(noised, next, List.of(prediction), draw.after());
    }

    private Tensor learned(Prediction prediction) {
        if (prediction.learnedVariance() == null) {
            throw new IllegalArgumentException("variance " + variance + " needs a model that predicts its variance,"
                    + " this one does not. Use fixed_small or fixed_large.");
        }
        return prediction.learnedVariance();
    }

    @Override
    public String toString() {
        return "ddpm";
    }
}
