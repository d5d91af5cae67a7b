package org.daguerre.guidance;

import java.util.Optional;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/**
 * Classifier-free guidance (Ho and Salimans 2022, arXiv 2207.12598): uncond + w (cond - uncond) on raw outputs. The paper
 * counts from 0 (its w is ours less 1). A model that was distilled under guidance is asked once, at that scale.
 *
 * @param guidanceScale w; 1 is no guidance and asks the conditional branch only, 0 is the unconditional branch
 */
public record ClassifierFreeGuidance(double guidanceScale) implements Guidance {

    private static final int MOST = 1_000;

    public ClassifierFreeGuidance {
        if (!(Math.abs(guidanceScale) <= MOST)) {
            throw new IllegalArgumentException("guidance is " + guidanceScale + ". Give a number from -" + MOST + " to "
                    + MOST + ", usually 1 (none) to 15.");
        }
    }

    @Override
    public Prediction predict(ConditionalDenoiser model, Tensor x, Level level) {
        Optional<ConditionalDenoiser> distilled = model.distilledAt(guidanceScale);
        if (distilled.isPresent()) {
            return distilled.get().predict(x, level, ConditionalDenoiser.COND);
        }
        if (guidanceScale == 1) {
            return model.predict(x, level, ConditionalDenoiser.COND);
        }
        return Guidance.of((cond, uncond, at) -> uncond.plus(guidanceScale, cond.minus(uncond)))
                .predict(model, x, level);
    }

    @Override
    public String toString() {
        return guidanceScale == 1 ? "no guidance" : "guidance " + guidanceScale;
    }
}
