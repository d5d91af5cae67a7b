package org.daguerre.training;

import java.util.ArrayList;
import java.util.List;

/**
 * A U-Net (Ronneberger et al. 2015, arXiv 1505.04597) small enough to be trained while one waits: two sizes, a skip between
 * them, a timestep embedding, and an embedding for each word of the prompt.
 *
 * <pre>
 *   x [3, 16, 16] -&gt; conv -&gt; block ------------------------ + -&gt; block -&gt; conv -&gt; v [3, 16, 16]
 *                             \-&gt; half size, block, block -/
 * </pre>
 */
final class TinyUNet {

    private static final int COLOURS = 3;
    private static final int SINUSOIDS = 32;
    private static final int EMBEDDING = 64;
    private static final int CHANNELS = 24;

    private final Halving halving;
    private final Linear time;
    private final List<Parameter>
            words; // a table [size + 1, EMBEDDING] for each place of the prompt, row 0 for no word
    private final Relu told = new Relu();
    private final Convolution in, widen, narrow, out;
    private final ResidualBlock before, middle1, middle2, after;
    private final Relu last = new Relu();
    private int[][] asked;

    /**
     * @param size pixels a side, even
     * @param vocabulary how many words there are for each place of the prompt
     */
    static TinyUNet of(int size, int[] vocabulary, long seed) {
        int half = size / 2;
        List<Parameter> words = new ArrayList<>();
        for (int place = 0; place < vocabulary.length; place++) {
            words.add(Parameter.random((vocabulary[place] + 1) * EMBEDDING, 1, seed * 100 + place));
        }
        return new TinyUNet(
                new Halving(size),
                Linear.of(SINUSOIDS, EMBEDDING, seed * 100 + 10),
                words,
                Convolution.of(COLOURS, CHANNELS, size, seed * 100 + 11),
                Convolution.of(CHANNELS, 2 * CHANNELS, half, seed * 100 + 12),
                Convolution.of(2 * CHANNELS, CHANNELS, half, seed * 100 + 13),
                Convolution.zero(CHANNELS, COLOURS, size),
                ResidualBlock.of(CHANNELS, size, EMBEDDING, seed * 100 + 20),
                ResidualBlock.of(2 * CHANNELS, half, EMBEDDING, seed * 100 + 30),
                ResidualBlock.of(2 * CHANNELS, half, EMBEDDING, seed * 100 + 40),
                ResidualBlock.of(CHANNELS, size, EMBEDDING, seed * 100 + 50));
    }

    private TinyUNet(
            Halving halving,
            Linear time,
            List<Parameter> words,
            Convolution in,
            Convolution widen,
            Convolution narrow,
            Convolution out,
            ResidualBlock before,
            ResidualBlock middle1,
            ResidualBlock middle2,
            ResidualBlock after) {
        this.halving = halving;
        this.time = time;
        this.words = words;
        this.in = in;
        this.widen = widen;
        this.narrow = narrow;
        this.out = out;
        this.before = before;
        this.middle1 = middle1;
        this.middle2 = middle2;
        this.after = after;
    }

    /** The network with the moving averages of what was learned, for sampling. */
    TinyUNet averaged() {
        return new TinyUNet(
                halving,
                time.averaged(),
                words.stream().map(Parameter::averaged).toList(),
                in.averaged(),
                widen.averaged(),
                narrow.averaged(),
                out.averaged(),
                before.averaged(),
                middle1.averaged(),
                middle2.averaged(),
                after.averaged());
    }

    List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>(words);
        for (Layer layer : List.of(time, in, widen, narrow, out)) {
            all.addAll(layer.parameters());
        }
        for (ResidualBlock block : List.of(before, middle1, middle2, after)) {
            all.addAll(block.parameters());
        }
        return all;
    }

    /**
     * What the network says about states.
     *
     * @param x a state [3, size, size] a row
     * @param t their timesteps, 0 to 999
     * @param prompts their words, a number for each place: 0 is no word, then 1 to the size of the vocabulary
     */
    float[][] forward(float[][] x, double[] t, int[][] prompts) {
        asked = prompts;
        float[][] sinusoids = new float[x.length][];
        for (int b = 0; b < x.length; b++) {
            sinusoids[b] = sinusoids(t[b]);
        }
        float[][] sum = time.forward(sinusoids);
        for (int b = 0; b < x.length; b++) {
            for (int place = 0; place < words.size(); place++) {
                float[] table = words.get(place).value;
                for (int i = 0; i < EMBEDDING; i++) {
                    sum[b][i] += table[prompts[b][place] * EMBEDDING + i];
                }
            }
        }
        float[][] embedding = told.forward(sum);
        float[][] skip = before.forward(in.forward(x), embedding);
        float[][] small = widen.forward(halving.reduced(skip, 0.25f));
        small = middle2.forward(middle1.forward(small, embedding), embedding);
        float[][] joined = Rows.sum(skip, halving.enlarged(narrow.forward(small), 1));
        return out.forward(last.forward(after.forward(joined, embedding)));
    }

    /** Adds to the gradients of all parameters, from the gradient of the loss by the output. */
    void backward(float[][] gradient) {
        float[][] toEmbedding = new float[gradient.length][EMBEDDING];
        float[][] joined = after.backward(last.backward(out.backward(gradient)), toEmbedding);
        float[][] small = narrow.backward(halving.reduced(joined, 1));
        small = middle1.backward(middle2.backward(small, toEmbedding), toEmbedding);
        float[][] skip = Rows.sum(joined, halving.enlarged(widen.backward(small), 0.25f));
        in.backward(before.backward(skip, toEmbedding));
        float[][] sum = told.backward(toEmbedding);
        time.backward(sum);
        for (int b = 0; b < sum.length; b++) {
            for (int place = 0; place < words.size(); place++) {
                float[] table = words.get(place).gradient;
                for (int i = 0; i < EMBEDDING; i++) {
                    table[asked[b][place] * EMBEDDING + i] += sum[b][i];
                }
            }
        }
    }

    /** The timestep as waves of 16 lengths, cosines first (Ho et al. 2020, arXiv 2006.11239, after Vaswani et al. 2017). */
    private static float[] sinusoids(double t) {
        float[] values = new float[SINUSOIDS];
        int half = SINUSOIDS / 2;
        for (int i = 0; i < half; i++) {
            double angle = t * Math.exp(-Math.log(10_000) * i / half);
            values[i] = (float) StrictMath.cos(angle);
            values[half + i] = (float) StrictMath.sin(angle);
        }
        return values;
    }
}
