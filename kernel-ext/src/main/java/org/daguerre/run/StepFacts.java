package org.daguerre.run;

import org.daguerre.denoiser.Prediction;
import org.daguerre.sampler.Step;
import org.daguerre.sampler.Trajectory;
import org.daguerre.schedule.Level;

/**
 * What was measured at one step.
 *
 * @param step its number, from 1
 * @param from the level before it
 * @param to the level after it
 * @param calls times the model was asked
 * @param milliseconds wall time, model and sampler together
 * @param xNorm Euclidean norm of the state after it
 * @param denoisedNorm norm of the model's last estimate of the picture
 * @param noiseNorm norm of the model's last estimate of the noise
 * @param velocityNorm norm of where the state then moves, {@link Prediction#velocity}
 */
public record StepFacts(
        int step,
        Level from,
        Level to,
        int calls,
        double milliseconds,
        double xNorm,
        double denoisedNorm,
        double noiseNorm,
        double velocityNorm) {

    static StepFacts of(Trajectory after, double milliseconds) {
        Step step = after.last();
        Prediction prediction = step.prediction();
        return new StepFacts(
                after.length(),
                after.back(1).level(),
                step.level(),
                step.calls().size(),
                milliseconds,
                step.x().norm(),
                prediction.denoised().norm(),
                prediction.noise().norm(),
                prediction.velocity().norm());
    }

    /** The same between other levels. */
    public StepFacts between(Level from, Level to) {
        return new StepFacts(step, from, to, calls, milliseconds, xNorm, denoisedNorm, noiseNorm, velocityNorm);
    }
}
