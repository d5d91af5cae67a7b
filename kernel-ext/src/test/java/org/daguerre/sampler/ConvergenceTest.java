package org.daguerre.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.Stream;
import org.daguerre.denoiser.ExactDenoiser;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * For Gaussian data the probability flow ODE has a closed solution: (x - alpha mean) / sqrt(alpha² std² + sigma²) stays the
 * same. Against it every deterministic sampler shows the order that its paper claims.
 */
class ConvergenceTest {

    private static final double STD = 0.5;
    private static final Tensor MEAN = Noise.seed(11).draw(1, 32).tensor();
    private static final Tensor START = Noise.seed(12).draw(1, 32).tensor();
    private static final int T = 1_000_000;

    /** Noise to signal from 20 down to 0.05, evenly in its logarithm. */
    private static final NoiseSchedule PRESERVING = smooth(t -> Level.preservingRatio(t, ratio(t)));

    private static final NoiseSchedule FLOW = smooth(t -> Level.flow(t, ratio(t) / (1 + ratio(t))));

    private static double ratio(double t) {
        return 0.05 * Math.pow(400, t / T);
    }

    private static NoiseSchedule smooth(DoubleFunction<Level> level) {
        return level::apply;
    }

    private record Claim(String name, Sampler sampler, NoiseSchedule schedule, double order) {}

    @TestFactory
    Stream<DynamicTest> errorShrinksByTwoToTheOrderWhenStepsDouble() {
        Sampler multistep = new DpmSolverPlusPlus2M(false, null);
        Sampler uniPc = new UniPc(false, null);
        return Stream.of(
                        new Claim("ddim", new Ddim(), PRESERVING, 1),
                        new Claim("ddim on a flow", new Ddim(), FLOW, 1),
                        new Claim("euler", new Euler(), PRESERVING, 1),
                        new Claim("euler on a flow", new Euler(), FLOW, 1),
                        new Claim("heun", new Heun(), PRESERVING, 2),
                        new Claim("heun on a flow", new Heun(), FLOW, 2),
                        new Claim("dpmpp-2m", multistep, PRESERVING, 2),
                        new Claim("dpmpp-2m on a flow", multistep, FLOW, 2),
                        new Claim("unipc", uniPc, PRESERVING, 3),
                        new Claim("unipc on a flow", uniPc, FLOW, 3),
                        new Claim("pndm", new Pndm(), PRESERVING, 2),
                        new Claim("plms", new Pndm(true, null), PRESERVING, 2))
                .map(claim -> dynamicTest(claim.name(), () -> {
                    double coarse = error(claim, 40);
                    double fine = error(claim, 80);
                    double order = Math.log(coarse / fine) / Math.log(2);
                    assertEquals(claim.order(), order, 0.2);
                }));
    }

    /** The noise that is added must make up for the contraction of the mean, at every level. */
    @TestFactory
    Stream<DynamicTest> randomSamplersKeepTheSpreadOfTheData() {
        List<Sampler> samplers = List.of(new Ddpm(), new EulerAncestral(), new Ddim(1, Double.POSITIVE_INFINITY, null));
        return Stream.concat(
                samplers.stream().map(sampler -> keepsTheSpread(sampler, "", PRESERVING)),
                samplers.stream().map(sampler -> keepsTheSpread(sampler, " on a flow", FLOW)));
    }

    private static DynamicTest keepsTheSpread(Sampler sampler, String where, NoiseSchedule schedule) {
        return dynamicTest(sampler + where, () -> {
            Plan plan = plan(schedule, 200);
            Level from = plan.from(0);
            Noise.Draw draw = Noise.seed(5).draw(20_000, 1);
            Tensor start = draw.tensor().times(Math.hypot(from.alpha() * STD, from.sigma()));
            Trajectory way = Trajectory.start(plan, 0, start, draw.after());
            ExactDenoiser model = ExactDenoiser.gaussian(Tensor.zeros(1, 1), STD);
            while (!way.done()) {
                way = way.then(sampler.next(model, way));
            }
            Level end = plan.end();
            assertEquals(Math.hypot(end.alpha() * STD, end.sigma()), way.x().std(), 0.01);
        });
    }

    private static double error(Claim claim, int steps) {
        Trajectory way = Trajectory.start(plan(claim.schedule(), steps), 0, START, Noise.seed(0));
        ExactDenoiser model = ExactDenoiser.gaussian(MEAN, STD);
        while (!way.done()) {
            way = way.then(claim.sampler().next(model, way));
        }
        Tensor exact = solution(START, way.plan().from(0), way.plan().end());
        return way.x().minus(exact).norm() / exact.norm();
    }

    private static Plan plan(NoiseSchedule schedule, int steps) {
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i <= steps; i++) {
            levels.add(schedule.at(T * (1 - i / (double) steps)));
        }
        return Plan.through(schedule, levels, 1);
    }

    private static Tensor solution(Tensor x, Level from, Level to) {
        double spread = Math.hypot(to.alpha() * STD, to.sigma()) / Math.hypot(from.alpha() * STD, from.sigma());
        return x.plus(-from.alpha(), MEAN).times(spread).plus(to.alpha(), MEAN);
    }
}
