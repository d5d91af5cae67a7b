package org.daguerre.denoiser;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.daguerre.schedule.Form;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/**
 * What a model said about a state, with all that is needed to read it. {@link #denoised}, {@link #noise} and {@link
 * #velocity} are views of the raw output.
 *
 * @param raw the network's output after guidance, same shape as x
 * @param type what raw stands for
 * @param x the state that the model was asked about
 * @param level the level of that state
 * @param branches raw outputs by condition ("cond", "uncond", ...) that guidance combined; empty without guidance
 * @param learnedVariance the second half of the output of a model that learns its variance, in [-1, 1], or null
 */
public record Prediction(
        Tensor raw, PredictionType type, Tensor x, Level level, Map<String, Tensor> branches, Tensor learnedVariance) {

    public Prediction {
        branches = Collections.unmodifiableMap(new LinkedHashMap<>(branches));
    }

    public Prediction(Tensor raw, PredictionType type, Tensor x, Level level) {
        this(raw, type, x, level, Map.of(), null);
    }

    /** The estimate of the clean picture, x0. */
    public Tensor denoised() {
        double alpha = level.alpha();
        double sigma = level.sigma();
        return switch (type) {
            case EPSILON -> {
                if (alpha == 0) {
                    throw new IllegalStateException(
                            "at zero terminal SNR (alpha = 0) an epsilon prediction says nothing about the"
                                    + " picture. Use a model with prediction_type v_prediction, or a schedule without zero terminal SNR.");
                }
                yield x.plus(-sigma, raw).over(alpha);
            }
            case SAMPLE -> raw;
            case V_PREDICTION -> {
                double r = Math.hypot(alpha, sigma);
                yield x.times(alpha / (r * r)).plus(-sigma / r, raw);
            }
            case FLOW_PREDICTION -> x.plus(-sigma, raw).over(alpha + sigma);
        };
    }

    /** The estimate of the noise, eps. */
    public Tensor noise() {
        double alpha = level.alpha();
        double sigma = level.sigma();
        return switch (type) {
            case EPSILON -> raw;
            case SAMPLE -> x.plus(-alpha, raw).over(sigma);
            case V_PREDICTION -> {
                double r = Math.hypot(alpha, sigma);
                yield x.times(sigma / (r * r)).plus(alpha / r, raw);
            }
            case FLOW_PREDICTION -> x.plus(alpha, raw).over(alpha + sigma);
        };
    }

    /** Where the state moves as noise grows: eps - x0 in the flow form, v otherwise. */
    public Tensor velocity() {
        if (level.form() == Form.FLOW) {
            return type == PredictionType.FLOW_PREDICTION ? raw : noise().minus(denoised());
        }
        double r = Math.hypot(level.alpha(), level.sigma());
        return type == PredictionType.V_PREDICTION
                ? raw
                : noise().times(level.alpha() / r).plus(-level.sigma() / r, denoised());
    }

    /** Another raw output read at another state; everything else stays. PNDM and churn read old answers anew. */
    public Prediction with(Tensor raw, Tensor x, Level level) {
        return new Prediction(raw, type, x, level, branches, learnedVariance);
    }

    /** The same reading of another raw output. */
    public Prediction with(Tensor raw) {
        return with(raw, x, level);
    }

    @Override
    public String toString() {
        return String.format(
                java.util.Locale.ROOT,
                "%s at t %.4g (alpha %.4f, sigma %.4f): %s",
                type,
                level.t(),
                level.alpha(),
                level.sigma(),
                raw);
    }
}
