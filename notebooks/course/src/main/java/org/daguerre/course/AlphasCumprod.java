package org.daguerre.course;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;

/**
 * Lesson 1: alpha-bar from the betas, the running product of 1 - beta (Ho, Jain and Abbeel 2020, arXiv 2006.11239, section 2,
 * where alpha is 1 - beta).
 */
public final class AlphasCumprod {

    /** The student's method. */
    @FunctionalInterface
    public interface Answer {
        double[] alphasCumprod(double[] betas);
    }

    /** What students see: three steps that can be done by hand, and DDPM's thousand. */
    public static final Exercise<Answer> VISIBLE = new Exercise<>(
            "alphas-cumprod",
            Answer.class,
            "betas -> alphasCumprod(betas)",
            List.of(answer -> fault(answer, 0.1, 0.2, 0.5), answer -> fault(answer, linear(1000, 1e-4, 0.02))));

    private AlphasCumprod() {}

    /** n betas in equal steps. */
    public static double[] linear(int n, double first, double last) {
        double[] betas = new double[n];
        Arrays.setAll(betas, t -> first + t * (last - first) / (n - 1));
        return betas;
    }

    /** What is wrong with an answer for some betas. */
    public static Optional<String> fault(Answer answer, double... betas) {
        double[] given = betas.clone();
        double[] got = answer.alphasCumprod(given);
        if (!Arrays.equals(given, betas)) {
            return Optional.of("It changes the betas that it was given. Leave them, and fill an array of its own.");
        }
        double[] right = running(betas, (product, beta) -> product * (1 - beta));
        double[] late = new double[right.length];
        late[0] = 1;
        System.arraycopy(right, 0, late, 1, right.length - 1);
        return Expected.values(right, t -> "alpha-bar at t = " + t)
                .slip(
                        running(betas, (product, beta) -> product * beta),
                        "That is the product of the betas. A step keeps 1 - beta of the variance: multiply those.")
                .slip(
                        running(betas, (sum, beta) -> sum - beta),
                        "That is 1 minus the sum of the betas. Each step weakens what the last one left: multiply.")
                .slip(
                        late,
                        "That is right one place too late. The first step adds noise as well: start with 1 - betas[0].")
                .slip(
                        Arrays.stream(right).map(Math::sqrt).toArray(),
                        "That is its square root, the weight alpha of the picture. Asked is alpha-bar itself.")
                .slip(
                        Arrays.stream(betas).map(beta -> 1 - beta).toArray(),
                        "That is 1 - beta of each step alone. Multiply it with all those before.")
                .fault(got);
    }

    private static double[] running(double[] betas, DoubleBinaryOperator step) {
        double[] values = new double[betas.length];
        double value = 1;
        for (int t = 0; t < betas.length; t++) {
            value = step.applyAsDouble(value, betas[t]);
            values[t] = value;
        }
        return values;
    }
}
