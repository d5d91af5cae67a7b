package org.daguerre.denoiser;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/**
 * A model that can be asked under several conditions at once, its branches: what guidance works on. A text-to-image model
 * answers all branches of a call in one batch.
 */
public interface ConditionalDenoiser {

    /** The prompt's own branch; every model has it. */
    String COND = "cond";

    /** The branch of the empty or negative prompt. */
    String UNCOND = "uncond";

    /** The branches that can be asked. */
    Set<String> branches();

    /** Asks some of the branches about one state; the answers come in the order asked. */
    List<Prediction> predict(Tensor x, Level level, List<String> branches);

    /** One branch alone. */
    default Prediction predict(Tensor x, Level level, String branch) {
        return predict(x, level, List.of(branch)).get(0);
    }

    /**
     * The model at a guidance scale, if it was distilled under guidance and takes the scale as an input (Meng et al. 2023,
     * arXiv 2210.03142): its branch "cond" is then guided already. Empty for any other.
     */
    default Optional<ConditionalDenoiser> distilledAt(double guidanceScale) {
        return Optional.empty();
    }

    /** A model with a single branch, "cond". */
    static ConditionalDenoiser of(Denoiser model) {
        return of(Map.of(COND, model));
    }

    /** A model with an own denoiser for every branch: two networks, or one network under two prompts. */
    static ConditionalDenoiser of(Map<String, Denoiser> models) {
        Map<String, Denoiser> byBranch = new LinkedHashMap<>(models);
        return new ConditionalDenoiser() {
            @Override
            public Set<String> branches() {
                return byBranch.keySet();
            }

            @Override
            public List<Prediction> predict(Tensor x, Level level, List<String> branches) {
                return branches.stream()
                        .map(branch -> model(branch).predict(x, level))
                        .toList();
            }

            private Denoiser model(String branch) {
                Denoiser model = byBranch.get(branch);
                if (model == null) {
                    throw new IllegalArgumentException(
                            "this model has no branch '" + branch + "'. It has: " + String.join(", ", byBranch.keySet())
                                    + "; without \"uncond\" only guidance 1 is possible.");
                }
                return model;
            }
        };
    }
}
