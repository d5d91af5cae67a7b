package org.daguerre.sampler;

import java.util.ArrayList;
import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.DdimSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Tensor;

/**
 * Improved PNDM, Zhang and Chen 2022, "Fast Sampling of Diffusion Models with Exponential Integrator", arXiv 2204.13902,
 * appendix H.2: PNDM's linear multistep of order 4 with lower orders in the first steps instead of Runge-Kutta. One call a
 * step.
 *
 * <pre>
 * e            epsilon_theta, newest first
 * slope        the extrapolated epsilon
 * memory       up to three earlier e
 * </pre>
 *
 * <p>The weights are those of equal steps of sigma / alpha, where the method has order 4; between others it has 2.
 *
 * @param manner as diffusers, the picture is read off the extrapolated noise even where the state is all noise, and is lost
 *     there; as the paper, the first step reads it off the model's answer
 * @param spacing the timesteps
 */
public record Ipndm(Manner manner, Spacing spacing) implements Sampler {

    private static final int ORDER = 4;
    private static final double LEAST_ALPHA = 1e-8;

    private record Past(List<Tensor> e) {}

    /** As the paper, leading timesteps; diffusers has its own {@link org.daguerre.schedule.IpndmSpacing}. */
    public Ipndm() {
        this(Manner.PAPER, new DdimSpacing(TimestepSpacing.LEADING, 0, true, false));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Tensor x = soFar.x();
        Level level = soFar.level();
        Level next = soFar.next();
        Prediction prediction = model.predict(x, level);
        List<Tensor> e = new ArrayList<>(List.of(prediction.noise()));
        Past past = soFar.memory(Past.class);
        if (past != null) {
            e.addAll(past.e().subList(0, Math.min(past.e().size(), ORDER - 1)));
        }
        Tensor slope = AdamsBashforth.slope(e);
        Tensor denoised = level.alpha() == 0 && manner == Manner.PAPER
                ? prediction.denoised()
                : x.plus(-level.sigma(), slope).over(Math.max(level.alpha(), LEAST_ALPHA));
        Tensor moved = Tensor.combine(next.alpha(), denoised, next.sigma(), slope);
        return new Step(moved, next, List.of(prediction), soFar.noise(), new Past(List.copyOf(e)));
    }

    @Override
    public String toString() {
        return "ipndm";
    }
}
