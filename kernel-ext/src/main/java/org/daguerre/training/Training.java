package org.daguerre.training;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.guidance.ClassifierFreeGuidance;
import org.daguerre.run.Sampling;
import org.daguerre.schedule.DdimSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Tensor;

/**
 * A diffusion model that is trained here and now, from nothing, in plain Java: 139,000 weights on pictures of {@value
 * Icons#SIZE} x {@value Icons#SIZE} pixels.
 *
 * <pre>{@code
 * var training = Training.of(Icons.draw(4000, 1), 1);
 * training.train(1000);
 * training.sampling("red heart").steps(30).seed(7).start().finish();
 * }</pre>
 *
 * <p>The loss is the mean squared error of v (Salimans and Ho 2022, arXiv 2202.00512) at timesteps drawn evenly, over a cosine
 * schedule of pictures that are scaled to a standard deviation of 1; of the words of the prompts one in ten is left out, so
 * that guidance is possible (Ho and Salimans 2022, arXiv 2207.12598). A thousand steps take a minute and a half on two cores.
 */
public final class Training {

    private static final int BATCH = 16;
    private static final double RATE = 3e-3;
    private static final int WARM_UP = 50;
    private static final double SCALE = 2; // brings the pictures to a standard deviation of about 1
    private static final double LONGEST_GRADIENT = 1;
    private static final double DROPOUT = 0.1;
    private static final double GUIDANCE = 2;

    private final Icons data;
    private final long seed;
    private final NoiseSchedule cosine = NoiseSchedule.cosine(1000);
    private final TinyUNet network;
    private final List<Parameter> parameters;
    private final List<Double> losses = new CopyOnWriteArrayList<>();

    private Training(Icons data, long seed) {
        this.data = data;
        this.seed = seed;
        this.network = TinyUNet.of(Icons.SIZE, Icons.vocabulary(), seed);
        this.parameters = network.parameters();
    }

    /** A network that has learned nothing yet. */
    public static Training of(Icons data, long seed) {
        return new Training(data, seed);
    }

    /**
     * Learns from {@code steps} batches of 16 pictures, the learning rate falling to 0 at the end; another call goes on. The
     * losses may be read meanwhile.
     */
    public Training train(int steps) {
        return train(steps, loss -> {});
    }

    /**
     * The same, telling the loss of every batch.
     *
     * @throws CancellationException if the thread is interrupted; what was learned stays, and another call goes on
     */
    public synchronized Training train(int steps, Consumer<Double> observer) {
        if (steps < 1 || steps > 1_000_000) {
            throw new IllegalArgumentException("steps is " + steps + ". Give 1 or more, usually 500 to 2000.");
        }
        for (int i = 0; i < steps; i++) {
            if (Thread.interrupted()) {
                throw new CancellationException("stopped after " + losses.size() + " steps; train() goes on.");
            }
            observer.accept(step(RATE * (steps - i) / steps));
        }
        return this;
    }

    private double step(double rate) {
        Random random = new Random(seed * 1_000_003 + losses.size());
        float[][] x = new float[BATCH][], v = new float[BATCH][];
        double[] t = new double[BATCH];
        int[][] prompts = new int[BATCH][];
        for (int b = 0; b < BATCH; b++) {
            int i = random.nextInt(data.count());
            t[b] = random.nextInt(cosine.numTrainTimesteps());
            prompts[b] = Arrays.stream(data.promptOf(i))
                    .map(word -> random.nextDouble() < DROPOUT ? 0 : word)
                    .toArray();
            float[] picture = data.values(i);
            x[b] = new float[picture.length];
            v[b] = new float[picture.length];
            noised(picture, cosine.at(t[b]), random, x[b], v[b]);
        }
        double loss = learn(network.forward(x, t, prompts), v, rate);
        losses.add(loss);
        return loss;
    }

    /** x = alpha x0 + sigma eps and what the network is to say of it, v = alpha eps - sigma x0. */
    private static void noised(float[] picture, Level level, Random random, float[] x, float[] v) {
        for (int i = 0; i < picture.length; i++) {
            double x0 = SCALE * picture[i], noise = random.nextGaussian();
            x[i] = (float) (level.alpha() * x0 + level.sigma() * noise);
            v[i] = (float) (level.alpha() * noise - level.sigma() * x0);
        }
    }

    private double learn(float[][] said, float[][] v, double rate) {
        double loss = 0;
        int values = said.length * said[0].length;
        float[][] gradient = new float[said.length][said[0].length];
        for (int b = 0; b < said.length; b++) {
            for (int i = 0; i < said[b].length; i++) {
                float error = said[b][i] - v[b][i];
                loss += (double) error * error / values;
                gradient[b][i] = 2 * error / values;
            }
        }
        network.backward(gradient);
        double length = Math.sqrt(
                parameters.stream().mapToDouble(Parameter::gradientSquared).sum());
        int step = losses.size() + 1;
        double warm = rate * Math.min(1, (double) step / WARM_UP), keep = Math.min(0.99, (double) step / (step + 10));
        for (Parameter parameter : parameters) {
            parameter.update(step, warm, Math.min(1, LONGEST_GRADIENT / length), keep);
        }
        return loss;
    }

    /** The loss of every batch so far. */
    public List<Double> losses() {
        return List.copyOf(losses);
    }

    /** What it was trained with: a cosine schedule with half the noise, as the pictures in -1..1 have half the deviation. */
    public NoiseSchedule schedule() {
        return t -> Level.preservingRatio(t, cosine.at(t).ratio() / SCALE);
    }

    /** The weights that are learned. */
    public int weights() {
        return parameters.stream().mapToInt(p -> p.value.length).sum();
    }

    /**
     * The model as it is now, under a prompt and without one; later training does not change it.
     *
     * @param prompt a colour, a shape or both, such as "red heart"; "" leaves both open
     */
    public synchronized ConditionalDenoiser model(String prompt) {
        TinyUNet now = network.averaged();
        return ConditionalDenoiser.of(Map.of(
                ConditionalDenoiser.COND, denoiser(now, Icons.prompt(prompt)),
                ConditionalDenoiser.UNCOND, denoiser(now, Icons.prompt(""))));
    }

    private static Denoiser denoiser(TinyUNet network, int[] words) {
        return Denoiser.of((x, level) -> {
            Level scaled = Level.preservingRatio(level.t(), SCALE * level.ratio());
            Tensor scaledX = x.times(scaled.sigma() / level.sigma());
            Tensor v = said(network, words, scaledX, level.t());
            return PredictionType.V_PREDICTION.denoised(v, scaledX, scaled).over(SCALE);
        });
    }

    private static Tensor said(TinyUNet network, int[] words, Tensor x, double timestep) {
        int batch = x.shape()[0], row = x.size() / batch;
        float[] values = x.toArray();
        float[][] rows = new float[batch][];
        for (int b = 0; b < batch; b++) {
            rows[b] = Arrays.copyOfRange(values, b * row, (b + 1) * row);
        }
        double[] t = new double[batch];
        Arrays.fill(t, timestep);
        int[][] prompts = new int[batch][];
        Arrays.fill(prompts, words);
        float[][] said;
        synchronized (network) {
            said = network.forward(rows, t, prompts);
        }
        for (int b = 0; b < batch; b++) {
            System.arraycopy(said[b], 0, values, b * row, row);
        }
        return Tensor.wrap(values, x.shape());
    }

    /** A sampling from the model as it is now, guidance 2, ready for another sampler, steps or seed. */
    public Sampling sampling(String prompt) {
        return Sampling.of(model(prompt), schedule(), 1, 3, Icons.SIZE, Icons.SIZE)
                .spacing(new DdimSpacing(TimestepSpacing.TRAILING, 0, true, false))
                .guidance(new ClassifierFreeGuidance(GUIDANCE));
    }

    @Override
    public String toString() {
        return weights() + " weights, " + losses.size() + " steps of " + BATCH + " " + data + ", seed " + seed
                + (losses.isEmpty() ? ", untrained" : String.format(Locale.ROOT, ", loss %.4f", recent()));
    }

    /** The mean loss of the last 50 batches. */
    private double recent() {
        return losses.subList(Math.max(0, losses.size() - 50), losses.size()).stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
    }
}
