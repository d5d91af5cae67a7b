package org.daguerre.denoiser;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
        float[] state = x.toArray();
        float[] denoised = new float[state.length];
        int count = pictures(state.length);
        for (int picture = 0; picture < count; picture++) {
            denoise(state, picture * means[0].length, level, denoised);
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

    /** The gradient of {@link #logLikelihood} with respect to x: the score, -eps / sigma where there is noise. */
    public Tensor score(Tensor x, Level level) {
        int size = means[0].length;
        float[] state = x.toArray();
        float[] score = new float[state.length];
        int count = pictures(state.length);
        for (int picture = 0; picture < count; picture++) {
            int from = picture * size;
            double[] posterior = posterior(state, from, level);
            for (int i = 0; i < size; i++) {
                double mean = 0;
                for (int k = 0; k < means.length; k++) {
                    mean += posterior[k] * means[k][i];
                }
                score[from + i] = (float) ((level.alpha() * mean - state[from + i]) / variance(level));
            }
        }
        return Tensor.wrap(score, x.shape());
    }

    /**
     * The natural logarithm of the density of noisy states, log p_t(x), for every picture of x.
     *
     * @throws IllegalArgumentException at a level without noise if the data is a finite set, which has no density
     */
    public double[] logLikelihood(Tensor x, Level level) {
        if (std == 0 && level.sigma() == 0) {
            throw new IllegalArgumentException("a finite set of pictures has no density at sigma 0."
                    + " Give a level with noise, or data with a std above 0.");
        }
        int size = means[0].length;
        float[] state = x.toArray();
        double[] logs = new double[pictures(state.length)];
        for (int picture = 0; picture < logs.length; picture++) {
            logs[picture] = logSum(logits(state, picture * size, level))
                    - 0.5 * size * StrictMath.log(2 * Math.PI * variance(level));
        }
        return logs;
    }

    private int pictures(int values) {
        int size = means[0].length;
        if (values % size != 0) {
            throw new IllegalArgumentException(
                    "x has " + values + " values, the data has " + size + " a picture. Give whole pictures.");
        }
        return values / size;
    }

    /**
     * The perfect model of a part of the data: what a condition leaves of it. The weights of what remains are normalised.
     *
     * @param components their numbers, from 0, in the order in which the means were given
     */
    public ExactDenoiser given(int... components) {
        double[] weights = new double[components.length];
        List<Tensor> kept = new ArrayList<>();
        for (int i = 0; i < components.length; i++) {
            if (components[i] < 0 || components[i] >= means.length) {
                throw new IllegalArgumentException(
                        "component " + components[i] + " does not exist. Give 0 to " + (means.length - 1) + ".");
            }
            weights[i] = StrictMath.exp(logWeights[components[i]]);
            kept.add(Tensor.of(means[components[i]], means[components[i]].length));
        }
        return new ExactDenoiser(weights, kept, std);
    }

    /** Both branches that guidance needs, each exact: "cond" of some components, "uncond" of all. */
    public ConditionalDenoiser conditioned(int... components) {
        return ConditionalDenoiser.of(
                Map.of(ConditionalDenoiser.COND, given(components), ConditionalDenoiser.UNCOND, this));
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
        double[] logits = logits(x, from, level);
        double total = logSum(logits);
        return Arrays.stream(logits).map(logit -> StrictMath.exp(logit - total)).toArray();
    }

    /** ln w_k - |x - alpha mean_k|² / 2 var, the logarithm of each component's part of the density up to a constant. */
    private double[] logits(float[] x, int from, Level level) {
        double[] logits = new double[means.length];
        for (int k = 0; k < means.length; k++) {
            double squares = 0;
            for (int i = 0; i < means[k].length; i++) {
                double distance = x[from + i] - level.alpha() * means[k][i];
                squares += distance * distance;
            }
            logits[k] = logWeights[k] - squares / (2 * variance(level));
        }
        return logits;
    }

    /** The logarithm of the sum of exponentials. */
    private static double logSum(double[] logits) {
        double best = Arrays.stream(logits).max().orElseThrow();
        double total = 0;
        for (double logit : logits) {
            total += StrictMath.exp(logit - best);
        }
        return best + StrictMath.log(total);
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
