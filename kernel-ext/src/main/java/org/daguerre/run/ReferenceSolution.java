package org.daguerre.run;

import java.util.ArrayList;
import java.util.List;
import org.daguerre.sampler.Edit;
import org.daguerre.sampler.Heun;
import org.daguerre.sampler.Trajectory;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.tensor.Tensor;

/**
 * The solution of a model's probability flow ODE from where a run starts to where it ends, down to the least noise that the
 * schedule knows: Heun's method on many levels, which lie close where there is little noise. A sampler's distance from it is
 * the error of its method; start and model are the same. Its steps are not kept, only its end.
 */
final class ReferenceSolution {

    /** The levels are even in the RHO-th root of arctan(sigma / alpha): Karras' ladder, but finite at zero terminal SNR. */
    private static final double RHO = 3;

    private final Run run;
    private final boolean given;
    private double milliseconds;

    /** @param start a run that has made no step yet */
    ReferenceSolution(Run start, int steps) {
        Trajectory from = start.trajectory();
        Trajectory fine = Trajectory.start(plan(from.plan(), from.level(), steps), 0, from.x(), from.noise());
        this.run = start.sampling().sampler(new Heun()).edits(new Edit[0]).start(fine);
        this.given = false;
    }

    private ReferenceSolution(Run run) {
        this.run = run;
        this.given = true;
    }

    /** A run as it stands, to be taken for one. */
    static ReferenceSolution given(Run run) {
        return new ReferenceSolution(run);
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

    void solve(Observer observer) {
        if (given) {
            return;
        }
        long start = System.nanoTime();
        try {
            run.observe(observer).finishAlone();
        } finally {
            milliseconds += (System.nanoTime() - start) / 1e6;
        }
    }

    boolean isSolved() {
        return given || run.done();
    }

    boolean isGiven() {
        return given;
    }

    Run run() {
        return run;
    }

    /** Wall time of solving it so far. */
    double milliseconds() {
        return milliseconds;
    }

    Tensor x() {
        return run.x();
    }
}
