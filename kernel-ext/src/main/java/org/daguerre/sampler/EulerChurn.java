package org.daguerre.sampler;

import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.EulerSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * Euler's method with churn, Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based Generative Models", arXiv
 * 2206.00364, Algorithm 2 without its lines 9 to 12: a little fresh noise before every step, then a step that takes it away
 * again.
 *
 * <pre>
 * x / alpha    x_i
 * gamma        gamma_i
 * hat, xHat    t-hat_i and the state x-hat_i there
 * churn, tMin, tMax, noiseScale      S_churn, S_tmin, S_tmax, S_noise
 * </pre>
 *
 * @param churn noise added over the whole run, 0 or more; 0 is {@link Euler}
 * @param tMin no noise is added below this sigma / alpha
 * @param tMax nor above this one
 * @param noiseScale times the fresh noise, 1 or a little more
 * @param manner as diffusers, the model is asked before the noise is added, and its answer read after; as the paper, it is
 *     asked after
 * @param spacing the timesteps
 */
public record EulerChurn(double churn, double tMin, double tMax, double noiseScale, Manner manner, Spacing spacing)
        implements Sampler {

    private static final double MOST_GAMMA = Math.sqrt(2) - 1;

    public EulerChurn {
        if (!(churn >= 0) || !(noiseScale >= 0) || Double.isInfinite(churn) || Double.isInfinite(noiseScale)) {
            throw new IllegalArgumentException(
                    "churn is " + churn + " and noiseScale " + noiseScale + ". Give finite numbers of 0 or more.");
        }
        if (!(tMin >= 0) || !(tMax >= tMin)) {
            throw new IllegalArgumentException("churn is between sigma " + tMin + " and " + tMax
                    + ". Give numbers of 0 or more, the second no less than the first.");
        }
    }

    /** Churn 40 between sigma 0.05 and 50 with noise scale 1.003, the paper's for ImageNet at 64 x 64. */
    public EulerChurn() {
        this(40, 0.05, 50, 1.003, Manner.PAPER, new EulerSpacing(TimestepSpacing.LINSPACE, 0));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Level level = soFar.level();
        Level next = soFar.next();
        double sigma = level.ratio();
        // where all is noise there is no more to add
        boolean churns = churn > 0 && level.alpha() > 0 && sigma >= tMin && sigma <= tMax;
        if (!churns) {
            return new Euler(spacing).next(model, soFar);
        }
        double gamma = Math.min(churn / soFar.plan().count(), MOST_GAMMA);
        Level hat = manner == Manner.PAPER
                ? soFar.plan().schedule().atRatio(sigma * (1 + gamma))
                : level.withRatio(sigma * (1 + gamma));
        double sigmaUp = noiseScale * Math.sqrt(hat.ratio() * hat.ratio() - sigma * sigma);
        Noise.Draw draw = soFar.noise().draw(soFar.x().shape());
        Tensor xHat = Tensor.combine(hat.alpha() / level.alpha(), soFar.x(), hat.alpha() * sigmaUp, draw.tensor());
        Prediction said = manner == Manner.PAPER ? model.predict(xHat, hat) : model.predict(soFar.x(), level);
        Prediction read = said.with(said.raw(), xHat, hat);
        Tensor x = Tensor.combine(next.alpha(), read.denoised(), next.sigma(), read.noise());
        return new Step(x, next, List.of(said), draw.after());
    }

    @Override
    public String toString() {
        return "euler-churn";
    }
}
