package org.daguerre.sampler;

import java.util.ArrayList;
import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.schedule.DdimSpacing;
import org.daguerre.schedule.Form;
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
 * e            e_t, the model's epsilon (its velocity on a straight flow)
 * slope        e'_t, a weighted mean of the last e
 * transfer     phi of equation (11), a DDIM step with that slope
 * half         delta / 2
 * memory       e_{t+delta}, e_{t+2 delta}, e_{t+3 delta}, newest first
 * </pre>
 *
 * <p>The weights are those of equal steps of sigma / alpha, where the method has order 4; between others it has 2.
 *
 * <p>The first steps of a way alone ask more than once. Where the history ends later, by an edit or a change of sampler, the
 * order begins at 1 anew.
 *
 * <p>At zero terminal SNR a state has no epsilon; that step is an Euler step, and nothing of it is remembered.
 *
 * @param skipPrkSteps begin with PLMS instead of Runge-Kutta: n + 1 calls instead of n + 9
 * @param manner as diffusers, raw outputs are averaged whatever they stand for, and the mean is read at the start of the step:
 *     with a model that predicts v the method is left with order 1
 * @param spacing the timesteps
 */
public record Pndm(boolean skipPrkSteps, Manner manner, Spacing spacing) implements Sampler {

    private static final int ORDER = 4;

    private record Past(List<Tensor> e) {
        Past {
            e = List.copyOf(e.subList(0, Math.min(e.size(), ORDER - 1)));
        }
    }

    /** Runge-Kutta first, leading timesteps, ending at the level of timestep 0. */
    public Pndm() {
        this(false, Manner.PAPER, new DdimSpacing(TimestepSpacing.LEADING, 0, false, true));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Level level = soFar.level();
        Level next = soFar.next();
        Prediction prediction = model.predict(soFar.x(), level);
        if (startsFromNoise(level)) {
            Tensor euler = Tensor.combine(next.alpha(), prediction.denoised(), next.sigma(), prediction.noise());
            return new Step(euler, next, List.of(prediction), soFar.noise());
        }
        Prediction first = read(prediction);
        List<Tensor> e = new ArrayList<>(List.of(first.raw()));
        Past past = soFar.memory(Past.class);
        if (past != null) {
            e.addAll(past.e());
        }
        List<Prediction> calls = new ArrayList<>(List.of(prediction));
        Tensor slope;
        boolean warmsUp = warmUpLeft(soFar) > 0 && !next.isEnd();
        if (warmsUp && !skipPrkSteps) {
            slope = rungeKutta(model, soFar, first, calls);
        } else if (warmsUp) {
            Prediction ahead = model.predict(transfer(first, next), next);
            calls.add(ahead);
            slope = Tensor.combine(0.5, first.raw(), 0.5, read(ahead).raw());
        } else {
            slope = AdamsBashforth.slope(e);
        }
        Tensor x = transfer(first.with(slope), next);
        return new Step(x, next, calls, soFar.noise(), new Past(e));
    }

    private Tensor rungeKutta(Denoiser model, Trajectory soFar, Prediction first, List<Prediction> calls) {
        NoiseSchedule schedule = soFar.plan().schedule();
        Level next = soFar.next();
        double t = soFar.level().t();
        double half = Math.floor((t - next.t()) / 2);
        Level middle = schedule.at(next.t() + half);
        // one timestep off the middle where delta is odd, as in diffusers
        Level nearMiddle = schedule.at(t - half);
        Prediction second = model.predict(transfer(first, nearMiddle), middle);
        Tensor e2 = read(second).raw();
        Prediction third = model.predict(transfer(first.with(e2), middle), middle);
        Tensor e3 = read(third).raw();
        Prediction fourth = model.predict(transfer(first.with(e3), next), next);
        calls.addAll(List.of(second, third, fourth));
        List<Tensor> e = List.of(first.raw(), e2, e3, read(fourth).raw());
        return Tensor.combine(new double[] {1 / 6.0, 1 / 3.0, 1 / 3.0, 1 / 6.0}, e);
    }

    /** The answer as what the state moves along: the mean of several is a slope only of that. */
    private Prediction read(Prediction prediction) {
        if (manner == Manner.DIFFUSERS) {
            return prediction;
        }
        boolean flow = prediction.level().form() == Form.FLOW;
        return flow
                ? new Prediction(
                        prediction.velocity(), PredictionType.FLOW_PREDICTION, prediction.x(), prediction.level())
                : new Prediction(prediction.noise(), PredictionType.EPSILON, prediction.x(), prediction.level());
    }

    private boolean startsFromNoise(Level level) {
        return manner == Manner.PAPER && level.form() != Form.FLOW && level.alpha() == 0;
    }

    private static Tensor transfer(Prediction prediction, Level to) {
        return Tensor.combine(to.alpha(), prediction.denoised(), to.sigma(), prediction.noise());
    }

    @Override
    public int callsLeft(Trajectory soFar) {
        if (soFar.done()) {
            return 0;
        }
        int steps = soFar.stepsLeft();
        int once = startsFromNoise(soFar.level()) ? 1 : 0;
        int warmUp = Math.min(warmUpLeft(soFar), Math.max(0, steps - once - 1));
        return steps + (skipPrkSteps ? 1 : 3) * warmUp;
    }

    /** Steps yet to come that ask more than once, if the run is long enough. */
    private int warmUpLeft(Trajectory soFar) {
        boolean beganAtNoise =
                startsFromNoise(soFar.plan().from(0)) && soFar.next().index() == soFar.length() + 1;
        int made = Math.max(0, soFar.length() - (beganAtNoise ? 1 : 0));
        return Math.max(0, (skipPrkSteps ? 1 : ORDER - 1) - made);
    }

    @Override
    public String toString() {
        return skipPrkSteps ? "pndm, skip_prk_steps" : "pndm";
    }
}
