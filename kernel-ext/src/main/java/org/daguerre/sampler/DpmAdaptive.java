package org.daguerre.sampler;

import java.util.ArrayList;
import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.EulerSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Tensor;

/**
 * DPM-Solver with adaptive steps, Lu et al. 2022, "DPM-Solver", arXiv 2206.00927, Algorithm 3 with DPM-Solver-2 and -3, and the
 * step size controller of k-diffusion (sample_dpm_adaptive; Crowson 2022). The plan gives the start and the end only; each
 * step tries lengths until the two orders agree. Three calls a try.
 *
 * <pre>
 * x / alpha        x
 * lambda, h        lambda = -ln(sigma / alpha) and the length of the try
 * e0, e1, e2       epsilon_theta at s, s + h / 3 and s + 2 h / 3
 * low, high        x_A, x_B, of orders 2 and 3
 * error            E, the difference in units of the tolerances
 * memory           the next h, and the last low
 * </pre>
 *
 * @param relative tolerance in parts of the state, 0.05 in the paper
 * @param absolute tolerance in units of the state, 0.0078 in the paper (a grey level)
 * @param spacing where it starts and ends
 */
public record DpmAdaptive(double relative, double absolute, Spacing spacing) implements Sampler {

    private static final double FIRST_H = 0.05;
    private static final double ACCEPTED_ABOVE = 0.81;
    private static final double NEARLY = 1e-5;
    private static final int MOST_TRIES = 100;

    private record Past(double h, Tensor low) {}

    public DpmAdaptive {
        if (!(relative >= 0) || !(absolute > 0) || Double.isInfinite(relative) || Double.isInfinite(absolute)) {
            throw new IllegalArgumentException("the tolerances are " + relative + " and " + absolute
                    + ". Give a finite number of 0 or more and one above 0, usually 0.05 and 0.0078.");
        }
    }

    /** The paper's tolerances, from the noisiest trained level to the least noisy. */
    public DpmAdaptive() {
        this(0.05, 0.0078, new EulerSpacing(TimestepSpacing.LINSPACE, 0));
    }

    @Override
    public Step next(Denoiser model, Trajectory soFar) {
        Plan plan = soFar.plan();
        Level level = soFar.level();
        Level last = lastWithNoise(plan);
        if (level.alpha() == 0 || level.ratio() <= last.ratio() * (1 + NEARLY)) {
            return new Euler(spacing).next(model, soFar);
        }
        Tensor x = soFar.x().over(level.alpha());
        double lambda = -Math.log(level.ratio());
        double end = -Math.log(last.ratio());
        Past past = soFar.memory(Past.class);
        double h = past == null ? FIRST_H : past.h();
        Tensor before = past == null ? x : past.low();
        List<Prediction> calls = new ArrayList<>();
        calls.add(model.predict(soFar.x(), level));
        Tensor e0 = calls.get(0).noise();
        for (int attempt = 0; attempt < MOST_TRIES; attempt++) {
            double tried = Math.min(h, end - lambda);
            Attempt made = attempt(model, plan.schedule(), x, lambda, tried, e0, calls);
            double factor = Math.pow(1 / (1e-8 + error(made, before)), 1.0 / 3);
            double limited = 1 + Math.atan(factor - 1);
            h *= limited;
            if (limited >= ACCEPTED_ABOVE) {
                boolean arrived = end - lambda - tried < NEARLY;
                Level to = arrived ? last : plan.schedule().atRatio(Math.exp(-(lambda + tried)));
                return new Step(made.high().times(to.alpha()), to, calls, soFar.noise(), new Past(h, made.low()));
            }
        }
        throw new IllegalStateException("no step from t " + level.t() + " kept the tolerance in " + MOST_TRIES
                + " tries. Give larger tolerances, or another sampler.");
    }

    private record Attempt(Tensor low, Tensor high) {}

    private static Attempt attempt(
            Denoiser model,
            NoiseSchedule schedule,
            Tensor x,
            double lambda,
            double h,
            Tensor e0,
            List<Prediction> calls) {
        Level third = schedule.atRatio(Math.exp(-(lambda + h / 3)));
        Level twoThirds = schedule.atRatio(Math.exp(-(lambda + 2 * h / 3)));
        double sigma = Math.exp(-(lambda + h));
        Tensor u1 = x.plus(-third.ratio() * Math.expm1(h / 3), e0);
        calls.add(model.predict(u1.times(third.alpha()), third));
        Tensor d1 = calls.get(calls.size() - 1).noise().minus(e0);
        double bend = Math.expm1(2 * h / 3) / (2 * h / 3) - 1;
        Tensor u2 = x.plus(-twoThirds.ratio() * Math.expm1(2 * h / 3), e0).plus(-twoThirds.ratio() * 2 * bend, d1);
        calls.add(model.predict(u2.times(twoThirds.alpha()), twoThirds));
        Tensor d2 = calls.get(calls.size() - 1).noise().minus(e0);
        Tensor straight = x.plus(-sigma * Math.expm1(h), e0);
        Tensor low = straight.plus(-sigma * 1.5 * Math.expm1(h), d1);
        Tensor high = straight.plus(-sigma * 1.5 * (Math.expm1(h) / h - 1), d2);
        return new Attempt(low, high);
    }

    private double error(Attempt made, Tensor before) {
        Tensor unit =
                made.low().map(before, (a, b) -> Math.max(absolute, relative * Math.max(Math.abs(a), Math.abs(b))));
        Tensor off = made.low().minus(made.high()).map(unit, (difference, one) -> difference / one);
        return off.norm() / Math.sqrt(off.size());
    }

    private static Level lastWithNoise(Plan plan) {
        return plan.end().sigma() > 0 ? plan.end() : plan.from(plan.count() - 1);
    }

    /** A guess, three calls for every step of the plan: how many it takes is known when they are made. */
    @Override
    public int callsLeft(Trajectory soFar) {
        return 3 * soFar.stepsLeft();
    }

    @Override
    public String toString() {
        return "dpm-adaptive";
    }
}
