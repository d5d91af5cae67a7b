package org.daguerre.backbone;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.daguerre.attention.AttentionLayer;
import org.daguerre.backbone.Architecture.Block;
import org.daguerre.backbone.Architecture.Kind;
import org.daguerre.backbone.Architecture.Skip;
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
    private static final Set<String> NORMS = Set.of(
            "GroupNormalization", "GroupNorm", "InstanceNormalization", "LayerNormalization", "BatchNormalization");
    private static final Set<String> PRODUCTS = Set.of("MatMul", "Gemm", "FusedMatMul");
    private static final Set<String> POOLS = Set.of("AveragePool", "MaxPool");
    private static final Set<String> ENLARGEMENTS = Set.of("Resize", "Upsample", "ConvTranspose", "DepthToSpace");

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
        Blocks blocks = new Blocks(levels, skipped);
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

    private static int stride(Node node) {
        boolean strides = node.op().equals("Conv") || POOLS.contains(node.op());
        return strides && !node.strides().isEmpty() ? node.strides().get(0).intValue() : 1;
    }

    /** The nodes from the timestep to the one value that all blocks take. */
    private TimestepEmbedding timestepEmbedding() {
        Predicate<String> ofTime = value -> fromTimestep.contains(value) && !fromSample.contains(value);
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
    private Weight weight(String value) {
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
    private long parameters(List<Node> nodes) {
        return ownWeights(nodes, counted).stream().mapToLong(Weight::size).sum();
    }

    private List<Weight> ownWeights(List<Node> nodes, Set<Weight> known) {
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

    /** Blocks as they are put together, one stretch between two cuts after the other. */
    private final class Blocks {

        /** A block's nodes: its own, and those around that belong to it. */
        private record Draft(Kind kind, List<Node> core, List<Node> all) {}

        private final int[] levels;
        private final Map<Node, Set<Integer>> skipped;
        private final List<Draft> drafts = new ArrayList<>();
        private final List<Node> between = new ArrayList<>();

        /** The block after which each place of the spine stands, by the last of its core. */
        private final int[] blockAt;

        private final List<int[]> ends = new ArrayList<>();
        private boolean fed;

        Blocks(int[] levels, Map<Node, Set<Integer>> skipped) {
            this.levels = levels;
            this.skipped = skipped;
            this.blockAt = new int[spine.size()];
        }

        void add(List<Node> stretch) {
            Kind kind = kind(stretch);
            if (kind == null) {
                stretch.stream()
                        .filter(skipped::containsKey)
                        .forEach(node -> skipped.get(node).forEach(from -> ends.add(new int[] {from, drafts.size()})));
                between.addAll(stretch);
            } else {
                put(kind, stretch);
            }
            stretch.forEach(node -> blockAt[places.get(node)] = drafts.size() - 1);
        }

        /** Null for what is no block of its own: a change of shape, a norm, an activation, a concatenation. */
        private Kind kind(List<Node> stretch) {
            if (attentions(stretch) > 0) {
                return Kind.ATTENTION;
            }
            boolean alone = stretch.size() == 1;
            if (stretch.stream().anyMatch(node -> node.op().equals("Conv"))) {
                return !alone ? Kind.RESIDUAL : stride(stretch.get(0)) > 1 ? Kind.DOWNSAMPLE : Kind.CONVOLUTION;
            }
            if (!alone) {
                boolean linear = stretch.stream().anyMatch(node -> PRODUCTS.contains(node.op()));
                return linear ? Kind.RESIDUAL : null;
            }
            return stride(stretch.get(0)) > 1
                    ? Kind.DOWNSAMPLE
                    : ENLARGEMENTS.contains(stretch.get(0).op()) ? Kind.UPSAMPLE : null;
        }

        private void put(Kind kind, List<Node> stretch) {
            boolean convolves = stretch.stream().anyMatch(node -> node.op().equals("Conv"));
            boolean feeds = kind == Kind.RESIDUAL && !convolves;
            Draft last = drafts.isEmpty() ? null : drafts.get(drafts.size() - 1);
            boolean joined = between.stream().anyMatch(skipped::containsKey);
            boolean goesOn = last != null
                    && !joined
                    && (last.kind == Kind.ATTENTION && !fed && (feeds || kind == Kind.ATTENTION)
                            || last.kind == Kind.UPSAMPLE && kind == Kind.CONVOLUTION && last.core.size() == 1);
            if (goesOn) {
                last.all.addAll(between);
                last.core.addAll(stretch);
                last.all.addAll(stretch);
            } else {
                int norm = 0;
                while (norm < between.size()
                        && !NORMS.contains(between.get(norm).op())) {
                    norm++;
                }
                List<Node> all = new ArrayList<>(between.subList(last == null ? 0 : norm, between.size()));
                if (last != null) {
                    last.all.addAll(between.subList(0, norm));
                }
                all.addAll(stretch);
                drafts.add(new Draft(kind, new ArrayList<>(stretch), all));
            }
            between.clear();
            fed = feeds;
        }

        private long attentions(List<Node> nodes) {
            return nodes.stream().filter(ArchitectureReader.this::attends).count();
        }

        Architecture end(List<Integer> reductions, TimestepEmbedding embedding) {
            if (drafts.isEmpty()) {
                throw new IllegalArgumentException("the graph has neither convolutions nor attention, so it is no U-Net"
                        + " that could be drawn. Give one that has.");
            }
            drafts.get(drafts.size() - 1).all.addAll(between);
            List<Skip> skips = ends.stream()
                    .map(end -> new Skip(end[0] < 0 ? 0 : blockAt[end[0]], Math.min(end[1], drafts.size() - 1)))
                    .toList();
            List<Block> blocks = new ArrayList<>();
            for (int i = 0; i < drafts.size(); i++) {
                int to = i;
                int given = i == 0
                        ? 0
                        : blocks.get(i - 1).channels()
                                + skips.stream()
                                        .filter(skip -> skip.to() == to)
                                        .mapToInt(
                                                skip -> blocks.get(skip.from()).channels())
                                        .sum();
                blocks.add(block(drafts.get(i), given, i + 1));
            }
            return new Architecture(blocks, skips, reductions, embedding);
        }

        private Block block(Draft draft, int given, int number) {
            int in = given;
            int out = given;
            for (Node node : draft.core) {
                Weight kernel =
                        node.op().startsWith("Conv") ? weight(node.inputs().get(1)) : null;
                if (kernel != null) {
                    boolean transposed = node.op().equals("ConvTranspose");
                    in = in == 0 ? kernel.shape().get(transposed ? 0 : 1).intValue() : in;
                    out = kernel.shape().get(transposed ? 1 : 0).intValue();
                }
            }
            long crossing =
                    draft.core.stream().filter(ArchitectureReader.this::crosses).count();
            boolean timed = draft.core.stream()
                    .flatMap(node -> node.inputs().stream())
                    .anyMatch(value -> fromTimestep.contains(value) && !fromSample.contains(value));
            return new Block(
                    name(draft.core, number),
                    draft.kind,
                    levels[places.get(draft.core.get(draft.core.size() - 1))],
                    in,
                    draft.kind == Kind.ATTENTION ? given : out,
                    timed,
                    (int) (attentions(draft.core) - crossing),
                    (int) crossing,
                    parameters(draft.all));
        }

        private String name(List<Node> core, int number) {
            String byNodes = shared(core.stream()
                    .map(node -> node.name().replaceFirst("^/", "").split("/"))
                    .toList());
            if (!byNodes.isEmpty()) {
                return byNodes;
            }
            String byWeights = shared(ownWeights(core, new HashSet<>()).stream()
                    .filter(weight -> weight.shape().size() > 1 && weight.name().contains(".weight"))
                    .map(weight ->
                            weight.name().replaceFirst("\\.weight.*", ".weight").split("\\."))
                    .toList());
            return byWeights.isEmpty() ? "block " + number : byWeights;
        }

        /** The folders that all paths lie in, with dots between them. */
        private static String shared(List<String[]> paths) {
            if (paths.isEmpty()) {
                return "";
            }
            String[] first = paths.get(0);
            int depth = first.length - 1;
            for (String[] path : paths) {
                int common = Arrays.mismatch(first, path);
                depth = Math.min(depth, Math.min(path.length - 1, common < 0 ? first.length : common));
            }
            return String.join(".", Arrays.copyOf(first, depth));
        }
    }

    private boolean attends(Node node) {
        return node.op().equals("Softmax") || AttentionLayer.FUSED.contains(node.op());
    }

    private boolean crosses(Node node) {
        return crossing.contains(node.outputs().get(0))
                || AttentionLayer.FUSED.contains(node.op())
                        && node.inputs().stream()
                                .anyMatch(value -> fromPrompt.contains(value) && !fromSample.contains(value));
    }
}
