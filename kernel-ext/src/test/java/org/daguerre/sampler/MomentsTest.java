package org.daguerre.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.sampler.DpmSolver.Algorithm;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Mean and covariance of every sampler that adds noise, on Gaussian data in two dimensions that hang together. There every
 * sampler is an affine map of its draws, and each axis of the data is a recursion of its own: written down here from its
 * paper in one dimension, with a symbol for every draw, it has the exact moments of the finite number of steps, which are not
 * those of the data.
 */
class MomentsTest {

    private static final int SAMPLES = 100_000;
    private static final int STEPS = 8;
    private static final double SIGMAS = 3;
    private static final NoiseSchedule SCHEDULE = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);

    /** The first axis of the data lies at this angle. */
    private static final double COS = 0.8;

    private static final double SIN = 0.6;
    private static final Axis FIRST = new Axis(0.5, 1.2);
    private static final Axis SECOND = new Axis(-0.3, 0.4);

    /** One axis of the data: mean and standard deviation. */
    private record Axis(double mean, double deviation) {

        double gain(double alpha, double sigma) {
            double variance = deviation * deviation;
            return alpha * variance / (alpha * alpha * variance + sigma * sigma);
        }

        Affine denoised(Affine x, Level level) {
            return denoised(x, level.alpha(), level.sigma());
        }

        Affine denoised(Affine x, double alpha, double sigma) {
            double gain = gain(alpha, sigma);
            return x.times(gain).plus(mean * (1 - gain * alpha));
        }

        /** Of y = x / alpha at sigma / alpha. */
        Affine denoised(Affine y, double ratio) {
            return denoised(y, 1, ratio);
        }

        Affine noise(Affine x, Level level) {
            return x.plus(-level.alpha(), denoised(x, level)).times(1 / level.sigma());
        }
    }

    /** A constant and weights of independent standard normal draws. */
    private record Affine(double constant, double... draws) {

        Affine plus(double factor, Affine other) {
            double[] sum = Arrays.copyOf(draws, Math.max(draws.length, other.draws.length));
            for (int i = 0; i < other.draws.length; i++) {
                sum[i] += factor * other.draws[i];
            }
            return new Affine(constant + factor * other.constant, sum);
        }

        Affine plus(double added) {
            return new Affine(constant + added, draws);
        }

        Affine times(double factor) {
            return new Affine(
                    constant * factor, Arrays.stream(draws).map(d -> d * factor).toArray());
        }

        double variance() {
            return Arrays.stream(draws).map(d -> d * d).sum();
        }
    }

    /** Hands out draws that are independent of all before. */
    private static final class Draws {
        private int count;

        Affine fresh() {
            double[] draws = new double[++count];
            draws[count - 1] = 1;
            return new Affine(0, draws);
        }
    }

    /** A sampler in one dimension: from x at the start of a plan to x at its end. */
    private interface Recursion {
        Affine end(Affine x, Plan plan, Axis data, Draws draws);
    }

    /** One step of a sampler without memory, in x. */
    private interface OneStep {
        Affine next(Affine x, Level level, Level next, Axis data, Draws draws);
    }

    /** One step in y = x / alpha, from s = sigma / alpha to the next. */
    private interface RatioStep {
        Affine next(Affine y, double s, double next, Axis data, Draws draws);
    }

    private static Recursion steps(OneStep step) {
        return (x, plan, data, draws) -> {
            Affine at = x;
            for (int i = 0; i < plan.count(); i++) {
                at = step.next(at, plan.from(i), plan.to(i), data, draws);
            }
            return at;
        };
    }

    private static Recursion ratioSteps(RatioStep step) {
        return steps((x, level, next, data, draws) -> step.next(
                        x.times(1 / level.alpha()), level.ratio(), next.ratio(), data, draws)
                .times(next.alpha()));
    }

    private record Claim(String name, Sampler sampler, Recursion recursion) {}

    private static List<Claim> claims() {
        Ddpm ddpm = new Ddpm();
        return List.of(
                new Claim("ddpm", ddpm, ddpm(false)),
                new Claim(
                        "ddpm, fixed_large",
                        new Ddpm(Ddpm.Variance.FIXED_LARGE, Clipping.NONE, Manner.PAPER, ddpm.spacing()),
                        ddpm(true)),
                new Claim("ddim, eta 1", new Ddim(1, Clipping.NONE, ddpm.spacing()), ddim(1)),
                new Claim("ddim, eta 0.5", new Ddim(0.5, Clipping.NONE, ddpm.spacing()), ddim(0.5)),
                named("euler-ancestral", ratioSteps(MomentsTest::eulerAncestral)),
                named("euler-churn", MomentsTest::eulerChurn),
                named("restart", MomentsTest::restart),
                named("kdpm2-ancestral", ratioSteps(MomentsTest::kdpm2Ancestral)),
                named("dpmpp-2s-ancestral", ratioSteps(MomentsTest::dpmSolver2sAncestral)),
                named("dpmpp-sde", ratioSteps(MomentsTest::dpmSolverSde)),
                named("dpmpp-2m-sde", multistepSde(2, true)),
                named("dpmpp-3m-sde", multistepSde(3, true)),
                new Claim("dpm-2m-sde", new DpmSolverMultistep(Algorithm.SDE_DPMSOLVER, 2), multistepSde(2, false)),
                named("sa-solver", MomentsTest::saSolver),
                named("lcm", steps(MomentsTest::lcm)),
                named("tcd", steps(MomentsTest::tcd)),
                named("consistency", MomentsTest::consistency));
    }

    private static Claim named(String name, Recursion recursion) {
        return new Claim(name, Sampler.named(name), recursion);
    }

    // The samplers, each as its paper or, where it has none, k-diffusion's source has it.

    /** Ho et al. 2020, equations (6) and (7), between neighbours of the plan. */
    private static Recursion ddpm(boolean large) {
        return steps((x, level, next, data, draws) -> {
            double alpha = Math.pow(level.alpha() / next.alpha(), 2);
            double barBefore = level.alpha() * level.alpha();
            double barAfter = next.alpha() * next.alpha();
            Affine mean = data.denoised(x, level)
                    .times(Math.sqrt(barAfter) * (1 - alpha) / (1 - barBefore))
                    .plus(Math.sqrt(alpha) * (1 - barAfter) / (1 - barBefore), x);
            double variance = large ? 1 - alpha : (1 - barAfter) / (1 - barBefore) * (1 - alpha);
            return next.sigma() == 0 ? mean : mean.plus(Math.sqrt(variance), draws.fresh());
        });
    }

    /** Song et al. 2020, equations (12) and (16). */
    private static Recursion ddim(double eta) {
        return steps((x, level, next, data, draws) -> {
            double bar = level.alpha() * level.alpha();
            double barNext = next.alpha() * next.alpha();
            double sigma = eta * Math.sqrt((1 - barNext) / (1 - bar)) * Math.sqrt(1 - bar / barNext);
            return data.denoised(x, level)
                    .times(Math.sqrt(barNext))
                    .plus(Math.sqrt(1 - barNext - sigma * sigma), data.noise(x, level))
                    .plus(sigma, draws.fresh());
        });
    }

    private static double up(double s, double next) {
        return Math.sqrt(next * next * (s * s - next * next) / (s * s));
    }

    private static double down(double s, double next) {
        return Math.sqrt(next * next - Math.pow(up(s, next), 2));
    }

    private static Affine slope(Affine y, double s, Axis data) {
        return y.plus(-1, data.denoised(y, s)).times(1 / s);
    }

    private static Affine eulerAncestral(Affine y, double s, double next, Axis data, Draws draws) {
        return y.plus(down(s, next) - s, slope(y, s, data)).plus(up(s, next), draws.fresh());
    }

    /** Karras et al. 2022, Algorithm 2 without its lines 9 to 12, with the options of the name. */
    private static Affine eulerChurn(Affine x, Plan plan, Axis data, Draws draws) {
        return ratioSteps((y, s, next, axis, fresh) -> {
                    double gamma = s >= 0.05 && s <= 50 ? Math.min(40.0 / plan.count(), Math.sqrt(2) - 1) : 0;
                    double hat = s * (1 + gamma);
                    Affine noisier = y.plus(1.003 * Math.sqrt(hat * hat - s * s), fresh.fresh());
                    return noisier.plus(next - hat, slope(noisier, hat, axis));
                })
                .end(x, plan, data, draws);
    }

    /** Xu et al. 2023, Algorithm 1, two restarts between 0.3 and 1. */
    private static Affine restart(Affine x, Plan plan, Axis data, Draws draws) {
        double[] s = Stream.concat(plan.from().stream(), Stream.of(plan.end()))
                .mapToDouble(Level::ratio)
                .toArray();
        int top = 0;
        while (s[top] > 1) {
            top++;
        }
        int bottom = top;
        while (s[bottom] > 0.3) {
            bottom++;
        }
        Affine y = x.times(1 / plan.from(0).alpha());
        int restarts = 0;
        for (int i = 0; i < plan.count(); i++) {
            Affine d = slope(y, s[i], data);
            Affine euler = y.plus(s[i + 1] - s[i], d);
            y = s[i + 1] == 0
                    ? euler
                    : y.plus((s[i + 1] - s[i]) / 2, d).plus((s[i + 1] - s[i]) / 2, slope(euler, s[i + 1], data));
            if (i + 1 == bottom && restarts < 2) {
                y = y.plus(Math.sqrt(s[top] * s[top] - s[bottom] * s[bottom]), draws.fresh());
                restarts++;
                i = top - 1;
            }
        }
        return y.times(plan.end().alpha());
    }

    private static Affine kdpm2Ancestral(Affine y, double s, double next, Axis data, Draws draws) {
        double down = down(s, next);
        if (down == 0) {
            return eulerAncestral(y, s, next, data, draws);
        }
        double middle = Math.sqrt(s * down);
        Affine half = y.plus(middle - s, slope(y, s, data));
        return y.plus(down - s, slope(half, middle, data)).plus(up(s, next), draws.fresh());
    }

    private static Affine dpmSolver2sAncestral(Affine y, double s, double next, Axis data, Draws draws) {
        double down = down(s, next);
        if (down == 0) {
            return eulerAncestral(y, s, next, data, draws);
        }
        double h = Math.log(s / down);
        double middle = s * Math.exp(-h / 2);
        Affine there = y.times(middle / s).plus(-Math.expm1(-h / 2), data.denoised(y, s));
        return y.times(down / s)
                .plus(-Math.expm1(-h), data.denoised(there, middle))
                .plus(up(s, next), draws.fresh());
    }

    private static Affine dpmSolverSde(Affine y, double s, double next, Axis data, Draws draws) {
        if (next == 0) {
            return eulerAncestral(y, s, next, data, draws);
        }
        double middle = Math.sqrt(s * next);
        // a Brownian motion in sigma over the two parts of the step
        Affine near = draws.fresh().times(Math.sqrt(s - middle));
        Affine far = draws.fresh().times(Math.sqrt(middle - next));
        Affine there = y.times(down(s, middle) / s)
                .plus(1 - down(s, middle) / s, data.denoised(y, s))
                .plus(up(s, middle) / Math.sqrt(s - middle), near);
        return y.times(down(s, next) / s)
                .plus(1 - down(s, next) / s, data.denoised(there, middle))
                .plus(up(s, next) / Math.sqrt(s - next), near.plus(1, far));
    }

    /**
     * Lu et al. 2022, arXiv 2211.01095, appendix B: the integral of the diffusion SDE over a step, with the answer as a
     * polynomial in lambda through the last ones, here by a sum over small parts. With two answers the middle of the step
     * stands for all of it, as in Algorithm 2.
     */
    private static Recursion multistepSde(int order, boolean picture) {
        return (start, plan, data, draws) -> {
            Affine x = start;
            List<Affine> answers = new ArrayList<>();
            List<Double> lambdas = new ArrayList<>();
            for (int i = 0; i < plan.count(); i++) {
                Level level = plan.from(i);
                Level next = plan.to(i);
                answers.add(0, picture ? data.denoised(x, level) : data.noise(x, level));
                lambdas.add(0, level.lambda());
                boolean last = i == plan.count() - 1;
                int use = last ? 1 : Math.min(answers.size(), i == plan.count() - 2 ? Math.min(order, 2) : order);
                double h = next.lambda() - level.lambda();
                double whole = picture ? next.alpha() * -Math.expm1(-2 * h) : 0;
                if (picture && next.sigma() == 0) {
                    x = answers.get(0).times(next.alpha());
                    continue;
                }
                if (!picture) {
                    // sigma_t (e^h - 1), which has a limit where h has none
                    whole = -2 * (next.alpha() * level.ratio() - next.sigma());
                }
                Affine moved = picture
                        ? x.times(next.sigma() / level.sigma() * Math.exp(-h))
                        : x.times(next.alpha() / level.alpha());
                if (use == 1) {
                    moved = moved.plus(whole, answers.get(0));
                } else if (use == 2) {
                    double r = (lambdas.get(0) - lambdas.get(1)) / h;
                    moved = moved.plus(whole * (1 + 0.5 / r), answers.get(0)).plus(-whole * 0.5 / r, answers.get(1));
                } else {
                    for (int k = 0; k < 3; k++) {
                        moved = moved.plus(next.alpha() * integral(lambdas, k, h), answers.get(k));
                    }
                }
                double fresh = picture
                        ? next.sigma() * Math.sqrt(-Math.expm1(-2 * h))
                        : Math.sqrt(Math.pow(next.alpha() * level.ratio(), 2) - next.sigma() * next.sigma());
                x = moved.plus(fresh, draws.fresh());
            }
            return x;
        };
    }

    /** Of 2 e^(-2 (h - u)) times the k-th Lagrange polynomial through three points, over a step of length h. */
    private static double integral(List<Double> lambdas, int k, double h) {
        int parts = 2000;
        double sum = 0;
        for (int p = 0; p < parts; p++) {
            double u = (p + 0.5) * h / parts;
            double lagrange = 1;
            for (int j = 0; j < 3; j++) {
                lagrange *= j == k ? 1 : (u + lambdas.get(0) - lambdas.get(j)) / (lambdas.get(k) - lambdas.get(j));
            }
            sum += 2 * Math.exp(-2 * (h - u)) * lagrange * h / parts;
        }
        return sum;
    }

    /** Xue et al. 2023, Algorithms 1 and 2, with two answers each, tau 1 from timestep 200 to 800, as the name has it. */
    private static Affine saSolver(Affine start, Plan plan, Axis data, Draws draws) {
        Affine x = start;
        Affine before = null;
        Affine noise = null;
        Affine predicted = start;
        for (int i = 0; i < plan.count(); i++) {
            Level level = plan.from(i);
            Affine answer = data.denoised(predicted, level);
            if (before != null) {
                Level from = plan.from(i - 1);
                double h = level.lambda() - from.lambda();
                x = saStep(x, from, level, before, answer.plus(-1, before).times(1 / h), noise);
            }
            Level next = plan.to(i);
            boolean alone = before == null || i == plan.count() - 1;
            Affine rise = alone
                    ? new Affine(0)
                    : answer.plus(-1, before)
                            .times(1 / (level.lambda() - plan.from(i - 1).lambda()));
            noise = draws.fresh();
            predicted = saStep(x, level, next, answer, rise, noise);
            before = answer;
        }
        return predicted;
    }

    private static Affine saStep(Affine x, Level from, Level to, Affine answer, Affine rise, Affine noise) {
        double tau = from.t() >= 200 && from.t() <= 800 ? 1 : 0;
        double h = to.lambda() - from.lambda();
        double speed = 1 + tau * tau;
        return x.times(to.sigma() / from.sigma() * Math.exp(-tau * tau * h))
                .plus(to.alpha() * -Math.expm1(-speed * h), answer)
                .plus(to.alpha() * speed * h * h / 2, rise)
                .plus(to.sigma() * Math.sqrt(-Math.expm1(-2 * tau * tau * h)), noise);
    }

    /** Luo et al. 2023, Algorithm 3, with the boundary condition of their section 4. */
    private static Affine lcm(Affine x, Level level, Level next, Axis data, Draws draws) {
        double t = 10 * level.t();
        double skip = 0.25 / (t * t + 0.25);
        double out = t / Math.sqrt(t * t + 0.25);
        Affine consistent = x.times(skip).plus(out, data.denoised(x, level));
        return next.isEnd() ? consistent : consistent.times(next.alpha()).plus(next.sigma(), draws.fresh());
    }

    /** Zheng et al. 2024, Algorithm 4, gamma 0.3. */
    private static Affine tcd(Affine x, Level level, Level next, Axis data, Draws draws) {
        Level s = next.isEnd() ? next : SCHEDULE.at(Math.floor(0.7 * next.t()));
        Affine there = data.denoised(x, level).times(s.alpha()).plus(s.sigma(), data.noise(x, level));
        if (next.isEnd()) {
            return there;
        }
        double keep = next.alpha() / s.alpha();
        return there.times(keep).plus(Math.sqrt(1 - keep * keep), draws.fresh());
    }

    /** Song et al. 2023, Algorithm 1. */
    private static Affine consistency(Affine x, Plan plan, Axis data, Draws draws) {
        return ratioSteps((y, s, next, axis, fresh) -> {
                    double least = plan.end().ratio();
                    Affine denoised = axis.denoised(y, s);
                    return next == least
                            ? denoised
                            : denoised.plus(Math.sqrt(next * next - least * least), fresh.fresh());
                })
                .end(x, plan, data, draws);
    }

    // What is measured.

    @TestFactory
    Stream<DynamicTest> momentsAreThoseOfTheRecursion() {
        return claims().stream()
                .map(claim -> dynamicTest(claim.name(), () -> {
                    Plan plan = claim.sampler().spacing().plan(SCHEDULE, STEPS);
                    Affine first = end(claim, plan, FIRST);
                    Affine second = end(claim, plan, SECOND);
                    double[] mean = turned(first.constant(), second.constant());
                    double xx = COS * COS * first.variance() + SIN * SIN * second.variance();
                    double yy = SIN * SIN * first.variance() + COS * COS * second.variance();
                    double xy = COS * SIN * (first.variance() - second.variance());

                    float[] x = walk(claim.sampler(), plan).toArray();
                    double[] sum = new double[2];
                    double[] squares = new double[3];
                    for (int i = 0; i < SAMPLES; i++) {
                        double dx = x[2 * i] - mean[0];
                        double dy = x[2 * i + 1] - mean[1];
                        sum[0] += dx / SAMPLES;
                        sum[1] += dy / SAMPLES;
                        squares[0] += dx * dx / SAMPLES;
                        squares[1] += dy * dy / SAMPLES;
                        squares[2] += dx * dy / SAMPLES;
                    }
                    assertEquals(0, sum[0], SIGMAS * Math.sqrt(xx / SAMPLES), "mean of x");
                    assertEquals(0, sum[1], SIGMAS * Math.sqrt(yy / SAMPLES), "mean of y");
                    assertEquals(xx, squares[0], SIGMAS * xx * Math.sqrt(2.0 / SAMPLES), "variance of x");
                    assertEquals(yy, squares[1], SIGMAS * yy * Math.sqrt(2.0 / SAMPLES), "variance of y");
                    assertEquals(xy, squares[2], SIGMAS * Math.sqrt((xx * yy + xy * xy) / SAMPLES), "covariance");
                }));
    }

    /** A sampler that draws noise and is not above has no moments to be held to. */
    @Test
    void everySamplerThatAddsNoiseIsHeldToItsMoments() {
        Set<String> held =
                claims().stream().map(claim -> claim.sampler().toString()).collect(Collectors.toSet());
        for (String name : Samplers.names()) {
            Sampler sampler = Sampler.named(name);
            Trajectory start = Trajectory.start(sampler.spacing().plan(SCHEDULE, STEPS), Noise.seed(0), 2, 2);
            Trajectory way = start;
            while (!way.done()) {
                way = way.then(sampler.next(MODEL, way));
            }
            assertTrue(way.noise().equals(start.noise()) || held.contains(name), name);
        }
    }

    private static Affine end(Claim claim, Plan plan, Axis axis) {
        Draws draws = new Draws();
        return claim.recursion().end(draws.fresh().times(plan.startScale()), plan, axis, draws);
    }

    private static Tensor walk(Sampler sampler, Plan plan) {
        Trajectory way = Trajectory.start(plan, Noise.seed(1), SAMPLES, 2);
        while (!way.done()) {
            way = way.then(sampler.next(MODEL, way));
        }
        return way.x();
    }

    private static double[] turned(double first, double second) {
        return new double[] {COS * first - SIN * second, SIN * first + COS * second};
    }

    private static final Denoiser MODEL = Denoiser.of((x, level) -> {
        double first = FIRST.gain(level.alpha(), level.sigma());
        double second = SECOND.gain(level.alpha(), level.sigma());
        double[] mean = turned(FIRST.mean(), SECOND.mean());
        float[] values = x.toArray();
        for (int i = 0; i < values.length; i += 2) {
            double dx = values[i] - level.alpha() * mean[0];
            double dy = values[i + 1] - level.alpha() * mean[1];
            double[] moved = turned(first * (COS * dx + SIN * dy), second * (COS * dy - SIN * dx));
            values[i] = (float) (mean[0] + moved[0]);
            values[i + 1] = (float) (mean[1] + moved[1]);
        }
        return Tensor.wrap(values, x.shape());
    });
}
