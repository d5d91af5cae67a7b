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
 * A cross-attention of a U-Net's graph: where its weights, softmax(query key^T), can be read.
 *
 * @param name what to call it, from the name of its node, such as up_blocks.0/attentions.1
 * @param output the value inside the graph that holds the weights, {@code [batch, heads, pixels, tokens]} or {@code [batch
 *     heads, pixels, tokens]}; every row sums to 1
 */
public record AttentionLayer(String name, String output) {

    private static final String SAMPLE = "sample";
    private static final String PROMPT = "encoder_hidden_states";

    /** What may lie between the scores and their softmax: scaling, a mask, a change of type or shape. */
    private static final Set<String> TRANSPARENT =
            Set.of("Cast", "Identity", "Mul", "Div", "Add", "Sub", "Where", "Reshape", "Clip");

    private static final Set<String> PRODUCTS = Set.of("MatMul", "FusedMatMul", "Gemm", "Einsum");

    /** Operations that compute attention in one piece and keep its weights to themselves. */
    public static final Set<String> FUSED = Set.of(
            "Attention", "MultiHeadAttention", "PackedAttention", "PackedMultiHeadAttention", "GroupQueryAttention");

    /**
     * Finds them by structure: a softmax of a product whose one side follows from the prompt but not from the state, and whose
     * other side follows from the state. Names are used as labels only.
     */
    public static List<AttentionLayer> find(OnnxGraph graph) {
        Map<String, Node> producers = new HashMap<>();
        graph.nodes().forEach(node -> node.outputs().forEach(value -> producers.put(value, node)));
        Set<String> fromPrompt = reachable(graph, PROMPT);
        Set<String> fromSample = reachable(graph, SAMPLE);
        List<AttentionLayer> layers = new ArrayList<>();
        Map<String, Integer> used = new HashMap<>();
        for (Node node : graph.nodes()) {
            if (!node.op().equals("Softmax") || !crosses(node.inputs().get(0), producers, fromPrompt, fromSample)) {
                continue;
            }
            String output = node.outputs().get(0);
            String name = label(node.name().isEmpty() ? output : node.name());
            int nth = used.merge(name, 1, Integer::sum);
            layers.add(new AttentionLayer(nth == 1 ? name : name + "#" + nth, output));
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
