package org.daguerre.backbone;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.daguerre.tensor.Tensor;

/**
 * What a backbone is told beside the state and its level, by the names of its graph's inputs: {@code encoder_hidden_states},
 * and where they are asked for {@code text_embeds} and {@code time_ids} (SDXL) or {@code pooled_projections} (SD 3, Flux).
 *
 * @param values each of batch 1
 */
public record Conditioning(Map<String, Tensor> values) {

    /** The input that every backbone attends to, {@code [1, tokens, dim]}. */
    public static final String PROMPT = "encoder_hidden_states";

    public Conditioning {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** Prompt embeddings alone, {@code [1, tokens, dim]}: all that Stable Diffusion 1 and 2 are told. */
    public static Conditioning of(Tensor promptEmbeds) {
        return new Conditioning(Map.of(PROMPT, promptEmbeds));
    }

    /** Several in one batch, each repeated for a number of pictures: branch after branch. */
    public static Conditioning batch(List<Conditioning> parts, int pictures) {
        Map<String, Tensor> batch = new LinkedHashMap<>();
        for (String name : parts.get(0).values.keySet()) {
            batch.put(
                    name,
                    Tensor.concat(parts.stream()
                            .map(part -> repeat(part.values.get(name), pictures))
                            .toArray(Tensor[]::new)));
        }
        return new Conditioning(batch);
    }

    static Tensor repeat(Tensor tensor, int times) {
        if (times == 1) {
            return tensor;
        }
        Tensor[] copies = new Tensor[times];
        Arrays.fill(copies, tensor);
        return Tensor.concat(copies);
    }
}
