package org.daguerre.guidance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/**
 * How the answers under several conditions become one: asks the branches it needs and combines their raw outputs. Guidance
 * is written once in this project, as uncond + w (cond - uncond); w = 1 is no guidance.
 */
@FunctionalInterface
public interface Guidance {

    /** No guidance: the conditional branch as it is, nothing else is asked. */
    Guidance NONE = new ClassifierFreeGuidance(1);

    /** The guided prediction at a state. Asking all branches in one call lets the model answer them in one batch. */
    Prediction predict(ConditionalDenoiser model, Tensor x, Level level);

    /** The model under this guidance, as samplers see it. */
    default Denoiser guide(ConditionalDenoiser model) {
        return (x, level) -> predict(model, x, level);
    }

    /** Classifier-free guidance with w = guidanceScale. */
    static Guidance scale(double guidanceScale) {
        return new ClassifierFreeGuidance(guidanceScale);
    }

    /** A rule on two raw outputs. */
    @FunctionalInterface
    interface Rule {
        Tensor combine(Tensor cond, Tensor uncond, Level level);
    }

    /** One's own rule on the raw outputs: {@code Guidance.of((cond, uncond, level) -> ...)}. */
    static Guidance of(Rule rule) {
        return (model, x, level) -> {
            List<Prediction> both =
                    model.predict(x, level, List.of(ConditionalDenoiser.UNCOND, ConditionalDenoiser.COND));
            Prediction uncond = both.get(0);
            Prediction cond = both.get(1);
            Map<String, Tensor> branches = new LinkedHashMap<>();
            branches.put(ConditionalDenoiser.UNCOND, uncond.raw());
            branches.put(ConditionalDenoiser.COND, cond.raw());
            return new Prediction(
                    rule.combine(cond.raw(), uncond.raw(), level),
                    cond.type(),
                    x,
                    level,
                    branches,
                    cond.learnedVariance());
        };
    }
}
