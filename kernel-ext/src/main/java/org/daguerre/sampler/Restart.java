package org.daguerre.sampler;

import org.daguerre.denoiser.Denoiser;
import org.daguerre.schedule.EulerSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Plan;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * Restart sampling, Xu et al. 2023, "Restart Sampling for Improving Generative Processes", arXiv 2306.14878, Algorithm 1: the
 * deterministic steps of {@link Heun}, and at the foot of one interval of noise levels fresh noise back up to its top, a
 * number of times. The noise contracts the errors that were made before.
 *
 * <pre>
 * bottom, top      t_min, t_max, the levels of the plan next to them
 * restarts         K
 * made             restarts made, which the way so far tells: an edit may take a memory away
 * </pre>
 *
 * @param restarts how often the interval is gone through again, 0 to 1000
 * @param tMin sigma / alpha at its foot
 * @param tMax sigma / alpha at its top
 * @param spacing the timesteps
 */
public record Restart(int restarts, double tMin, double tMax, Spacing spacing) implements Sampler {

    private static final int MOST = 1000;

    public Restart {
        if (restarts < 0 || restarts > MOST || !(tMin > 0) || !(tMax > tMin)) {
            throw new IllegalArgumentException("restarts is " + restarts + " between sigma " + tMin + " and " + tMax
                    + ". Give 0 to " + MOST + " restarts, and numbers above 0, the second larger.");
        }
    }

    /** Two restarts between sigma 0.3 and 1, linearly spaced timesteps. */
    public Restart() {
        this(2, 0.3, 1, new EulerSpacing(TimestepSpacing.LINSPACE, 0));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Step step = new Heun(spacing).next(model, soFar);
        Plan plan = soFar.plan();
        int bottom = bottom(plan);
        if (step.level().index() != bottom || made(soFar) >= restarts || top(plan) >= bottom) {
            return step;
        }
        Level low = step.level();
        Level high = plan.from(top(plan));
        Noise.Draw draw = step.noise().draw(step.x().shape());
        double keep = high.alpha() / low.alpha();
        double sigmaUp = Math.sqrt(high.sigma() * high.sigma() - keep * keep * low.sigma() * low.sigma());
        Tensor x = Tensor.combine(keep, step.x(), sigmaUp, draw.tensor());
        return new Step(x, high, step.calls(), draw.after());
    }

    private int made(Trajectory soFar) {
        return soFar.rises(top(soFar.plan()));
    }

    /** The first level that starts with no more noise than the top of the interval. */
    private int top(Plan plan) {
        return first(plan, tMax);
    }

    /** The first level within or below the foot of the interval; the end of the plan is none. */
    private int bottom(Plan plan) {
        return first(plan, tMin);
    }

    private static int first(Plan plan, double ratio) {
        int i = 0;
        while (i < plan.count() - 1 && plan.from(i).ratio() > ratio) {
            i++;
        }
        return i;
    }

    @Override
    public int callsLeft(Trajectory soFar) {
        int steps = new Heun(spacing).callsLeft(soFar);
        int top = top(soFar.plan());
        int bottom = bottom(soFar.plan());
        if (soFar.done() || soFar.next().index() > bottom || top >= bottom) {
            return steps;
        }
        int again = 2 * (bottom - top) - (soFar.plan().from(top).scale() == 0 ? 1 : 0);
        return steps + Math.max(0, restarts - made(soFar)) * again;
    }

    @Override
    public String toString() {
        return "restart";
    }
}
