package org.daguerre.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DdpmTest {

    private static Tensor step(Ddpm.Variance variance, Double learned) {
        Ddpm sampler = new Ddpm(variance, Clipping.NONE, Manner.PAPER, new Ddpm().spacing());
        Denoiser model = (x, level) -> new Prediction(
                x,
                PredictionType.EPSILON,
                x,
                level,
                Map.of(),
                learned == null ? null : Tensor.filled(learned, x.shape()));
        Trajectory start = Trajectory.start(
                sampler.spacing().plan(NoiseSchedule.linear(1000, 1e-4, 0.02), 10), Noise.seed(0), 1, 16);
        return sampler.next(model, start).x();
    }

    @Test
    void learnedVarianceRunsBetweenTheFixedOnes() {
        Tensor small = step(Ddpm.Variance.FIXED_SMALL, null);
        Tensor large = step(Ddpm.Variance.FIXED_LARGE, null);
        assertEquals(0, small.minus(step(Ddpm.Variance.LEARNED_RANGE, -1.0)).norm(), 1e-6);
        assertEquals(0, large.minus(step(Ddpm.Variance.LEARNED_RANGE, 1.0)).norm(), 1e-6);
        Tensor middle = step(Ddpm.Variance.LEARNED_RANGE, 0.0);
        double there = middle.minus(small).norm();
        assertEquals(large.minus(small).norm(), there + large.minus(middle).norm(), 1e-5);
    }

    @Test
    void modelWithoutVarianceCannotLearnIt() {
        assertThrows(IllegalArgumentException.class, () -> step(Ddpm.Variance.LEARNED_RANGE, null));
    }
}
