package org.daguerre.backbone;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.daguerre.attention.AttentionLayer;
import org.daguerre.backbone.Architecture.TimestepEmbedding;
import org.daguerre.onnx.OnnxGraph;
import org.daguerre.onnx.OnnxGraph.Node;
import org.daguerre.onnx.OnnxGraph.Weight;

/**
 * Finds the blocks of a U-Net in its graph. The nodes that the state flows through are the spine. A concatenation of a state
 * with one that it came from is the end of a skip. With the skips cut, some nodes are on every way from input to output; what
 * lies between two of them is a block: alone, or a branch around which the state is added again.
 */
final class ArchitectureReader {

    private static final String SAMPLE = "sample";
    private static final String TIMESTEP = "timestep";
    private static final String PROMPT = "encoder_hidden_states";

    private static final String SHAPE = "Shape";
    static final Set<String> PRODUCTS = Set.of("MatMul", "Gemm", "FusedMatMul");
    private static final Set<String> POOLS = Set.of("AveragePool", "MaxPool");
    static final Set<String> ENLARGEMENTS = Set.of("Resize", "Upsample", "ConvTranspose", "DepthToSpace");

    private final OnnxGraph graph;
    private final Map<String, Node> producers = new HashMap<>();
    private final Map<String, Weight> weights = new HashMap<>();
    private final Set<String> fromSample;
    private final Set<String> fromTimestep;
    private final Set<String> fromPrompt;
    private final Set<String> crossing;

    /** The nodes that the state flows through, and where each stands among them. */
    private final List<Node> spine;

    private final Map<Node, Integer> places = new HashMap<>();

    /** Values on the way from the timestep to what all blocks take; no block's own. */
    private final Set<String> embedded = new HashSet<>();

    private final Set<Weight> counted = new HashSet<>();

    ArchitectureReader(OnnxGraph graph) {
        this.graph = graph;
        graph.nodes().forEach(node -> node.outputs().forEach(value -> producers.put(value, node)));
        graph.weights().forEach(weight -> weights.put(weight.name(), weight));
        fromSample = following(SAMPLE);
        fromTimestep = following(TIMESTEP);
        fromPrompt = following(PROMPT);
        crossing =
                AttentionLayer.find(graph).stream().map(AttentionLayer::output).collect(Collectors.toSet());
        Set<Node> needed = before(graph.outputs().get(0));
        spine = graph.nodes().stream()
                .filter(node -> needed.contains(node) && node.outputs().stream().anyMatch(fromSample::contains))
                .toList();
        for (int i = 0; i < spine.size(); i++) {
            places.put(spine.get(i), i);
        }
    }

    /** Values computed from an input, and not only from its shape. Nodes stand in the file before those that use them. */
    private Set<String> following(String input) {
        Set<String> reached = new HashSet<>(Set.of(input));
        for (Node node : graph.nodes()) {
            if (!node.op().equals(SHAPE) && node.inputs().stream().anyMatch(reached::contains)) {
                reached.addAll(node.outputs());
            }
        }
        return reached;
    }

    private Set<Node> before(String value) {
        Set<Node> found = new HashSet<>();
        Deque<String> behind = new ArrayDeque<>(List.of(value));
        while (!behind.isEmpty()) {
            Node node = producers.get(behind.pop());
            if (node != null && found.add(node)) {
                node.inputs().forEach(behind::push);
            }
        }
        return found;
    }

    Architecture architecture() {
        Map<Node, Set<Integer>> skipped = skips();
        if (skipped.isEmpty()) {
            throw new IllegalArgumentException(
                    "the graph keeps no state on its way down for its way up, so it is no U-Net"
                            + " that could be drawn. Give one with skip connections.");
        }
        TimestepEmbedding embedding = timestepEmbedding();
        int[] levels = new int[spine.size()];
        List<Integer> reductions = levels(levels, skipped);
        ArchitectureBlocks blocks = new ArchitectureBlocks(this, levels, skipped);
        int start = 0;
        for (int cut : cuts(skipped)) {
            blocks.add(spine.subList(start, cut + 1));
            start = cut + 1;
        }
        return blocks.end(reductions, embedding);
    }

    /** By concatenation, the places of what it takes from further back. */
    private Map<Node, Set<Integer>> skips() {
        Map<Node, Set<Integer>> skips = new HashMap<>();
        for (Node node : spine) {
            List<Integer> given = inputs(node);
            if (!node.op().equals("Concat") || given.size() < 2) {
                continue;
            }
            int latest = given.stream().max(Integer::compare).orElseThrow();
            Set<Integer> kept = new HashSet<>(given);
            kept.remove(latest);
            kept.retainAll(behind(latest, given.stream().min(Integer::compare).orElseThrow()));
            if (!kept.isEmpty()) {
                skips.put(node, kept);
            }
        }
        return skips;
    }

    /** The places of the states that a node takes; -1 is the input itself. */
    private List<Integer> inputs(Node node) {
        return node.inputs().stream()
                .filter(fromSample::contains)
                .map(value -> places.getOrDefault(producers.get(value), -1))
                .distinct()
                .toList();
    }

    /** The places that lead to one, back to an earliest. */
    private Set<Integer> behind(int place, int earliest) {
        Set<Integer> seen = new HashSet<>(Set.of(place));
        Deque<Integer> left = new ArrayDeque<>(seen);
        while (!left.isEmpty()) {
            int next = left.pop();
            if (next > earliest) {
                inputs(spine.get(next)).stream().filter(seen::add).forEach(left::push);
            }
        }
        return seen;
    }

    /** The places that every way from the input to the output leads over, skips aside; the last is the output. */
    private List<Integer> cuts(Map<Node, Set<Integer>> skipped) {
        int[] lastUse = new int[spine.size()];
        int reach = 0;
        for (int i = 0; i < spine.size(); i++) {
            for (int place : inputs(spine.get(i))) {
                if (place < 0) {
                    reach = i;
                } else if (!skipped.getOrDefault(spine.get(i), Set.of()).contains(place)) {
                    lastUse[place] = i;
                }
            }
        }
        List<Integer> cuts = new ArrayList<>();
        for (int i = 0; i < spine.size(); i++) {
            if (reach <= i) {
                cuts.add(i);
            }
            reach = Math.max(reach, lastUse[i]);
        }
        return cuts;
    }

    /** Fills in the level of every node of the spine; by level, the reduction is the answer. */
    private List<Integer> levels(int[] levels, Map<Node, Set<Integer>> skipped) {
        List<Integer> reductions = new ArrayList<>(List.of(1));
        for (int i = 0; i < levels.length; i++) {
            Node node = spine.get(i);
            int latest = inputs(node).stream().max(Integer::compare).orElse(-1);
            int level = latest < 0 ? 0 : levels[latest];
            if (stride(node) > 1) {
                level++;
                if (level == reductions.size()) {
                    reductions.add(reductions.get(level - 1) * stride(node));
                }
            } else if (ENLARGEMENTS.contains(node.op())) {
                level = Math.max(0, level - 1);
            }
            levels[i] = level;
        }
        return reductions;
    }

    static int stride(Node node) {
        boolean strides = node.op().equals("Conv") || POOLS.contains(node.op());
        return strides && !node.strides().isEmpty() ? node.strides().get(0).intValue() : 1;
    }

    /** The nodes from the timestep to the one value that all blocks take. */
    private TimestepEmbedding timestepEmbedding() {
        Predicate<String> ofTime = this::ofTimeAlone;
        List<Node> nodes = graph.nodes().stream()
                .filter(node ->
                        !node.op().equals(SHAPE) && node.outputs().stream().anyMatch(ofTime))
                .toList();
        Map<String, Integer> at = new HashMap<>(Map.of(TIMESTEP, -1));
        for (int i = 0; i < nodes.size(); i++) {
            for (String value : nodes.get(i).outputs()) {
                at.put(value, i);
            }
        }
        int[] lastUse = new int[nodes.size()];
        for (int i = 0; i < nodes.size(); i++) {
            for (String value : nodes.get(i).inputs()) {
                if (at.getOrDefault(value, -1) >= 0) {
                    lastUse[at.get(value)] = i;
                }
            }
        }
        for (Node node : spine) {
            node.inputs().stream()
                    .filter(value -> at.getOrDefault(value, -1) >= 0)
                    .forEach(value -> lastUse[at.get(value)] = Integer.MAX_VALUE);
        }
        int end = -1;
        int reach = 0;
        for (int i = 0; i < nodes.size(); i++) {
            end = reach <= i ? i : end;
            reach = Math.max(reach, lastUse[i]);
        }
        List<Node> embedding = nodes.subList(0, end + 1);
        long parameters = parameters(embedding);
        embedding.forEach(node -> embedded.addAll(node.outputs()));
        List<Node> layers = embedding.stream()
                .filter(node ->
                        PRODUCTS.contains(node.op()) && weight(node.inputs().get(1)) != null)
                .toList();
        return new TimestepEmbedding(
                layers.size(), layers.isEmpty() ? 0 : width(layers.get(layers.size() - 1)), parameters);
    }

    /** Values that a linear layer gives: the length of its bias or, of a plain product, the columns of its matrix. */
    private int width(Node layer) {
        Weight bias = layer.inputs().size() > 2 ? weight(layer.inputs().get(2)) : null;
        if (bias != null) {
            return (int) bias.size();
        }
        List<Long> shape = weight(layer.inputs().get(1)).shape();
        return layer.op().equals("Gemm") ? 0 : shape.get(shape.size() - 1).intValue();
    }

    /** The stored tensor behind a value that is one, possibly of another type; null if it is none. */
    Weight weight(String value) {
        String name = value;
        while (!weights.containsKey(name)) {
            Node node = producers.get(name);
            if (node == null
                    || !Set.of("Cast", "Identity", "Transpose", "DequantizeLinear")
                            .contains(node.op())) {
                return null;
            }
            name = node.inputs().get(0);
        }
        return weights.get(name);
    }

    /** Stored numbers that go into nodes beside the state, and were not counted before. */
    long parameters(List<Node> nodes) {
        return ownWeights(nodes, counted).stream().mapToLong(Weight::size).sum();
    }

    List<Weight> ownWeights(List<Node> nodes, Set<Weight> known) {
        List<Weight> own = new ArrayList<>();
        Deque<String> behind = new ArrayDeque<>();
        Set<String> seen = new HashSet<>();
        for (Node node : nodes) {
            behind.addAll(node.inputs());
        }
        while (!behind.isEmpty()) {
            String value = behind.pop();
            if (fromSample.contains(value) || embedded.contains(value) || !seen.add(value)) {
                continue;
            }
            Weight weight = weights.get(value);
            if (weight != null && known.add(weight)) {
                own.add(weight);
            } else if (producers.containsKey(value)) {
                producers.get(value).inputs().forEach(behind::push);
            }
        }
        return own;
    }

    /** Where a node stands on the spine. */
    int place(Node node) {
        return places.get(node);
    }

    /** The number of nodes that the state flows through. */
    int length() {
        return spine.size();
    }

    /** True of a value that follows from the timestep and not from the state. */
    boolean ofTimeAlone(String value) {
        return fromTimestep.contains(value) && !fromSample.contains(value);
    }

    boolean attends(Node node) {
        return node.op().equals("Softmax") || AttentionLayer.FUSED.contains(node.op());
    }

    boolean crosses(Node node) {
        return crossing.contains(node.outputs().get(0))
                || AttentionLayer.FUSED.contains(node.op())
                        && node.inputs().stream()
                                .anyMatch(value -> fromPrompt.contains(value) && !fromSample.contains(value));
    }
}
