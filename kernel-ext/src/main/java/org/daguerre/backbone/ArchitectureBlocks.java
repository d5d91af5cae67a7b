package org.daguerre.backbone;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.daguerre.backbone.Architecture.Block;
import org.daguerre.backbone.Architecture.Kind;
import org.daguerre.backbone.Architecture.Skip;
import org.daguerre.backbone.Architecture.TimestepEmbedding;
import org.daguerre.onnx.OnnxGraph.Node;
import org.daguerre.onnx.OnnxGraph.Weight;

/** Blocks as they are put together, one stretch between two cuts after the other. */
final class ArchitectureBlocks {

    private static final Set<String> NORMS = Set.of(
            "GroupNormalization", "GroupNorm", "InstanceNormalization", "LayerNormalization", "BatchNormalization");

    /** A block's nodes: its own, and those around that belong to it. */
    private record Draft(Kind kind, List<Node> core, List<Node> all) {}

    private final ArchitectureReader reader;
    private final int[] levels;
    private final Map<Node, Set<Integer>> skipped;
    private final List<Draft> drafts = new ArrayList<>();
    private final List<Node> between = new ArrayList<>();

    /** The block after which each place of the spine stands, by the last of its core. */
    private final int[] blockAt;

    private final List<int[]> ends = new ArrayList<>();
    private boolean fed;

    ArchitectureBlocks(ArchitectureReader reader, int[] levels, Map<Node, Set<Integer>> skipped) {
        this.reader = reader;
        this.levels = levels;
        this.skipped = skipped;
        this.blockAt = new int[reader.length()];
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
        stretch.forEach(node -> blockAt[reader.place(node)] = drafts.size() - 1);
    }

    /** Null for what is no block of its own: a change of shape, a norm, an activation, a concatenation. */
    private Kind kind(List<Node> stretch) {
        if (attentions(stretch) > 0) {
            return Kind.ATTENTION;
        }
        boolean alone = stretch.size() == 1;
        if (stretch.stream().anyMatch(node -> node.op().equals("Conv"))) {
            return !alone
                    ? Kind.RESIDUAL
                    : ArchitectureReader.stride(stretch.get(0)) > 1 ? Kind.DOWNSAMPLE : Kind.CONVOLUTION;
        }
        if (!alone) {
            boolean linear = stretch.stream().anyMatch(node -> ArchitectureReader.PRODUCTS.contains(node.op()));
            return linear ? Kind.RESIDUAL : null;
        }
        return ArchitectureReader.stride(stretch.get(0)) > 1
                ? Kind.DOWNSAMPLE
                : ArchitectureReader.ENLARGEMENTS.contains(stretch.get(0).op()) ? Kind.UPSAMPLE : null;
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
            while (norm < between.size() && !NORMS.contains(between.get(norm).op())) {
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
        return nodes.stream().filter(reader::attends).count();
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
                                    .mapToInt(skip -> blocks.get(skip.from()).channels())
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
                    node.op().startsWith("Conv") ? reader.weight(node.inputs().get(1)) : null;
            if (kernel != null) {
                boolean transposed = node.op().equals("ConvTranspose");
                in = in == 0 ? kernel.shape().get(transposed ? 0 : 1).intValue() : in;
                out = kernel.shape().get(transposed ? 1 : 0).intValue();
            }
        }
        long crossing = draft.core.stream().filter(reader::crosses).count();
        boolean timed =
                draft.core.stream().flatMap(node -> node.inputs().stream()).anyMatch(reader::ofTimeAlone);
        return new Block(
                name(draft.core, number),
                draft.kind,
                levels[reader.place(draft.core.get(draft.core.size() - 1))],
                in,
                draft.kind == Kind.ATTENTION ? given : out,
                timed,
                (int) (attentions(draft.core) - crossing),
                (int) crossing,
                reader.parameters(draft.all));
    }

    private String name(List<Node> core, int number) {
        String byNodes = shared(core.stream()
                .map(node -> node.name().replaceFirst("^/", "").split("/"))
                .toList());
        if (!byNodes.isEmpty()) {
            return byNodes;
        }
        String byWeights = shared(reader.ownWeights(core, new HashSet<>()).stream()
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
