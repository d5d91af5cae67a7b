package org.daguerre.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.daguerre.denoiser.ExactDenoiser;
import org.daguerre.schedule.EulerSpacing;
import org.daguerre.schedule.Ladder;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The likelihood of exact models is known in closed form at every level. */
class FlowLikelihoodTest {

    private static final NoiseSchedule SCHEDULE = NoiseSchedule.linear(1000, 1e-4, 0.02);
    private static final ExactDenoiser MIXTURE = ExactDenoiser.mixture(
            new double[] {1, 2},
            List.of(Noise.seed(1).draw(1, 3).tensor(), Noise.seed(2).draw(1, 3).tensor()),
            0.5);

    private static Plan plan(int steps) {
        return new EulerSpacing(TimestepSpacing.LINSPACE, 0).on(Ladder.karras()).plan(SCHEDULE, steps);
    }

    @Test
    void likelihoodOfAMixtureIsItsDensity() {
        Plan plan = plan(80);
        Level least = plan.from(79);
        for (int seed = 3; seed < 6; seed++) {
            Tensor x = Noise.seed(seed).draw(1, 3).tensor();
            double exact = MIXTURE.logLikelihood(x, least)[0];
            FlowLikelihood.Answer answer = new FlowLikelihood().of(MIXTURE, plan, x, Noise.seed(0));
            assertEquals(exact, answer.logLikelihood(), 0.02 * Math.max(1, Math.abs(exact)));
            assertEquals(79 * 2 * (1 + 2 * 3), answer.calls());
            assertEquals(-answer.logLikelihood() / (3 * Math.log(2)), answer.bitsPerValue(3), 1e-12);
        }
    }

    @Test
    void errorShrinksWithTheSteps() {
        Tensor x = Noise.seed(3).draw(1, 3).tensor();
        double fine =
                new FlowLikelihood().of(MIXTURE, plan(160), x, Noise.seed(0)).logLikelihood();
        double coarse = Math.abs(
                new FlowLikelihood().of(MIXTURE, plan(10), x, Noise.seed(0)).logLikelihood() - fine);
        double middle = Math.abs(
                new FlowLikelihood().of(MIXTURE, plan(40), x, Noise.seed(0)).logLikelihood() - fine);
        assertTrue(middle < coarse / 4, coarse + " then " + middle);
    }

    /** The divergence of a Gaussian's slope is the same everywhere, and random directions estimate it without bias. */
    @Test
    void randomDirectionsEstimateTheSame() {
        ExactDenoiser gaussian = ExactDenoiser.gaussian(Tensor.zeros(1, 40), 0.5);
        Plan plan = plan(40);
        Tensor x = Noise.seed(3).draw(1, 40).tensor().times(0.5);
        double exact = gaussian.logLikelihood(x, plan.from(39))[0];
        double estimate = new FlowLikelihood(20, 0.01)
                .of(gaussian, plan, x, Noise.seed(1))
                .logLikelihood();
        assertEquals(exact, estimate, 0.15 * Math.abs(exact));
    }

    @Test
    void mistakesAreNamed() {
        assertThrows(IllegalArgumentException.class, () -> new FlowLikelihood(-1, 0.01));
        assertThrows(IllegalArgumentException.class, () -> new FlowLikelihood(0, 0));
    }
}
