package org.daguerre.sampler;

import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.DpmSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Tensor;

/**
 * UniPC-2 with B2(h) on data prediction, Zhao et al. 2023, "UniPC: A Unified Predictor-Corrector Framework for Fast
 * Sampling of Diffusion Models", arXiv 2302.04867, Algorithms 5 to 8: the answer at the predicted state first corrects that
 * state, then predicts the next. One call a step; a trajectory shows the states before their correction.
 *
 * <pre>
 * past.x, past.level    x-tilde^c_{t_{i-1}}, corrected, and its level
 * denoised              x_theta at x-tilde_{t_i}
 * m0, m1                x_theta at the start of the interval and one interval before
 * h                     h_i, lambda across the interval; r = r_1, where m1 lies in it
 * bh                    -B_2(-h) = 1 - exp(-h)
 * phi2, phi3            entries of phi_p(h) / B(h), the right side of the system for rho
 * rho                   rho, the weights of the differences
 * </pre>
 *
 * @param lowerOrderFinal the last step is first order
 * @param spacing the timesteps
 */
public record UniPc(boolean lowerOrderFinal, Spacing spacing) implements Sampler {

    /** Everything about the interval before: where it began, what was known there, and how it was predicted. */
    private record Past(Tensor x, Level level, Tensor m0, Tensor m1, Level levelOfM1) {
        Past withoutM1() {
            return new Past(x, level, m0, null, null);
        }
    }

    /** Linearly spaced timesteps, first order in the last step. */
    public UniPc() {
        this(true, new DpmSpacing(TimestepSpacing.LINSPACE, 0, true));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Level level = soFar.level();
        Level next = soFar.next();
        Prediction prediction = model.predict(soFar.x(), level);
        Tensor denoised = prediction.denoised();
        Past past = soFar.memory(Past.class);

        Tensor x = past == null ? soFar.x() : corrected(past, level, denoised);
        Past now = past == null
                ? new Past(x, level, denoised, null, null)
                : new Past(x, level, denoised, past.m0(), past.level());
        if (next.sigma() == 0 || lowerOrderFinal && next.isEnd()) {
            now = now.withoutM1();
        }
        return new Step(predicted(now, next), next, List.of(prediction), soFar.noise(), now);
    }

    /** UniP: from the start of an interval to its end, second order where an older estimate is known. */
    private static Tensor predicted(Past from, Level to) {
        Tensor first = firstOrder(from, to);
        if (from.m1() == null) {
            return first;
        }
        return first.plus(to.alpha() * bh(from.level(), to) * 0.5, difference(from, to));
    }

    /** UniC: the same step again with the estimate at its end taken in. */
    private static Tensor corrected(Past from, Level to, Tensor denoised) {
        Tensor first = firstOrder(from, to);
        double bh = bh(from.level(), to);
        Tensor ahead = denoised.minus(from.m0());
        if (from.m1() == null) {
            return first.plus(to.alpha() * bh * 0.5, ahead);
        }
        double h = to.lambda() - from.level().lambda();
        double phi2 = (1 - bh / h) / bh;
        double phi3 = (1 - 2 / h * (1 - bh / h)) / bh;
        double r = r(from, to);
        double rho1 = (phi2 - phi3) / (1 - r);
        double rho2 = phi2 - rho1;
        return first.plus(to.alpha() * bh * rho1, difference(from, to)).plus(to.alpha() * bh * rho2, ahead);
    }

    private static Tensor firstOrder(Past from, Level to) {
        return from.x().times(to.sigma() / from.level().sigma()).plus(to.alpha() * bh(from.level(), to), from.m0());
    }

    private static double bh(Level from, Level to) {
        return 1 - to.ratio() / from.ratio();
    }

    private static double r(Past from, Level to) {
        return (from.levelOfM1().lambda() - from.level().lambda())
                / (to.lambda() - from.level().lambda());
    }

    private static Tensor difference(Past from, Level to) {
        return from.m1().minus(from.m0()).over(r(from, to));
    }

    @Override
    public String toString() {
        return "unipc";
    }
}
