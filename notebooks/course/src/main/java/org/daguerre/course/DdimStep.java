package org.daguerre.course;

import java.util.List;
import java.util.Optional;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.ExactDenoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.run.Sampling;
import org.daguerre.sampler.Sampler;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * Lesson 1: one DDIM step, the model's two estimates weighed anew for a level with less noise (Song, Meng and Ermon 2020,
 * arXiv 2010.02502, equation (12) with eta = 0).
 */
public final class DdimStep {

    /** The student's method. */
    @FunctionalInterface
    public interface Answer {
        Tensor ddimStep(Prediction prediction, Level next);
    }

    /** What students see: one step, and a whole run beside the library's own DDIM. */
    public static final Exercise<Answer> VISIBLE = new Exercise<>(
            "ddim-step",
            Answer.class,
            "(prediction, next) -> ddimStep(prediction, next)",
            List.of(
                    answer -> fault(answer, Level.preserving(500, 0.3), Level.preserving(300, 0.6), 1),
                    answer -> runFault(answer, 10, 1)));

    private DdimStep() {}

    /** What is wrong with one step of an answer between two levels, for a state and a prediction of a seed. */
    public static Optional<String> fault(Answer answer, Level level, Level next, long seed) {
        Noise.Draw draw = Noise.seed(seed).draw(1, 3, 4, 4);
        Tensor x = draw.tensor();
        Tensor raw = draw.after().draw(1, 3, 4, 4).tensor();
        Prediction prediction = new Prediction(raw, PredictionType.V_PREDICTION, x, level);
        Tensor denoised = prediction.denoised();
        Tensor noise = prediction.noise();
        return Expected.tensor(denoised.times(next.alpha()).plus(next.sigma(), noise))
                .slip(
                        x,
                        "That is x as it was. Weigh both estimates for the next level, not for the one they were made at.")
                .slip(
                        denoised,
                        "That is the estimate of the picture, all the way to the end. A step goes to the next level only.")
                .slip(
                        denoised.times(next.sigma()).plus(next.alpha(), noise),
                        "That has alpha and sigma in each other's place. Alpha belongs to the picture.")
                .slip(
                        x.plus(-next.sigma(), noise),
                        "That takes noise off x. Build the next state from the two estimates.")
                .slip(
                        denoised.plus(next.sigma(), noise),
                        "That leaves the picture at full strength. Weigh it with next.alpha().")
                .slip(denoised.times(next.alpha()), "That has lost its noise. The next level still has sigma of it.")
                .fault(answer.ddimStep(prediction, next));
    }

    /** What is wrong with a whole run of an answer on an exact model, beside the library's DDIM. */
    public static Optional<String> runFault(Answer answer, int steps, long seed) {
        Tensor first = Noise.seed(seed + 100).draw(1, 1, 4, 4).tensor().clamp(-1, 1);
        Denoiser model = ExactDenoiser.mixture(new double[] {1, 2}, List.of(first, first.times(-0.5)), 0.2);
        Sampling library = Sampling.of(
                        ConditionalDenoiser.of(model), NoiseSchedule.scaledLinear(1000, 0.00085, 0.012), 1, 1, 4, 4)
                .steps(steps)
                .seed(seed);
        Sampling own = library.sampler(
                        Sampler.of("own", (x, prediction, level, next) -> answer.ddimStep(prediction, next)))
                .spacing(library.spacing());
        return Expected.tensor(library.start().finish())
                .fault(own.start().finish())
                .map(fault -> "At the end of a run of " + steps + " steps: " + fault);
    }
}
