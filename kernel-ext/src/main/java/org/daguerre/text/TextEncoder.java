package org.daguerre.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.ModelException;
import org.daguerre.onnx.OnnxGraph;
import org.daguerre.onnx.OnnxModel;
import org.daguerre.onnx.Port;
import org.daguerre.tensor.Tensor;

/**
 * Turns a prompt into what the denoiser attends to: {@code input_ids [1, tokens]} to {@code last_hidden_state [1, tokens,
 * dim]}, and what else the graph shows. CLIP's pools its tokens, T5's does not.
 */
public final class TextEncoder implements AutoCloseable {

    private static final String IDS = "input_ids";
    private static final Set<String> SAME_IDS = Set.of("Cast", "Identity", "Reshape", "Unsqueeze");
    private static final String LAST = "last_hidden_state";
    private static final String LAYER = "hidden_states.";
    private static final String PROJECTED = "text_embeds";
    private static final String POOLED = "pooler_output";

    /**
     * What an encoder says of a prompt.
     *
     * @param lastHiddenState of the last layer, {@code [1, tokens, dim]}
     * @param penultimate of the layer before the last, {@code [1, tokens, dim]}; empty if the graph does not show it
     * @param pooled one vector for the whole prompt, {@code [1, dim]}; empty if the encoder does not pool
     */
    public record Encoding(Tensor lastHiddenState, Optional<Tensor> penultimate, Optional<Tensor> pooled) {}

    private final OnnxModel model;
    private final Tokenizer tokenizer;
    private final Optional<String> penultimate;
    private final Optional<String> pooled;

    private TextEncoder(OnnxModel model, Tokenizer tokenizer) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.penultimate = penultimate(model);
        this.pooled = List.of(PROJECTED, POOLED).stream()
                .filter(name -> model.outputs().containsKey(name))
                .findFirst();
    }

    /** The layers are numbered from the embedding to the last. */
    private static Optional<String> penultimate(OnnxModel model) {
        List<String> layers = model.outputs().keySet().stream()
                .filter(name -> name.matches("hidden_states\\.\\d{1,3}"))
                .sorted(Comparator.comparingInt(name -> Integer.parseInt(name.substring(LAYER.length()))))
                .toList();
        return layers.size() < 2 ? Optional.empty() : Optional.of(layers.get(layers.size() - 2));
    }

    /**
     * Loads a text encoder and checks that it takes what the tokenizer gives.
     *
     * @throws ModelException if the file is no text encoder or was made for another tokenizer
     */
    public static TextEncoder load(Path file, Device device, Tokenizer tokenizer) {
        OnnxModel model = OnnxModel.load(file, device);
        try {
            Port ids = model.input(IDS, 2);
            model.output(LAST, 3);
            if (model.inputs().size() != 1) {
                throw new ModelException(model.label() + " takes "
                        + String.join(", ", model.inputs().keySet()) + ". Export it with input_ids alone.");
            }
            if (ids.axis(1) >= 0 && ids.axis(1) != tokenizer.modelMaxLength()) {
                throw new ModelException(model.label() + " takes " + ids.axis(1) + " tokens, the tokenizer makes "
                        + tokenizer.modelMaxLength() + ". Put the tokenizer there that the encoder was trained with.");
            }
            long rows = embeddings(model.graph());
            if (rows < tokenizer.vocabularySize()) {
                throw new ModelException(model.label() + " has an embedding for " + rows
                        + " tokens, the tokenizer makes ids up to " + (tokenizer.vocabularySize() - 1)
                        + ". Put the tokenizer there that the encoder was trained with.");
            }
            return new TextEncoder(model, tokenizer);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** The rows of the stored table that the ids are looked up in; endless where the graph does not show it. */
    private static long embeddings(OnnxGraph graph) {
        Map<String, Long> rows = new HashMap<>();
        graph.weights().stream()
                .filter(weight -> weight.shape().size() == 2)
                .forEach(weight -> rows.put(weight.name(), weight.shape().get(0)));
        Set<String> ids = new HashSet<>(Set.of(IDS));
        for (OnnxGraph.Node node : graph.nodes()) {
            List<String> inputs = node.inputs();
            if (inputs.size() > 1 && node.op().equals("Gather") && ids.contains(inputs.get(1))) {
                return rows.getOrDefault(inputs.get(0), Long.MAX_VALUE);
            }
            if (SAME_IDS.contains(node.op()) && ids.contains(inputs.get(0))) {
                ids.addAll(node.outputs());
            }
        }
        return Long.MAX_VALUE;
    }

    /** What cuts the prompts that it reads. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** True if it gives one vector for a whole prompt, as CLIP does and T5 does not. */
    public boolean pools() {
        return pooled.isPresent();
    }

    /** True if that vector was projected into the space shared with pictures ({@code text_embeds}). */
    public boolean projects() {
        return pooled.filter(PROJECTED::equals).isPresent();
    }

    /**
     * Reads a prompt row by row; the states of the rows follow one another, the pooled vector is the first row's. A weighted token
     * is said as {@link WeightedPrompt} has it, in the states and not in the pooled vector.
     */
    public Encoding encode(Tokens tokens) {
        Tensor ids = tokens.ids();
        List<Encoding> rows = IntStream.range(0, tokens.rows())
                .mapToObj(row -> encode(ids.slice(row)))
                .toList();
        Encoding first = rows.get(0);
        Encoding plain = new Encoding(
                joined(rows.stream().map(Encoding::lastHiddenState).toList()),
                first.penultimate.map(layer -> joined(
                        rows.stream().map(row -> row.penultimate.orElseThrow()).toList())),
                first.pooled);
        if (!tokens.weighted()) {
            return plain;
        }
        Encoding empty = encode(tokenizer.tokenize(""));
        return new Encoding(
                weighted(plain.lastHiddenState, empty.lastHiddenState, tokens),
                plain.penultimate.map(layer -> weighted(layer, empty.penultimate.orElseThrow(), tokens)),
                plain.pooled);
    }

    private Encoding encode(Tensor ids) {
        List<String> wanted = new ArrayList<>(List.of(LAST));
        penultimate.ifPresent(wanted::add);
        pooled.ifPresent(wanted::add);
        Map<String, Tensor> said = model.run(Map.of(IDS, ids), wanted);
        return new Encoding(said.get(LAST), penultimate.map(said::get), pooled.map(said::get));
    }

    /** {@code [1, n, dim]}, several times, to {@code [1, rows n, dim]}. */
    private static Tensor joined(List<Tensor> rows) {
        if (rows.size() == 1) {
            return rows.get(0);
        }
        Tensor all = Tensor.concat(rows.toArray(Tensor[]::new));
        int[] shape = all.shape();
        return all.reshape(1, shape[0] * shape[1], shape[2]);
    }

    private static Tensor weighted(Tensor states, Tensor empty, Tokens tokens) {
        int[] shape = states.shape();
        int dim = shape[2];
        float[] e = states.toArray();
        float[] e0 = empty.toArray();
        for (int i = 0; i < e.length; i++) {
            double weight = tokens.tokens().get(i / dim).weight();
            if (weight != 1) {
                double nothing = e0[i % e0.length];
                e[i] = (float) (nothing + weight * (e[i] - nothing));
            }
        }
        return Tensor.wrap(e, shape);
    }

    /** The graph it runs. */
    public OnnxModel model() {
        return model;
    }

    @Override
    public void close() {
        model.close();
    }
}
