package org.daguerre.run;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.guidance.Guidance;
import org.daguerre.sampler.Edit;
import org.daguerre.sampler.Sampler;
import org.daguerre.sampler.Step;
import org.daguerre.sampler.Trajectory;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.tensor.Tensor;

/**
 * The solution of a model's probability flow ODE from where a run starts to where it ends, down to the least noise that the
 * schedule knows: the trapezoid rule on many levels, which lie close where there is little noise. A sampler's distance from it
 * is the error of its method; start and model are the same. It is solved twice, with half the steps first: no distance is known
 * better than that of the two. Their steps are not kept, only their ends.
 */
final class ReferenceSolution {

    /** The levels are even in the RHO-th root of arctan(sigma / alpha): Karras' ladder, but finite at zero terminal SNR. */
    private static final double RHO = 2;

    /**
     * The trapezoid rule in the angle phi = atan2(sigma, alpha). Divided by r = hypot(alpha, sigma), a state is y = cos(phi) x0
     * + sin(phi) eps, and as dx = eps dsigma where alpha is 1, so that d(y / cos(phi)) = eps d tan(phi), it moves along the
     * flow by
     *
     * <pre>
     *     dy/dphi = cos(phi) eps - sin(phi) x0 = v
     * </pre>
     *
     * of what the model says of x0 and eps there (Salimans and Ho 2022, arXiv 2202.00512, appendix D), whatever form the
     * levels have. The step before it is corrected is DDIM's, the rotation by which y moves while x0 and eps stay. All of it is
     * finite at every sigma and at zero terminal SNR. Heun's method takes the same means in sigma / alpha, where a first step
     * of many trained schedules leads from 4096 to less than 100 and the slope at its start says nothing of its end; in the
     * angle that step is a hundredth. Two calls a step, one in the last to no noise.
     */
    private record AngularTrapezoid() implements Sampler {

        @Override
        public Step next(Denoiser model, Trajectory soFar) {
            Tensor x = soFar.x();
            Level level = soFar.level();
            Level next = soFar.next();
            Prediction first = model.predict(x, level);
            Tensor rotated = Tensor.combine(next.alpha(), first.denoised(), next.sigma(), first.noise());
            if (next.sigma() == 0) {
                return new Step(rotated, next, List.of(first), soFar.noise());
            }
            Prediction second = model.predict(rotated, next);
            double r = Math.hypot(next.alpha(), next.sigma());
            double kept = r / Math.hypot(level.alpha(), level.sigma());
            double h = r * (angle(next) - angle(level));
            Tensor corrected = Tensor.combine(kept, x, h / 2, v(first, level), h / 2, v(second, next));
            return new Step(corrected, next, List.of(first, second), soFar.noise());
        }

        private static double angle(Level level) {
            return Math.atan2(level.sigma(), level.alpha());
        }

        private static Tensor v(Prediction prediction, Level level) {
            return PredictionType.V_PREDICTION.raw(prediction.denoised(), prediction.noise(), level);
        }

        @Override
        public int callsLeft(Trajectory soFar) {
            int steps = soFar.stepsLeft();
            return 2 * steps - (steps > 0 && soFar.plan().end().sigma() == 0 ? 1 : 0);
        }

        @Override
        public String toString() {
            return "the reference";
        }
    }

    /**
     * What a solution depends on. Sampler, spacing, steps and edits change how it is approached, and seed and shape are in x.
     */
    record Problem(
            ConditionalDenoiser model, Guidance guidance, NoiseSchedule schedule, Level from, Level to, Tensor x) {

        /** @param start a run that has made no step yet */
        static Problem of(Run start) {
            Sampling sampling = start.sampling();
            return new Problem(
                    sampling.model(),
                    sampling.guidance(),
                    sampling.schedule(),
                    start.level().at(-1, -1),
                    start.trajectory().plan().end().at(-1, -1),
                    start.x());
        }
    }

    private final List<Run> solves;
    private final Run end;
    private double milliseconds;
    private String failure = "";

    private ReferenceSolution(List<Run> solves, Run end) {
        this.solves = solves;
        this.end = end;
    }

    /**
     * @param start a run that has made no step yet
     * @param steps 2 or more; another solution of half as many tells how well this one is known
     */
    static ReferenceSolution of(Run start, int steps) {
        Run half = solve(start, steps / 2);
        Run all = solve(start, steps);
        return new ReferenceSolution(List.of(half, all), all);
    }

    /** A run as it stands, to be taken for one. */
    static ReferenceSolution given(Run run) {
        return new ReferenceSolution(List.of(), run);
    }

    private static Run solve(Run start, int steps) {
        Trajectory from = start.trajectory();
        Trajectory fine = Trajectory.start(plan(from.plan(), from.level(), steps), 0, from.x(), from.noise());
        return start.sampling()
                .sampler(new AngularTrapezoid())
                .edits(new Edit[0])
                .start(fine);
    }

    private static Plan plan(Plan coarse, Level first, int steps) {
        NoiseSchedule schedule = coarse.schedule();
        Level end = coarse.end();
        double trained = schedule.at(schedule.at(0).sigma() > 0 ? 0 : 1).ratio(); // a flow has no noise at 0
        double least = end.sigma() > 0
                ? end.ratio()
                : Math.min(trained, coarse.from(coarse.count() - 1).ratio());
        double high = root(first.ratio());
        double low = root(least);
        List<Level> levels = new ArrayList<>(List.of(first));
        for (int i = 1; i <= steps; i++) {
            double angle = Math.pow(high + i / (double) steps * (low - high), RHO);
            levels.add(schedule.atRatio(i == steps ? least : Math.tan(angle)));
        }
        if (end.sigma() == 0) {
            levels.add(end);
        }
        return Plan.through(schedule, levels, 1);
    }

    private static double root(double ratio) {
        return Math.pow(Math.atan(ratio), 1 / RHO);
    }

    /**
     * Solves it, or goes on with that; once it failed it is not tried again. Throws nothing but the news that it was cancelled;
     * {@link #failure} says why there is no solution.
     */
    void solve(Observer observer) {
        if (!failure.isEmpty()) {
            return;
        }
        long start = System.nanoTime();
        try {
            for (Run run : solves) {
                run.observe(observer).finishAlone();
            }
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException e) { // one's own model may throw anything
            failure = Comparison.reason(e);
        } finally {
            milliseconds += (System.nanoTime() - start) / 1e6;
        }
    }

    void cancel() {
        solves.forEach(Run::cancel);
    }

    boolean isSolved() {
        return solves.stream().allMatch(Run::done);
    }

    /** Why it cannot be solved, or empty. */
    String failure() {
        return failure;
    }

    boolean isGiven() {
        return solves.isEmpty();
    }

    /** The run that ends in it. */
    Run run() {
        return end;
    }

    /** True of a run that is made to solve it. */
    boolean isSolvedBy(Run run) {
        return solves.contains(run);
    }

    /** Calls of the model made to solve it. */
    int calls() {
        return solves.stream().mapToInt(Run::calls).sum();
    }

    int callsLeft() {
        return failure.isEmpty() ? solves.stream().mapToInt(Run::callsLeft).sum() : 0;
    }

    /** Wall time of solving it so far. */
    double milliseconds() {
        return milliseconds;
    }

    Tensor x() {
        return end.x();
    }

    /** The norm of a state's difference from it, in parts of its own. */
    double distance(Tensor x) {
        return x.minus(end.x()).norm() / end.x().norm();
    }

    /** How far the solution of half the steps ends from it; 0 for a given run, which is what it is. */
    double uncertainty() {
        return isGiven() ? 0 : distance(solves.get(0).x());
    }
}
