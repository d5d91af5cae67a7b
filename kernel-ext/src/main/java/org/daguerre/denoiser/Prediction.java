package org.daguerre.denoiser;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
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
        if (raw == null || !Arrays.equals(raw.shape(), x.shape())) {
            throw new IllegalArgumentException("the raw output "
                    + (raw == null
                            ? "is null"
                            : "has shape " + Arrays.toString(raw.shape()) + ", the state " + Arrays.toString(x.shape()))
                    + ". Give a tensor of the state's shape.");
        }
        branches = Collections.unmodifiableMap(new LinkedHashMap<>(branches));
    }

    public Prediction(Tensor raw, PredictionType type, Tensor x, Level level) {
        this(raw, type, x, level, Map.of(), null);
    }

    private interface View {
        Tensor of(Tensor raw, Tensor x, Level level);
    }

    /** The estimate of the clean picture, x0. */
    public Tensor denoised() {
        return read("denoised", type::denoised);
    }

    /** The estimate of the noise, eps. */
    public Tensor noise() {
        return read("noise", type::noise);
    }

    /** One's own prediction type may err, and is asked where a sampler runs; the standard ones explain themselves. */
    private Tensor read(String what, View view) {
        Tensor tensor;
        try {
            tensor = view.of(raw, x, level);
        } catch (CancellationException interrupted) {
            throw interrupted;
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            if (type instanceof PredictionType.Standard) {
                throw e;
            }
            String message = e.getMessage();
            throw new IllegalStateException(
                    what + " of prediction type '" + type + "' threw "
                            + e.getClass().getSimpleName() + (message == null ? "" : " (" + message + ")")
                            + ". Mend it, or take another.",
                    e);
        }
        if (tensor == null || !Arrays.equals(tensor.shape(), x.shape())) {
            throw new IllegalStateException(what + " of prediction type '" + type + "' "
                    + (tensor == null
                            ? "is null"
                            : "has shape " + Arrays.toString(tensor.shape()) + ", the state "
                                    + Arrays.toString(x.shape()))
                    + ". Return a tensor of the state's shape.");
        }
        if (!(type instanceof PredictionType.Standard) && !tensor.isFinite()) {
            throw new IllegalStateException(what + " of prediction type '" + type
                    + "' has values that are infinite or not a number. Look for a division by alpha or sigma, which may be"
                    + " 0, or take another.");
        }
        return tensor;
    }

    /** Where the state moves as noise grows: eps - x0 in the flow form, v otherwise. */
    public Tensor velocity() {
        PredictionType velocity = PredictionType.Standard.velocity(level.form());
        return type == velocity ? raw : velocity.raw(denoised(), noise(), level);
    }

    /**
     * Where the state moves in the coordinates of {@link Level#scale}, as {@link Level#scaledSigma} grows: eps, in the flow
     * form eps - x0.
     */
    public Tensor derivative() {
        return level.form() == Form.FLOW ? velocity() : noise();
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
