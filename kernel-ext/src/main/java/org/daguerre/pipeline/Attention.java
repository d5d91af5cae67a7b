package org.daguerre.pipeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.daguerre.attention.AttentionLayer;
import org.daguerre.attention.AttentionMaps;
import org.daguerre.backbone.Conditioning;
import org.daguerre.denoiser.Prediction;
import org.daguerre.image.Picture;
import org.daguerre.tensor.Tensor;
import org.daguerre.text.Tokens;

/**
 * Which pixels attended to which words while a picture was made (Tang et al. 2022, "What the DAAM", arXiv 2210.04885), over
 * chosen steps, layers and heads; at first over all of them. Immutable, {@code generation.attention().steps(1,
 * 10).layer("up_blocks").word("apples")}.
 *
 * <p>The network is asked again about the states of the run, conditional prompt only, and this time for its maps: one call a
 * step, at the first look. A run therefore costs nothing for maps that nobody asks for, and a {@link Prediction} carries
 * none: the maps of all layers are larger than the state by far. The mean over the heads is kept, one
 * value a pixel and token, so that looking again costs nothing either; single heads are computed anew.
 */
public final class Attention {

    private static final int ALL_HEADS = -1;

    private final Model model;
    private final Picture picture;
    private final Tokens tokens;
    private final List<Box> boxes;
    private final Conditioning conditioning;
    private final List<Prediction> asked;
    private final Map<Integer, AttentionMaps> kept;
    private final int from;
    private final int to;
    private final List<AttentionLayer> layers;
    private final int head;

    Attention(
            Model model,
            Picture picture,
            Tokens tokens,
            List<Box> boxes,
            Conditioning conditioning,
            List<Prediction> asked) {
        this(
                model,
                picture,
                tokens,
                boxes,
                conditioning,
                asked,
                new ConcurrentHashMap<>(),
                1,
                asked.size(),
                model.attentionLayers(),
                ALL_HEADS);
    }

    private Attention(
            Model model,
            Picture picture,
            Tokens tokens,
            List<Box> boxes,
            Conditioning conditioning,
            List<Prediction> asked,
            Map<Integer, AttentionMaps> kept,
            int from,
            int to,
            List<AttentionLayer> layers,
            int head) {
        this.model = model;
        this.picture = picture;
        this.tokens = tokens;
        this.boxes = boxes;
        this.conditioning = conditioning;
        this.asked = asked;
        this.kept = kept;
        this.from = from;
        this.to = to;
        this.layers = layers;
        this.head = head;
    }

    /** Only the steps from..to, both counted from 1 and included. */
    public Attention steps(int from, int to) {
        if (from < 1 || to < from || to > asked.size()) {
            throw new IllegalArgumentException("steps are " + from + " to " + to + ", " + asked.size()
                    + " were made. Give 1 <= from <= to <= " + asked.size() + ".");
        }
        return new Attention(model, picture, tokens, boxes, conditioning, asked, kept, from, to, layers, head);
    }

    /** Only one step, counted from 1. */
    public Attention step(int step) {
        return steps(step, step);
    }

    /** Only the layers whose names contain a text; {@link #layers} has the names. */
    public Attention layer(String part) {
        List<AttentionLayer> chosen =
                layers.stream().filter(layer -> layer.name().contains(part)).toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("layer '" + part + "' is none of these. Give a part of: "
                    + layers.stream().map(AttentionLayer::name).collect(Collectors.joining(", ")) + ".");
        }
        return new Attention(model, picture, tokens, boxes, conditioning, asked, kept, from, to, chosen, head);
    }

    /** Only one head of every layer, counted from 0. */
    public Attention head(int head) {
        if (head < 0) {
            throw new IllegalArgumentException("head is " + head + ". Give 0 or more.");
        }
        return new Attention(model, picture, tokens, boxes, conditioning, asked, kept, from, to, layers, head);
    }

    /** The layers chosen. */
    public List<AttentionLayer> layers() {
        return layers;
    }

    /** The picture that came of it, or what the model took it for when the run was last stepped. */
    public Picture picture() {
        return picture;
    }

    /** The prompt as the network read it. */
    public Tokens tokens() {
        return tokens;
    }

    /** Steps that can be chosen from. */
    public int stepCount() {
        return asked.size();
    }

    /**
     * The map of a word, or of several with blanks between: the mean over its tokens and over the chosen heads, layers and
     * steps, {@code [H, W]} at the picture's size, 0 to 1.
     *
     * @throws IllegalArgumentException if the prompt has no such word
     */
    public Tensor word(String word) {
        return map(tokens.positions(word));
    }

    /** The map of a single token by its place in {@link #tokens}, special tokens and padding included. */
    public Tensor token(int position) {
        if (position < 0 || position >= tokens.size()) {
            throw new IllegalArgumentException("token is " + position + ". Give 0 to " + (tokens.size() - 1) + ".");
        }
        return map(List.of(position));
    }

    /**
     * The map of a box's token, which comes after those of the prompt.
     *
     * @param box its place among the request's boxes, from 0
     */
    public Tensor box(int box) {
        if (box < 0 || box >= boxes.size()) {
            throw new IllegalArgumentException("box is " + box + ", and the request has " + boxes.size()
                    + (boxes.isEmpty() ? ". Give it boxes." : ". Give 0 to " + (boxes.size() - 1) + "."));
        }
        return map(List.of(tokens.size() + box));
    }

    /** The map of every word of the prompt, in reading order. */
    public Map<String, Tensor> words() {
        Map<String, Tensor> maps = new LinkedHashMap<>();
        tokens.words().forEach(word -> maps.computeIfAbsent(word, this::word));
        return maps;
    }

    private Tensor map(List<Integer> positions) {
        int[] shape = asked.get(0).x().shape();
        int height = shape[2] * model.scale();
        int width = shape[3] * model.scale();
        Tensor sum = Tensor.zeros(height, width);
        for (AttentionLayer layer : layers) {
            Tensor layerSum = null;
            for (int step = from; step <= to; step++) {
                Tensor map = maps(step).map(layer, positions, shape[2], shape[3]);
                layerSum = layerSum == null ? map : layerSum.plus(map);
            }
            sum = sum.plus(AttentionMaps.enlarge(layerSum, height, width));
        }
        return sum.over((double) layers.size() * (to - from + 1));
    }

    private AttentionMaps maps(int step) {
        return head == ALL_HEADS
                ? kept.computeIfAbsent(step, s -> ask(s).meanOverHeads())
                : ask(step).head(head);
    }

    private AttentionMaps ask(int step) {
        Prediction prediction = asked.get(step - 1);
        return model.attention(prediction.x(), prediction.level(), conditioning);
    }

    @Override
    public String toString() {
        return "attention to " + tokens + ", steps " + from + " to " + to + " of " + asked.size() + ", layers "
                + layers.stream().map(AttentionLayer::name).collect(Collectors.joining(", "))
                + (head == ALL_HEADS ? "" : ", head " + head);
    }
}
