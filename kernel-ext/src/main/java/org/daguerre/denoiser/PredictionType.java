package org.daguerre.denoiser;

import java.util.Locale;

/** What a network's raw output stands for. Names as in scheduler_config.json. */
public enum PredictionType {
    /** The noise: eps of x = alpha x0 + sigma eps. */
    EPSILON,
    /** The clean picture x0. */
    SAMPLE,
    /** v = (alpha eps - sigma x0) / hypot(alpha, sigma) (Salimans and Ho 2022, arXiv 2202.00512). */
    V_PREDICTION,
    /** The velocity of a straight flow, eps - x0. */
    FLOW_PREDICTION;

    /** epsilon, sample, v_prediction or flow_prediction. */
    public static PredictionType of(String name) {
        for (PredictionType type : values()) {
            if (type.toString().equals(name)) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "prediction_type is '" + name + "'. Give one of: epsilon, sample, v_prediction, flow_prediction.");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
