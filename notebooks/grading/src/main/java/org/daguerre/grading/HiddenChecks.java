package org.daguerre.grading;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.daguerre.course.AddNoise;
import org.daguerre.course.AlphasCumprod;
import org.daguerre.course.DdimStep;
import org.daguerre.course.Exercises;
import org.daguerre.schedule.Form;
import org.daguerre.schedule.Level;

/**
 * The same exercises on inputs that nobody has seen. Every check has its own seed; what was right for the numbers in the
 * lesson only is wrong here.
 */
public final class HiddenChecks {

    /** Under the key that this jar was built with: what {@code %grade} can mark. */
    public static final Exercises EXERCISES = under(CourseKey.built());

    private HiddenChecks() {}

    static Exercises under(CourseKey key) {
        return new Exercises(List.of(
                AlphasCumprod.VISIBLE.with(List.of(
                        answer -> AlphasCumprod.fault(answer, betas(key.seed("alphas-cumprod-1"))),
                        answer -> AlphasCumprod.fault(answer, betas(key.seed("alphas-cumprod-2"))))),
                AddNoise.VISIBLE.with(List.of(
                        answer -> AddNoise.fault(answer, level(key.seed("add-noise-1")), key.seed("add-noise-x-1")),
                        answer ->
                                AddNoise.fault(answer, exploding(key.seed("add-noise-2")), key.seed("add-noise-x-2")))),
                DdimStep.VISIBLE.with(List.of(
                        answer -> DdimStep.fault(
                                answer,
                                level(key.seed("ddim-step-1")),
                                level(key.seed("ddim-step-2")),
                                key.seed("ddim-step-x-1")),
                        // From nothing but noise, where no estimate can be had by dividing by alpha.
                        answer -> DdimStep.fault(
                                answer,
                                Level.preserving(999, 0),
                                level(key.seed("ddim-step-3")),
                                key.seed("ddim-step-x-2")),
                        answer -> DdimStep.runFault(answer, 7, key.seed("ddim-step-run"))))));
    }

    private static double[] betas(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] betas = new double[20 + random.nextInt(60)];
        Arrays.setAll(betas, t -> random.nextDouble(1e-4, 0.1));
        return betas;
    }

    private static Level level(long seed) {
        return Level.preserving(500, new SplittableRandom(seed).nextDouble(0.05, 0.95));
    }

    /** Where alpha is 1 and sigma more: x = alpha x0 + sigma eps holds there too. */
    private static Level exploding(long seed) {
        return Level.of(500, 1, new SplittableRandom(seed).nextDouble(1.5, 10), Form.EXPLODING);
    }
}
