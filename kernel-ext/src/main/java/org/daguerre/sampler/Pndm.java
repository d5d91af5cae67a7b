package org.daguerre.sampler;

import java.util.ArrayList;
import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.DdimSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Tensor;

/**
 * PNDM, Liu, Ren, Lin and Zhao 2022, "Pseudo Numerical Methods for Diffusion Models on Manifolds", arXiv 2202.09778,
 * Algorithm 2: three steps of pseudo Runge-Kutta (equation 13), then pseudo linear multistep (equation 12). Without
 * Runge-Kutta it is PLMS as Stable Diffusion uses it: the first step averages two calls, and the order grows with the
 * history.
 *
 * <pre>
 * e            e_t, the model's raw output
 * slope        e'_t, a weighted mean of raw outputs
 * transfer     phi of equation (11), a DDIM step with that slope
 * half         delta / 2
 * memory       e_{t+delta}, e_{t+2 delta}, e_{t+3 delta}, newest first
 * </pre>
 *
 * <p>A slope averages raw outputs of several states, and is read at the start of the step.
 *
 * @param skipPrkSteps begin with PLMS instead of Runge-Kutta: n + 1 calls instead of n + 9
 * @param spacing the timesteps
 */
public record Pndm(boolean skipPrkSteps, Spacing spacing) implements Sampler {

    private static final int ORDER = 4;

    private record Past(List<Tensor> e) {
        Past {
            e = List.copyOf(e.subList(0, Math.min(e.size(), ORDER - 1)));
        }

        int size() {
            return e.size();
        }
    }

    /** Runge-Kutta first, leading timesteps, ending at the level of timestep 0. */
    public Pndm() {
        this(false, new DdimSpacing(TimestepSpacing.LEADING, 0, false, true));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Level level = soFar.level();
        Level next = soFar.next();
        List<Tensor> e = new ArrayList<>();
        Prediction prediction = model.predict(soFar.x(), level);
        e.add(prediction.raw());
        Past past = soFar.memory(Past.class);
        if (past != null) {
            e.addAll(past.e());
        }
        List<Prediction> calls = new ArrayList<>(List.of(prediction));
        Tensor slope;
        if (e.size() < ORDER && !skipPrkSteps && !next.isEnd()) {
            slope = rungeKutta(model, soFar, prediction, calls);
        } else if (e.size() == 1 && !next.isEnd()) {
            Prediction ahead = model.predict(transfer(prediction, next), next);
            calls.add(ahead);
            slope = e.get(0).plus(ahead.raw()).over(2);
        } else {
            slope = AdamsBashforth.slope(e);
        }
        Tensor x = transfer(prediction.with(slope), next);
        return new Step(x, next, calls, soFar.noise(), new Past(e));
    }

    private static Tensor rungeKutta(Denoiser model, Trajectory soFar, Prediction first, List<Prediction> calls) {
        NoiseSchedule schedule = soFar.plan().schedule();
        Level next = soFar.next();
        double t = soFar.level().t();
        double half = Math.floor((t - next.t()) / 2);
        Level middle = schedule.at(next.t() + half);
        // one timestep off the middle where delta is odd, as in diffusers
        Level nearMiddle = schedule.at(t - half);
        Prediction second = model.predict(transfer(first, nearMiddle), middle);
        Prediction third = model.predict(transfer(first.with(second.raw()), middle), middle);
        Prediction fourth = model.predict(transfer(first.with(third.raw()), next), next);
        calls.addAll(List.of(second, third, fourth));
        return first.raw()
                .plus(2, second.raw())
                .plus(2, third.raw())
                .plus(fourth.raw())
                .over(6);
    }

    private static Tensor transfer(Prediction prediction, Level to) {
        return prediction.denoised().times(to.alpha()).plus(to.sigma(), prediction.noise());
    }

    @Override
    public int callsLeft(Trajectory soFar) {
        int steps = soFar.stepsLeft();
        Past past = soFar.memory(Past.class);
        int known = past == null ? 0 : past.size();
        int beforeEnd = Math.max(0, steps - 1);
        return steps
                + (skipPrkSteps
                        ? known == 0 ? Math.min(1, beforeEnd) : 0
                        : 3 * Math.min(Math.max(0, ORDER - 1 - known), beforeEnd));
    }

    @Override
    public String toString() {
        return skipPrkSteps ? "pndm, skip_prk_steps" : "pndm";
    }
}
