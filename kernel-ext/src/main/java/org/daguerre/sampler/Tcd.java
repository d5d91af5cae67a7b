package org.daguerre.sampler;

import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.FinalSigma;
import org.daguerre.schedule.LcmSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * Trajectory consistency sampling with strategic stochasticity, Zheng et al. 2024, "Trajectory Consistency Distillation",
 * arXiv 2402.19159, Algorithm 4: along the flow of probability to a level s below the next, then fresh noise up to it. For
 * models distilled to be consistent between any two levels.
 *
 * <pre>
 * x            x_{tau_n}
 * denoised     predicted x_0
 * s            (1 - gamma) tau_{n+1}, in whole timesteps
 * eta          gamma
 * </pre>
 *
 * @param eta 0 adds no noise, 1 renoises the picture; 0.3 in the paper
 * @param spacing the timesteps; the end is the level of timestep 0
 */
public record Tcd(double eta, Spacing spacing) implements Sampler {

    public Tcd {
        if (!(eta >= 0 && eta <= 1)) {
            throw new IllegalArgumentException("eta is " + eta + ". Give a number from 0 (no noise) to 1.");
        }
    }

    /** eta 0.3, distilled on 50 timesteps. */
    public Tcd() {
        this(0.3, new LcmSpacing(50, FinalSigma.SIGMA_MIN));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Level next = soFar.next();
        Prediction prediction = model.predict(soFar.x(), soFar.level());
        Level s = next.isEnd() ? next : soFar.plan().schedule().at(Math.floor((1 - eta) * next.t()));
        Tensor denoised = prediction.denoised();
        Tensor noise = prediction.noise();
        if (eta == 0 || next.isEnd()) {
            Tensor x = Tensor.combine(s.alpha(), denoised, s.sigma(), noise);
            return new Step(x, next, List.of(prediction), soFar.noise());
        }
        double sigmaDown = next.alpha() / s.alpha() * s.sigma();
        double sigmaUp = Math.sqrt(Math.max(0, next.sigma() * next.sigma() - sigmaDown * sigmaDown));
        Noise.Draw draw = soFar.noise().draw(noise.shape());
        Tensor x = Tensor.combine(next.alpha(), denoised, sigmaDown, noise, sigmaUp, draw.tensor());
        return new Step(x, next, List.of(prediction), draw.after());
    }

    @Override
    public String toString() {
        return eta == 0.3 ? "tcd" : "tcd, eta " + eta;
    }
}
