package org.daguerre.attention;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.daguerre.onnx.OnnxGraph;
import org.daguerre.onnx.OnnxGraph.Node;

/**
 * An attention of the picture to the prompt in a backbone's graph: where its weights, softmax(query key^T), can be read.
 *
 * @param name what to call it, from the name of its node, such as up_blocks.0/attentions.1
 * @param output the value inside the graph that holds the weights, {@code [batch, heads, queries, keys]} or {@code [batch
 *     heads, queries, keys]}; every row sums to 1
 * @param kind what its queries and keys are
 */
public record AttentionLayer(String name, String output, Kind kind) {

    /** What queries and keys are. */
    public enum Kind {
        /** The pixels ask, the tokens of the prompt answer (Stable Diffusion). */
        CROSS,
        /** Tokens and pixels, in this order, ask each other and themselves (a transformer with joint attention). */
        TOKENS_THEN_PIXELS,
        /** The same with the pixels first (Stable Diffusion 3 in diffusers). */
        PIXELS_THEN_TOKENS
    }

    private static final List<String> STATES = List.of("sample", "hidden_states");
    private static final String PROMPT = "encoder_hidden_states";

    /** What may lie between the scores and their softmax: scaling, a mask, a change of type or shape. */
    private static final Set<String> TRANSPARENT =
            Set.of("Cast", "Identity", "Mul", "Div", "Add", "Sub", "Where", "Reshape", "Clip");

    private static final Set<String> PRODUCTS = Set.of("MatMul", "FusedMatMul", "Gemm", "Einsum");

    /** Operations that compute attention in one piece and keep its weights to themselves. */
    public static final Set<String> FUSED = Set.of(
            "Attention", "MultiHeadAttention", "PackedAttention", "PackedMultiHeadAttention", "GroupQueryAttention");

    /**
     * Finds them by structure. Cross-attention: a softmax of a product whose one side follows from the prompt but not from the
     * state, and whose other side follows from the state. Joint attention: a softmax of a product of two pairs, each of them
     * joined from a part of the prompt and a part of the state; the first, where the prompt has not seen the state yet, tells
     * which is which. Names are used as labels only.
     */
    public static List<AttentionLayer> find(OnnxGraph graph) {
        Map<String, Node> producers = new HashMap<>();
        graph.nodes().forEach(node -> node.outputs().forEach(value -> producers.put(value, node)));
        Set<String> fromPrompt = reachable(graph, PROMPT);
        Set<String> fromSample = new HashSet<>();
        STATES.forEach(state -> fromSample.addAll(reachable(graph, state)));
        List<AttentionLayer> layers = new ArrayList<>();
        Map<String, Integer> used = new HashMap<>();
        Kind joint = null;
        for (Node node : graph.nodes()) {
            if (!node.op().equals("Softmax")) {
                continue;
            }
            Kind kind = Kind.CROSS;
            if (!crosses(node.inputs().get(0), producers, fromPrompt, fromSample)) {
                List<Node> pairs = pairs(node.inputs().get(0), producers);
                joint = joint == null ? order(pairs, fromPrompt, fromSample) : joint;
                kind = pairs.isEmpty() ? null : joint;
            }
            if (kind == null) {
                continue;
            }
            String output = node.outputs().get(0);
            String name = label(node.name().isEmpty() ? output : node.name());
            int nth = used.merge(name, 1, Integer::sum);
            layers.add(new AttentionLayer(nth == 1 ? name : name + "#" + nth, output, kind));
        }
        return List.copyOf(layers);
    }

    /** The operations that hide attention weights in this graph, comma-separated; empty if there are none. */
    public static String hiddenBy(OnnxGraph graph) {
        return graph.nodes().stream()
                .map(Node::op)
                .filter(FUSED::contains)
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /** The joined pairs on both sides of the product behind a value; empty if there are none. */
    private static List<Node> pairs(String value, Map<String, Node> producers) {
        Node product = behind(value, producers, PRODUCTS);
        if (product == null || product.inputs().size() != 2) {
            return List.of();
        }
        List<Node> pairs = new ArrayList<>();
        for (String side : product.inputs()) {
            Node pair = behind(side, producers, Set.of("Concat"));
            if (pair != null && pair.inputs().size() == 2) {
                pairs.add(pair);
            }
        }
        return pairs.size() == 2 ? pairs : List.of();
    }

    /** Which part of the pairs follows from the prompt alone, the other following from the state; null if that is not so. */
    private static Kind order(List<Node> pairs, Set<String> fromPrompt, Set<String> fromSample) {
        for (Kind kind : List.of(Kind.TOKENS_THEN_PIXELS, Kind.PIXELS_THEN_TOKENS)) {
            int tokens = kind == Kind.TOKENS_THEN_PIXELS ? 0 : 1;
            boolean all = !pairs.isEmpty();
            for (Node pair : pairs) {
                String text = pair.inputs().get(tokens), state = pair.inputs().get(1 - tokens);
                all &= fromPrompt.contains(text) && !fromSample.contains(text) && fromSample.contains(state);
            }
            if (all) {
                return kind;
            }
        }
        return null;
    }

    /** The first of some operations behind a value, through what is transparent and transpositions; null if there is none. */
    private static Node behind(String value, Map<String, Node> producers, Set<String> wanted) {
        Deque<String> behind = new ArrayDeque<>(List.of(value));
        Set<String> seen = new HashSet<>(behind);
        while (!behind.isEmpty()) {
            Node node = producers.get(behind.pop());
            if (node != null && wanted.contains(node.op())) {
                return node;
            }
            if (node != null && (TRANSPARENT.contains(node.op()) || node.op().equals("Transpose"))) {
                node.inputs().stream().filter(seen::add).forEach(behind::push);
            }
        }
        return null;
    }

    /** Looks back from a value, through what is transparent, for a product of prompt and state. */
    private static boolean crosses(
            String value, Map<String, Node> producers, Set<String> fromPrompt, Set<String> fromSample) {
        Deque<String> behind = new ArrayDeque<>(List.of(value));
        Set<String> seen = new HashSet<>(behind);
        while (!behind.isEmpty()) {
            Node node = producers.get(behind.pop());
            if (node == null) {
                continue;
            }
            if (PRODUCTS.contains(node.op())) {
                boolean key = node.inputs().stream()
                        .anyMatch(side -> fromPrompt.contains(side) && !fromSample.contains(side));
                if (key && node.inputs().stream().anyMatch(fromSample::contains)) {
                    return true;
                }
            } else if (TRANSPARENT.contains(node.op())) {
                node.inputs().stream().filter(seen::add).forEach(behind::push);
            }
        }
        return false;
    }

    /**
     * Every value computed from an input, and not only from its shape, which keys take the batch from. Nodes stand in the file
     * before those that use them.
     */
    private static Set<String> reachable(OnnxGraph graph, String input) {
        Set<String> reached = new HashSet<>(Set.of(input));
        for (Node node : graph.nodes()) {
            if (!node.op().equals("Shape") && node.inputs().stream().anyMatch(reached::contains)) {
                reached.addAll(node.outputs());
            }
        }
        return reached;
    }

    /** "/down_blocks.1/attentions.0/transformer_blocks.0/attn2/Softmax" is called down_blocks.1/attentions.0. */
    private static String label(String node) {
        return node.replaceFirst("^/", "")
                .replaceFirst("(?i)/softmax(_\\d+)?(_output_\\d+)?$", "")
                .replaceFirst("/attn2$", "")
                .replaceFirst("/transformer_blocks\\.0$", "");
    }

    @Override
    public String toString() {
        return name;
    }
}
