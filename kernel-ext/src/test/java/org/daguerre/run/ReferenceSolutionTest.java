package org.daguerre.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.daguerre.denoiser.ExactDenoiser;
import org.daguerre.sampler.Trajectory;
import org.daguerre.schedule.Form;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs are measured from, on a mixture whose perfect answers are known. */
class ReferenceSolutionTest {

    /** Alpha-bar of the last trained timestep as diffusers rescales it for samplers that divide by it: sigma / alpha is 4096. */
    private static final double ALMOST_ZERO = 0x1p-24;

    private static final Tensor MEAN = Noise.seed(11).draw(1, 32).tensor();
    private static final ExactDenoiser MIXTURE =
            ExactDenoiser.mixture(new double[] {1, 2, 1}, List.of(MEAN, MEAN.times(-0.5), Tensor.zeros(1, 32)), 0.4);
    private static final NoiseSchedule ZERO_SNR =
            NoiseSchedule.scaledLinear(1000, 0.00085, 0.012).zeroTerminalSnr();

    private static Run start(double alphasCumprod) {
        Level first = Level.preserving(999, alphasCumprod);
        Plan plan = Plan.through(ZERO_SNR, List.of(first, ZERO_SNR.at(500), Level.preserving(0, 1)), 1);
        Noise.Draw noise = Noise.seed(3).draw(1, 32);
        return Sampling.of(MIXTURE, ZERO_SNR, 1, 32).start(Trajectory.start(plan, 0, noise.tensor(), noise.after()));
    }

    private static Tensor solution(double alphasCumprod, int steps) {
        ReferenceSolution solution = ReferenceSolution.of(start(alphasCumprod), steps);
        solution.solve(progress -> {});
        return solution.x();
    }

    private static double distance(Tensor of, Tensor from) {
        return of.minus(from).norm() / from.norm();
    }

    @ParameterizedTest
    @ValueSource(doubles = {ALMOST_ZERO, 0, 0.01})
    void errorQuartersWhenStepsDouble(double alphasCumprod) {
        Tensor truth = solution(alphasCumprod, 3200);
        double before = distance(solution(alphasCumprod, 25), truth);
        for (int steps : new int[] {50, 100, 200}) {
            double error = distance(solution(alphasCumprod, steps), truth);
            assertEquals(4, before / error, 0.3, steps + " steps");
            before = error;
        }
    }

    /** In the angle all forms are one. */
    @Test
    void solutionIsTheSameInEveryForm() {
        NoiseSchedule preserving = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);
        NoiseSchedule flow = t -> {
            double ratio = preserving.at(t).ratio();
            return Level.flow(t, ratio / (1 + ratio));
        };
        NoiseSchedule exploding = t -> Level.of(t, 1, preserving.at(t).ratio(), Form.EXPLODING);
        Tensor one = solution(preserving);
        for (NoiseSchedule other : List.of(flow, exploding)) {
            assertEquals(0, distance(solution(other), one), 1e-5);
        }
    }

    private static Tensor solution(NoiseSchedule schedule) {
        Level first = schedule.at(999).withRatio(4096);
        Level end = schedule.at(0).withRatio(0);
        Tensor y = Noise.seed(3).draw(1, 32).tensor();
        Run start = Sampling.of(MIXTURE, schedule, 1, 32)
                .start(Trajectory.start(
                        Plan.through(schedule, List.of(first, schedule.at(500), end), 1),
                        0,
                        y.times(Math.hypot(first.alpha(), first.sigma())),
                        Noise.seed(3)));
        ReferenceSolution solution = ReferenceSolution.of(start, 50);
        solution.solve(progress -> {});
        return solution.x();
    }

    @Test
    void startsOfAlmostNoPictureAndOfNoneAgree() {
        assertEquals(0, distance(solution(ALMOST_ZERO, 200), solution(0, 200)), 1e-3);
    }
}
