package org.daguerre.denoiser;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.daguerre.name.Names;
import org.daguerre.schedule.Form;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/**
 * What a network's raw output stands for: how the clean picture x0 is read from it, and how it is made from picture and
 * noise. A cell can bring its own as a lambda, {@code PredictionType mine = (raw, x, level) -> x0}.
 */
@FunctionalInterface
public interface PredictionType {

    /** The noise: eps of x = alpha x0 + sigma eps. */
    PredictionType EPSILON = Standard.EPSILON;

    /** The clean picture x0. */
    PredictionType SAMPLE = Standard.SAMPLE;

    /** v = (alpha eps - sigma x0) / hypot(alpha, sigma) (Salimans and Ho 2022, arXiv 2202.00512). */
    PredictionType V_PREDICTION = Standard.V_PREDICTION;

    /** The velocity of a straight flow, eps - x0. */
    PredictionType FLOW_PREDICTION = Standard.FLOW_PREDICTION;

    /** The estimate of the clean picture, from a raw output about x at its level. */
    Tensor denoised(Tensor raw, Tensor x, Level level);

    /** The estimate of the noise, eps. */
    default Tensor noise(Tensor raw, Tensor x, Level level) {
        return Tensor.combine(1 / level.sigma(), x, -level.alpha() / level.sigma(), denoised(raw, x, level));
    }

    /**
     * The raw output of a network that sees this picture and this noise: the inverse of {@link #denoised}, and what a network
     * is trained to say.
     *
     * @throws UnsupportedOperationException if the type does not say how
     */
    default Tensor raw(Tensor denoised, Tensor noise, Level level) {
        throw new UnsupportedOperationException(
                "prediction type " + this + " does not say how its raw output is made. Override raw.");
    }

    /** What the network is shown for a state x: x itself, unless the type scales it. */
    default Tensor input(Tensor x, Level level) {
        return x;
    }

    /** The four that scheduler_config.json names. */
    static List<PredictionType> standard() {
        return List.of(Standard.values());
    }

    /** epsilon, sample, v_prediction or flow_prediction. */
    static PredictionType of(String name) {
        return Arrays.stream(Standard.values())
                .filter(type -> type.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("prediction_type is " + Names.quoted(name)
                        + ". Give one of: epsilon, sample, v_prediction, flow_prediction."));
    }

    /**
     * The types of latent and pixel diffusion. Each is linear in picture and noise, so that every conversion is exact where
     * its divisor is not 0; {@link #V_PREDICTION} and {@link #FLOW_PREDICTION} have none that is.
     */
    enum Standard implements PredictionType {
        EPSILON {
            @Override
            public Tensor denoised(Tensor raw, Tensor x, Level level) {
                if (level.alpha() == 0) {
                    throw new IllegalStateException(
                            "at zero terminal SNR (alpha = 0) an epsilon prediction says nothing about the picture. Use"
                                    + " a model with prediction_type v_prediction, or a schedule without zero terminal"
                                    + " SNR.");
                }
                return Tensor.combine(1 / level.alpha(), x, -level.sigma() / level.alpha(), raw);
            }

            @Override
            public Tensor noise(Tensor raw, Tensor x, Level level) {
                return raw;
            }

            @Override
            public Tensor raw(Tensor denoised, Tensor noise, Level level) {
                return noise;
            }
        },
        SAMPLE {
            @Override
            public Tensor denoised(Tensor raw, Tensor x, Level level) {
                return raw;
            }

            @Override
            public Tensor raw(Tensor denoised, Tensor noise, Level level) {
                return denoised;
            }
        },
        V_PREDICTION {
            @Override
            public Tensor denoised(Tensor raw, Tensor x, Level level) {
                double r = Math.hypot(level.alpha(), level.sigma());
                return Tensor.combine(level.alpha() / (r * r), x, -level.sigma() / r, raw);
            }

            @Override
            public Tensor noise(Tensor raw, Tensor x, Level level) {
                double r = Math.hypot(level.alpha(), level.sigma());
                return Tensor.combine(level.sigma() / (r * r), x, level.alpha() / r, raw);
            }

            @Override
            public Tensor raw(Tensor denoised, Tensor noise, Level level) {
                double r = Math.hypot(level.alpha(), level.sigma());
                return Tensor.combine(level.alpha() / r, noise, -level.sigma() / r, denoised);
            }
        },
        FLOW_PREDICTION {
            @Override
            public Tensor denoised(Tensor raw, Tensor x, Level level) {
                double whole = level.alpha() + level.sigma();
                return Tensor.combine(1 / whole, x, -level.sigma() / whole, raw);
            }

            @Override
            public Tensor noise(Tensor raw, Tensor x, Level level) {
                double whole = level.alpha() + level.sigma();
                return Tensor.combine(1 / whole, x, level.alpha() / whole, raw);
            }

            @Override
            public Tensor raw(Tensor denoised, Tensor noise, Level level) {
                return noise.minus(denoised);
            }
        };

        /** The type whose raw output moves the state along its own form. */
        static Standard velocity(Form form) {
            return form == Form.FLOW ? FLOW_PREDICTION : V_PREDICTION;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
