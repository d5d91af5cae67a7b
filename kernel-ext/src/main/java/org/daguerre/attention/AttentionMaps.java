package org.daguerre.attention;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.daguerre.tensor.Tensor;

/**
 * The attention weights of one call of a backbone for one picture and one prompt: how much of each pixel's attention went to
 * each token. Every row, one pixel of one head, sums to 1; where tokens and pixels share one attention, the rest went to pixels.
 *
 * @param weights by layer, {@code [heads, pixels, tokens]}
 */
public record AttentionMaps(Map<AttentionLayer, Tensor> weights) {

    public AttentionMaps {
        weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    }

    /**
     * From the graph's outputs for a batch of one.
     *
     * @param tokens of the prompt, which a joint attention does not tell from pixels
     */
    public static AttentionMaps of(List<AttentionLayer> layers, Map<String, Tensor> outputs, int tokens) {
        Map<AttentionLayer, Tensor> weights = new LinkedHashMap<>();
        for (AttentionLayer layer : layers) {
            Tensor output = outputs.get(layer.output());
            int[] shape = output.shape();
            int rank = shape.length;
            if (rank != 3 && !(rank == 4 && shape[0] == 1)) {
                throw new IllegalArgumentException("attention of " + layer + " has shape " + Arrays.toString(shape)
                        + ". Maps are read as [heads, pixels, tokens] or [1, heads, pixels, tokens].");
            }
            Tensor all = output.reshape(shape[rank - 3], shape[rank - 2], shape[rank - 1]);
            weights.put(
                    layer, layer.kind() == AttentionLayer.Kind.CROSS ? all : fromPixelsToTokens(layer, all, tokens));
        }
        return new AttentionMaps(weights);
    }

    /** The part of {@code [heads, all, all]} in which pixels ask and tokens answer, {@code [heads, pixels, tokens]}. */
    private static Tensor fromPixelsToTokens(AttentionLayer layer, Tensor all, int tokens) {
        int heads = all.shape()[0], keys = all.shape()[2], pixels = keys - tokens;
        boolean tokensFirst = layer.kind() == AttentionLayer.Kind.TOKENS_THEN_PIXELS;
        float[] values = all.toArray();
        float[] part = new float[heads * pixels * tokens];
        for (int head = 0; head < heads; head++) {
            for (int pixel = 0; pixel < pixels; pixel++) {
                int row = head * keys + pixel + (tokensFirst ? tokens : 0);
                int from = row * keys + (tokensFirst ? 0 : pixels);
                System.arraycopy(values, from, part, (head * pixels + pixel) * tokens, tokens);
            }
        }
        return Tensor.wrap(part, heads, pixels, tokens);
    }

    /** The mean over the heads, {@code [1, pixels, tokens]} a layer. */
    public AttentionMaps meanOverHeads() {
        Map<AttentionLayer, Tensor> means = new LinkedHashMap<>();
        weights.forEach((layer, tensor) -> {
            int heads = tensor.shape()[0];
            Tensor sum = tensor.slice(0);
            for (int h = 1; h < heads; h++) {
                sum = sum.plus(tensor.slice(h));
            }
            means.put(layer, sum.over(heads));
        });
        return new AttentionMaps(means);
    }

    /** One head, {@code [1, pixels, tokens]} a layer. */
    public AttentionMaps head(int head) {
        Map<AttentionLayer, Tensor> chosen = new LinkedHashMap<>();
        weights.forEach((layer, tensor) -> {
            int heads = tensor.shape()[0];
            if (head < 0 || head >= heads) {
                throw new IllegalArgumentException(
                        "head is " + head + ", " + layer + " has " + heads + ". Give 0 to " + (heads - 1) + ".");
            }
            chosen.put(layer, tensor.slice(head));
        });
        return new AttentionMaps(chosen);
    }

    /**
     * Where some tokens are attended to in one layer: the mean over heads and over the tokens.
     *
     * @param height height of the state; with the width it tells the layer's own height from its number of pixels
     * @return {@code [h, w]} at the layer's own resolution
     */
    public Tensor map(AttentionLayer layer, List<Integer> tokens, int height, int width) {
        Tensor tensor = weights.get(layer);
        int heads = tensor.shape()[0];
        int pixels = tensor.shape()[1];
        int length = tensor.shape()[2];
        float[] values = tensor.toArray();
        double[] sum = new double[pixels];
        for (int row = 0; row < heads * pixels; row++) {
            for (int token : tokens) {
                sum[row % pixels] += values[row * length + token];
            }
        }
        int h = (int) Math.max(1, Math.round(Math.sqrt((double) pixels * height / width)));
        if (pixels % h != 0) {
            throw new IllegalArgumentException("attention of " + layer + " has " + pixels
                    + " pixels, which do not fit a state of " + height + " x " + width + ". Choose another layer.");
        }
        float[] mean = new float[pixels];
        for (int i = 0; i < pixels; i++) {
            mean[i] = (float) (sum[i] / (heads * tokens.size()));
        }
        return Tensor.wrap(mean, h, pixels / h);
    }

    /** A map {@code [h, w]} enlarged by bilinear interpolation between the centres of its pixels. */
    public static Tensor enlarge(Tensor map, int height, int width) {
        int h = map.shape()[0];
        int w = map.shape()[1];
        float[] from = map.toArray();
        float[] to = new float[height * width];
        for (int y = 0; y < height; y++) {
            double v = Math.max(0, Math.min(h - 1, (y + 0.5) * h / height - 0.5));
            int top = (int) v;
            int bottom = Math.min(h - 1, top + 1);
            for (int x = 0; x < width; x++) {
                double u = Math.max(0, Math.min(w - 1, (x + 0.5) * w / width - 0.5));
                int left = (int) u;
                int right = Math.min(w - 1, left + 1);
                double upper = from[top * w + left] + (u - left) * (from[top * w + right] - from[top * w + left]);
                double lower =
                        from[bottom * w + left] + (u - left) * (from[bottom * w + right] - from[bottom * w + left]);
                to[y * width + x] = (float) (upper + (v - top) * (lower - upper));
            }
        }
        return Tensor.wrap(to, height, width);
    }
}
