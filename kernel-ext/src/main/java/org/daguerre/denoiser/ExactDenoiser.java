package org.daguerre.denoiser;

import java.util.Arrays;
import java.util.List;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/**
 * The perfect model of known data, a mixture of isotropic Gaussians: E[x0 | x] in closed form, no network and no training.
 * With one component it is a Gaussian, with standard deviation 0 a finite set of pictures. Ground truth for every sampler.
 *
 * <p>x0 ~ sum_k w_k N(mean_k, std² I) seen through x = alpha x0 + sigma eps gives component k the posterior weight r_k ∝
 * w_k N(x; alpha mean_k, (alpha² std² + sigma²) I), and E[x0 | x] = sum_k r_k (mean_k + alpha std² / (alpha² std² + sigma²)
 * (x - alpha mean_k)).
 */
public final class ExactDenoiser implements Denoiser {

    private final double[] logWeights;
    private final float[][] means;
    private final double std;

    private ExactDenoiser(double[] weights, List<Tensor> means, double std) {
        if (means.isEmpty() || weights.length != means.size()) {
            throw new IllegalArgumentException(means.size() + " means and " + weights.length
                    + " weights make no mixture. Give one weight a mean, and at least one mean.");
        }
        if (!(std >= 0) || Double.isInfinite(std)) {
            throw new IllegalArgumentException("std is " + std + ". Give a number of 0 or more.");
        }
        double total = Arrays.stream(weights).sum();
        for (double weight : weights) {
            if (!(weight > 0) || Double.isInfinite(weight)) {
                throw new IllegalArgumentException("weight " + weight + " is not above 0. Give positive weights.");
            }
        }
        this.logWeights =
                Arrays.stream(weights).map(w -> StrictMath.log(w / total)).toArray();
        this.means = means.stream().map(Tensor::toArray).toArray(float[][]::new);
        this.std = std;
        for (float[] mean : this.means) {
            if (mean.length != this.means[0].length) {
                throw new IllegalArgumentException("the means have different sizes. Give means of one shape.");
            }
        }
    }

    /** One isotropic Gaussian around a mean of the size of one picture. */
    public static ExactDenoiser gaussian(Tensor mean, double std) {
        return new ExactDenoiser(new double[] {1}, List.of(mean), std);
    }

    /** Gaussians of one standard deviation around several means; weights are normalised. */
    public static ExactDenoiser mixture(double[] weights, List<Tensor> means, double std) {
        return new ExactDenoiser(weights, means, std);
    }

    /** Exactly these pictures, each as likely as the others. */
    public static ExactDenoiser finiteSet(List<Tensor> pictures) {
        double[] weights = new double[pictures.size()];
        Arrays.fill(weights, 1);
        return new ExactDenoiser(weights, pictures, 0);
    }

    /** A prediction of type sample. Every row of the first axis of x is a picture of its own. */
    @Override
    public Prediction predict(Tensor x, Level level) {
        int size = means[0].length;
        float[] state = x.toArray();
        if (state.length % size != 0) {
            throw new IllegalArgumentException(
                    "x has " + state.length + " values, the data has " + size + " a picture. Give whole pictures.");
        }
        float[] denoised = new float[state.length];
        for (int from = 0; from < state.length; from += size) {
            denoise(state, from, level, denoised);
        }
        return new Prediction(Tensor.wrap(denoised, x.shape()), PredictionType.SAMPLE, x, level);
    }

    private void denoise(float[] x, int from, Level level, float[] denoised) {
        double[] posterior = posterior(x, from, level);
        double alpha = level.alpha();
        double gain = std == 0 ? 0 : alpha * std * std / variance(level);
        for (int i = 0; i < means[0].length; i++) {
            double mean = 0;
            for (int k = 0; k < means.length; k++) {
                mean += posterior[k] * means[k][i];
            }
            denoised[from + i] = (float) (mean + gain * (x[from + i] - alpha * mean));
        }
    }

    /** How likely each component is, given one picture's state; sums to 1. */
    public double[] posterior(Tensor x, Level level) {
        if (x.size() != means[0].length) {
            throw new IllegalArgumentException("x has " + x.size() + " values, one picture has " + means[0].length
                    + ". Give the state of one picture.");
        }
        return posterior(x.toArray(), 0, level);
    }

    private double[] posterior(float[] x, int from, Level level) {
        double[] logits = new double[means.length];
        double best = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < means.length; k++) {
            double squares = 0;
            for (int i = 0; i < means[k].length; i++) {
                double distance = x[from + i] - level.alpha() * means[k][i];
                squares += distance * distance;
            }
            logits[k] = logWeights[k] - squares / (2 * variance(level));
            best = Math.max(best, logits[k]);
        }
        double total = 0;
        for (int k = 0; k < logits.length; k++) {
            logits[k] = StrictMath.exp(logits[k] - best);
            total += logits[k];
        }
        for (int k = 0; k < logits.length; k++) {
            logits[k] /= total;
        }
        return logits;
    }

    /** Of every value of x around alpha mean_k; kept above 0 so that a state without noise names its nearest picture. */
    private double variance(Level level) {
        double a = level.alpha() * std;
        return Math.max(a * a + level.sigma() * level.sigma(), 1e-30);
    }

    @Override
    public String toString() {
        String size = means[0].length + " values each";
        return std == 0
                ? "exact model of " + means.length + " pictures, " + size
                : "exact model of " + means.length + " Gaussians, std " + std + ", " + size;
    }
}
