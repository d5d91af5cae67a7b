package org.daguerre.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.ExactDenoiser;
import org.daguerre.schedule.DdimSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DdimInverseTest {

    private static final NoiseSchedule SCHEDULE = NoiseSchedule.linear(1000, 1e-4, 0.02);
    private static final ExactDenoiser DATA =
            ExactDenoiser.mixture(new double[] {1, 1}, List.of(Tensor.filled(-1, 1, 8), Tensor.filled(1, 1, 8)), 0.3);

    /** An exact model cannot tell the noise of a state without any, so it takes such a state for one with the least. */
    private static final Denoiser MODEL = (x, level) -> {
        Level asked = level.sigma() > 0 ? level : SCHEDULE.at(0);
        return DATA.predict(x, asked);
    };

    private static Tensor walk(Sampler sampler, Plan plan, Tensor from) {
        Trajectory way = Trajectory.start(plan, 0, from, Noise.seed(0));
        while (!way.done()) {
            way = way.then(sampler.next(MODEL, way));
        }
        return way.x();
    }

    /** How far a picture comes back from its own noise. */
    private static double wayBack(int steps) {
        Tensor picture = Noise.seed(5).draw(1, 8).tensor().times(0.3).plus(Tensor.filled(1, 1, 8));
        Sampler inverse = new DdimInverse();
        Tensor noise = walk(inverse, inverse.spacing().plan(SCHEDULE, steps), picture);
        Plan down = new DdimSpacing(TimestepSpacing.LEADING, 0, true, true).plan(SCHEDULE, steps);
        return walk(new Ddim(), down, noise).minus(picture).norm() / picture.norm();
    }

    @Test
    void pictureComesBackFromItsNoiseTheCloserTheSmallerTheSteps() {
        double coarse = wayBack(20);
        double fine = wayBack(200);
        assertTrue(fine < 0.05, "fine " + fine);
        assertTrue(fine < coarse / 4, coarse + " then " + fine);
    }

    @Test
    void planRisesFromThePictureToNoise() {
        Plan plan = new DdimInverse().spacing().plan(SCHEDULE, 100);
        assertEquals(0, plan.from(0).sigma());
        assertTrue(plan.end().sigma() > 0.99);
        for (int i = 1; i < plan.count(); i++) {
            assertTrue(plan.from(i).sigma() > plan.from(i - 1).sigma());
        }
    }
}
