package org.daguerre.backbone;

import java.util.List;
import java.util.Locale;
import org.daguerre.onnx.OnnxGraph;

/**
 * A U-Net as its papers draw it (Ronneberger et al. 2015, arXiv 1505.04597; with attention, Rombach et al. 2022, arXiv
 * 2112.10752): blocks on levels of falling resolution, and skips from the way down to the way up. It is found in the ONNX graph
 * by structure, so that an export by any tool will do; names of nodes and weights serve as labels only.
 *
 * @param blocks in the order of computation: down, middle, up
 * @param skips the states that are kept on the way down and concatenated on the way up
 * @param reductions by level, how many values of the input stand for one value, along each axis: 1, 2, 4, ...
 * @param timestepEmbedding what the timestep becomes before the blocks take it
 */
public record Architecture(
        List<Block> blocks, List<Skip> skips, List<Integer> reductions, TimestepEmbedding timestepEmbedding) {

    /** What a block does. */
    public enum Kind {
        /** A convolution on its own. */
        CONVOLUTION("convolution"),
        /** Convolutions around which the state is added again. */
        RESIDUAL("residual block"),
        /** Attention and feed-forward layers around which the state is added again. */
        ATTENTION("attention"),
        /** A convolution or pooling that moves by more than one value. */
        DOWNSAMPLE("downsample"),
        /** Enlargement, with the convolution that follows. */
        UPSAMPLE("upsample");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * One block.
     *
     * @param name from the names of its nodes or weights, such as down_blocks.0.resnets.0; "block 3" where they tell nothing
     * @param level the resolution it answers in: 0 is that of the input, every downsampling leads to the next
     * @param channelsIn channels that it takes, those of its skips included
     * @param channels channels that it gives
     * @param timestep whether it takes the timestep embedding
     * @param selfAttentions attentions of the picture to itself
     * @param crossAttentions attentions of the picture to the prompt
     * @param parameters stored numbers; weights that blocks share count in the first
     */
    public record Block(
            String name,
            Kind kind,
            int level,
            int channelsIn,
            int channels,
            boolean timestep,
            int selfAttentions,
            int crossAttentions,
            long parameters) {

        /** What it does, in words: "residual block", "self- and cross-attention". */
        public String does() {
            if (kind != Kind.ATTENTION) {
                return kind.toString();
            }
            int layers = Math.max(selfAttentions, crossAttentions);
            return (crossAttentions == 0
                            ? "self-attention"
                            : selfAttentions == 0 ? "cross-attention" : "self- and cross-attention")
                    + (layers > 1 ? " x " + layers : "");
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-40s level %d  %5d -> %-5d %9.4f M  %s%s",
                    name,
                    level,
                    channelsIn,
                    channels,
                    parameters / 1e6,
                    does(),
                    timestep ? ", timestep" : "");
        }
    }

    /**
     * A state kept and concatenated later.
     *
     * @param from the block that made it
     * @param to the block that takes it
     */
    public record Skip(int from, int to) {}

    /**
     * What comes of the timestep.
     *
     * @param layers linear layers after the sinusoids
     * @param width values that the blocks take; 0 if the graph does not tell
     * @param parameters stored numbers
     */
    public record TimestepEmbedding(int layers, int width, long parameters) {}

    public Architecture {
        blocks = List.copyOf(blocks);
        skips = List.copyOf(skips);
        reductions = List.copyOf(reductions);
    }

    /**
     * Finds the U-Net in a graph.
     *
     * @throws IllegalArgumentException if the graph keeps no state for later, which is what makes a U-Net
     */
    public static Architecture of(OnnxGraph graph) {
        return new ArchitectureReader(graph).architecture();
    }

    /** The last block of the way down; those up to {@link #firstUp} are the middle. */
    public int lastDown() {
        return skips.stream().mapToInt(Skip::from).max().orElseThrow();
    }

    /** The first block of the way up. */
    public int firstUp() {
        return skips.stream().mapToInt(Skip::to).min().orElseThrow();
    }

    /** Stored numbers of all blocks and of the timestep embedding. */
    public long parameters() {
        return timestepEmbedding.parameters()
                + blocks.stream().mapToLong(Block::parameters).sum();
    }

    /** One line a block. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "U-Net: levels %d, blocks %d, skips %d, %.2f M parameters; timestep embedding of %d linear layers, %d values%n",
                reductions.size(),
                blocks.size(),
                skips.size(),
                parameters() / 1e6,
                timestepEmbedding.layers(),
                timestepEmbedding.width()));
        for (int i = 0; i < blocks.size(); i++) {
            int to = i;
            text.append(String.format(Locale.ROOT, "%3d %s", i, blocks.get(i)));
            skips.stream()
                    .filter(skip -> skip.to() == to)
                    .forEach(skip -> text.append(", skip from ").append(skip.from()));
            text.append('\n');
        }
        return text.toString().stripTrailing();
    }
}
