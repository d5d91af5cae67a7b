package org.daguerre.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.ExactDenoiser;
import org.daguerre.sampler.DpmSolver.Algorithm;
import org.daguerre.sampler.DpmSolver.Derivative;
import org.daguerre.schedule.DpmSpacing;
import org.daguerre.schedule.FinalSigma;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What options do where they begin and end. */
class OptionEdgesTest {

    private static final int[] SHAPE = {1, 2, 3, 3};
    private static final Spacing SPACING = new DpmSpacing(TimestepSpacing.LINSPACE, 0, FinalSigma.SIGMA_MIN);
    private static final Plan PLAN = SPACING.plan(NoiseSchedule.scaledLinear(1000, 0.00085, 0.012), 20);
    private static final Denoiser MODEL = ExactDenoiser.mixture(
            new double[] {1, 2},
            List.of(
                    Noise.seed(1).draw(SHAPE).tensor(),
                    Noise.seed(2).draw(SHAPE).tensor()),
            0.3);

    private static Trajectory at(int index) {
        return Trajectory.start(PLAN, index, Noise.seed(3).draw(SHAPE).tensor(), Noise.seed(4));
    }

    private static Trajectory walk(Sampler sampler, Trajectory from, int steps) {
        Trajectory way = from;
        for (int i = 0; i < steps; i++) {
            way = way.then(sampler.next(MODEL, way));
        }
        return way;
    }

    @Test
    void eulerAtFinalMakesTheLastStepAndNoOtherFirstOrder() {
        Sampler first = multistep(1, false);
        Trajectory beforeLast = walk(multistep(2, true), at(0), 19);
        Tensor euler = first.next(MODEL, beforeLast).x();
        assertEquals(euler, multistep(2, true).next(MODEL, beforeLast).x());
        assertNotEquals(euler, multistep(2, false).next(MODEL, beforeLast).x());
        Trajectory earlier = beforeLast.back(1);
        assertNotEquals(
                first.next(MODEL, earlier).x(),
                multistep(2, true).next(MODEL, earlier).x());
    }

    private static Sampler multistep(int order, boolean eulerAtFinal) {
        return new DpmSolverMultistep(
                Algorithm.DPMSOLVER_PP,
                order,
                Derivative.MIDPOINT,
                false,
                eulerAtFinal,
                Clipping.NONE,
                Manner.PAPER,
                SPACING);
    }

    @Test
    void tauHoldsAtBothItsTimesteps() {
        double t = PLAN.from(5).t();
        Tensor none = saSolver(0, t, t).next(MODEL, at(5)).x();
        assertNotEquals(none, saSolver(1, t, t).next(MODEL, at(5)).x());
        assertNotEquals(none, saSolver(1, 0, t).next(MODEL, at(5)).x());
        assertNotEquals(none, saSolver(1, t, 999).next(MODEL, at(5)).x());
        assertEquals(none, saSolver(1, t + 1, 999).next(MODEL, at(5)).x());
        assertEquals(none, saSolver(1, 0, t - 1).next(MODEL, at(5)).x());
    }

    private static Sampler saSolver(double tau, double from, double to) {
        return new SaSolver(2, 2, true, true, tau, from, to, Clipping.NONE, SPACING);
    }

    /** A level of just the noise of an end of the interval is that end. */
    @Test
    void restartGoesFromTheLevelOfItsFootToThatOfItsTop() {
        Restart restart = new Restart(2, PLAN.from(9).ratio(), PLAN.from(6).ratio(), SPACING);
        List<Integer> indices = new ArrayList<>();
        walk(restart, at(4), 9).steps().forEach(step -> indices.add(step.level().index()));
        assertEquals(List.of(5, 6, 7, 8, 6, 7, 8, 6, 7), indices);
    }

    @Test
    void churnHoldsAtBothItsSigmas() {
        double sigma = PLAN.from(5).ratio();
        Noise quiet = at(5).noise();
        assertNotEquals(quiet, churn(sigma, sigma).next(MODEL, at(5)).noise());
        assertEquals(quiet, churn(Math.nextUp(sigma), 50).next(MODEL, at(5)).noise());
        assertEquals(quiet, churn(0, Math.nextDown(sigma)).next(MODEL, at(5)).noise());
    }

    private static Sampler churn(double tMin, double tMax) {
        return new EulerChurn(40, tMin, tMax, 1, Manner.PAPER, SPACING);
    }

    /** torch.quantile(x, 0.995) of float32: the ratio is rounded to float32 and its rank is not; otherwise 86.000 or 85.961. */
    @Test
    void quantileHasTorchsRank() {
        float[] x = new float[16384];
        for (int i = 0; i < x.length; i++) {
            x[i] = i < 16302 ? 1 : 1001;
        }
        Tensor clipped = Clipping.dynamic(0.995, 1e9).of(Tensor.wrap(x, 1, 1, 128, 128));
        assertEquals(86.07812, 1 / clipped.toArray()[0], 1e-3);
        assertEquals(1, clipped.toArray()[16383], 1e-6);
    }
}
