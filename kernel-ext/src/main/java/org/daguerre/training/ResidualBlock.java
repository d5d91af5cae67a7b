package org.daguerre.training;

import java.util.List;
import java.util.stream.Stream;

/** x + conv(relu(conv(relu(x)) + what is asked for)): a residual block that is told the timestep and the words. */
final class ResidualBlock {

    private final int channels;
    private final Relu first = new Relu(), second = new Relu();
    private final Convolution conv1, conv2;
    private final Linear told;

    private ResidualBlock(int channels, Convolution conv1, Convolution conv2, Linear told) {
        this.channels = channels;
        this.conv1 = conv1;
        this.conv2 = conv2;
        this.told = told;
    }

    static ResidualBlock of(int channels, int size, int embedding, long seed) {
        return new ResidualBlock(
                channels,
                Convolution.of(channels, channels, size, seed),
                Convolution.zero(channels, channels, size),
                Linear.of(embedding, channels, seed + 1));
    }

    ResidualBlock averaged() {
        return new ResidualBlock(channels, conv1.averaged(), conv2.averaged(), told.averaged());
    }

    List<Parameter> parameters() {
        return Stream.of(conv1, conv2, told)
                .flatMap(layer -> layer.parameters().stream())
                .toList();
    }

    /** x [channels, size, size] and the embedding of what is asked for, row by row. */
    float[][] forward(float[][] x, float[][] embedding) {
        float[][] inner = conv1.forward(first.forward(x));
        float[][] shift = told.forward(embedding);
        for (int b = 0; b < inner.length; b++) {
            int pixels = inner[b].length / channels;
            for (int i = 0; i < inner[b].length; i++) {
                inner[b][i] += shift[b][i / pixels];
            }
        }
        return Rows.sum(x, conv2.forward(second.forward(inner)));
    }

    /** The gradient by x; that by the embedding is added to {@code toEmbedding}. */
    float[][] backward(float[][] gradient, float[][] toEmbedding) {
        float[][] inner = second.backward(conv2.backward(gradient));
        float[][] shift = new float[inner.length][channels];
        for (int b = 0; b < inner.length; b++) {
            int pixels = inner[b].length / channels;
            for (int i = 0; i < inner[b].length; i++) {
                shift[b][i / pixels] += inner[b][i];
            }
        }
        Rows.add(told.backward(shift), toEmbedding);
        return Rows.sum(gradient, first.backward(conv1.backward(inner)));
    }
}
