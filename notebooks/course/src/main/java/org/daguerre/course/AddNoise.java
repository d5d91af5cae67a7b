package org.daguerre.course;

import java.util.List;
import java.util.Optional;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/** Lesson 1: the noisy picture of any level in one step, x = alpha x0 + sigma eps (arXiv 2006.11239, equation (4)). */
public final class AddNoise {

    /** The student's method. */
    @FunctionalInterface
    public interface Answer {
        Tensor addNoise(Tensor x0, Tensor eps, Level level);
    }

    /** What students see: a level of little and one of much noise. */
    public static final Exercise<Answer> VISIBLE = new Exercise<>(
            "add-noise",
            Answer.class,
            "(x0, eps, level) -> addNoise(x0, eps, level)",
            List.of(
                    answer -> fault(answer, Level.preserving(100, 0.9), 1),
                    answer -> fault(answer, Level.preserving(800, 0.04), 2)));

    private AddNoise() {}

    /** What is wrong with an answer at a level, for a picture and noise of a seed. */
    public static Optional<String> fault(Answer answer, Level level, long seed) {
        Noise.Draw picture = Noise.seed(seed).draw(1, 3, 4, 4);
        Tensor x0 = picture.tensor().clamp(-1, 1);
        Tensor eps = picture.after().draw(1, 3, 4, 4).tensor();
        double alpha = level.alpha();
        double sigma = level.sigma();
        return Expected.tensor(x0.times(alpha).plus(sigma, eps))
                .slip(
                        x0.times(sigma).plus(alpha, eps),
                        "That is sigma x0 + alpha eps. Alpha belongs to the picture and sigma to the noise.")
                .slip(x0.plus(sigma, eps), "That leaves the picture at full strength. Weigh it with level.alpha().")
                .slip(x0.times(alpha).plus(eps), "That leaves the noise at full strength. Weigh it with level.sigma().")
                .slip(
                        x0.times(alpha * alpha).plus(sigma, eps),
                        "That weighs the picture with alpha-bar. Its weight is alpha, the square root of it.")
                .slip(
                        x0.times(alpha).plus(sigma * sigma, eps),
                        "That weighs the noise with its variance. Its weight is sigma, the square root of it.")
                .fault(answer.addNoise(x0, eps, level));
    }
}
