package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * The levels of a model in the preconditioning of Karras et al. 2022, arXiv 2206.00364, equation 5: n from sigmaMax down to
 * sigmaMin, then the end, in states x = x0 + sigma eps. The noise schedule that a plan is asked for is not consulted: such a
 * model takes any sigma.
 *
 * @param asked what t the model is asked with
 * @param sigmaMin usually 0.002
 * @param sigmaMax usually 80
 * @param ladder where the levels lie, usually {@link Ladder#karras()}
 * @param end zero, or sigma_min, the last rung itself
 */
public record EdmSpacing(EdmSchedule asked, double sigmaMin, double sigmaMax, Ladder ladder, FinalSigma end)
        implements Spacing {

    public EdmSpacing {
        requireRange(sigmaMin, sigmaMax);
    }

    /** Passes if levels can fall from the second sigma to the first. */
    static void requireRange(double sigmaMin, double sigmaMax) {
        if (!(sigmaMin > 0) || !(sigmaMax > sigmaMin) || Double.isInfinite(sigmaMax)) {
            throw new IllegalArgumentException("sigma_min is " + sigmaMin + " and sigma_max " + sigmaMax
                    + ". Give numbers above 0, the second larger, usually 0.002 and 80.");
        }
    }

    @Override
    public Plan plan(NoiseSchedule schedule, int n) {
        if (n < 1) {
            throw new IllegalArgumentException("steps is " + n + ". Give 1 or more, usually 18.");
        }
        double[] sigmas = ladder.sigmas(sigmaMax, sigmaMin, n);
        List<Level> levels = new ArrayList<>();
        for (double sigma : sigmas) {
            levels.add(asked.atScaledSigma(sigma));
        }
        levels.add(end == FinalSigma.ZERO ? Level.of(0, 1, 0, Form.EXPLODING) : levels.get(n - 1));
        return Plan.through(asked, levels, Math.hypot(sigmaMax, 1));
    }

    @Override
    public Spacing on(Ladder other) {
        return new EdmSpacing(asked, sigmaMin, sigmaMax, other, end);
    }
}
