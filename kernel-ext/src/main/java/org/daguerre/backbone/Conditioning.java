package org.daguerre.backbone;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
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

    /**
     * The point at a fraction of the straight way to another prompt's: 0 is this one, 1 the other. Of prompts of different length
     * both are said over until they are equally long.
     */
    public Conditioning lerp(Conditioning other, double fraction) {
        return between(other, (a, b) -> a.lerp(b, fraction));
    }

    /** The same on the arc of every token's vector, which keeps its length: {@link Tensor#slerp}. */
    public Conditioning slerp(Conditioning other, double fraction) {
        return between(other, (a, b) -> {
            int[] shape = a.shape();
            int dim = shape[shape.length - 1];
            Tensor from = a.reshape(a.size() / dim, dim);
            Tensor to = b.reshape(b.size() / dim, dim);
            return Tensor.concat(IntStream.range(0, a.size() / dim)
                            .mapToObj(row -> from.slice(row).slerp(to.slice(row), fraction))
                            .toArray(Tensor[]::new))
                    .reshape(shape);
        });
    }

    private Conditioning between(Conditioning other, BinaryOperator<Tensor> point) {
        if (!values.keySet().equals(other.values.keySet())) {
            throw new IllegalArgumentException("the conditionings have " + String.join(", ", values.keySet()) + " and "
                    + String.join(", ", other.values.keySet()) + ". Give two of one model.");
        }
        List<Conditioning> both = equallyLong(List.of(this, other));
        Map<String, Tensor> between = new LinkedHashMap<>();
        both.get(0)
                .values
                .forEach((name, value) ->
                        between.put(name, point.apply(value, both.get(1).values.get(name))));
        return new Conditioning(between);
    }

    /** Several in one batch, each repeated for a number of pictures: branch after branch. */
    public static Conditioning batch(List<Conditioning> parts, int pictures) {
        List<Conditioning> equal = equallyLong(parts);
        Map<String, Tensor> batch = new LinkedHashMap<>();
        for (String name : parts.get(0).values.keySet()) {
            batch.put(
                    name,
                    Tensor.concat(equal.stream()
                            .map(part -> repeat(part.values.get(name), pictures))
                            .toArray(Tensor[]::new)));
        }
        return new Conditioning(batch);
    }

    /** What one of a batch is told. */
    Conditioning row(int i) {
        Map<String, Tensor> row = new LinkedHashMap<>(values);
        row.replaceAll((name, value) -> value.slice(i));
        return new Conditioning(row);
    }

    /** Cross-attention to tokens said k times over is attention to the tokens: each has a k-th of its weight, k times. */
    private static List<Conditioning> equallyLong(List<Conditioning> parts) {
        int[] lengths = parts.stream().mapToInt(Conditioning::length).toArray();
        int common = Arrays.stream(lengths).reduce(1, (a, b) -> a / gcd(a, b) * b);
        return parts.stream().map(part -> part.saidOver(common / part.length())).toList();
    }

    private int length() {
        Tensor prompt = values.get(PROMPT);
        return prompt == null ? 1 : prompt.shape()[1];
    }

    private Conditioning saidOver(int times) {
        if (times == 1) {
            return this;
        }
        Map<String, Tensor> longer = new LinkedHashMap<>(values);
        longer.computeIfPresent(PROMPT, (name, tokens) -> {
            int[] shape = tokens.shape();
            return repeat(tokens, times).reshape(1, times * shape[1], shape[2]);
        });
        return new Conditioning(longer);
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
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
