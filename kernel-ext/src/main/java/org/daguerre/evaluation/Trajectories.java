package org.daguerre.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.daguerre.sampler.Step;

/**
 * Does what a model takes the picture for still change late? Of pictures that show what cannot be it does (Aithal et al. 2024,
 * arXiv:2406.09358).
 */
final class Trajectories {

    private static final double KEPT = 0.96; // of the right pictures, when wrong ones are sorted out

    private Trajectories() {}

    /** The variance over the last third of the steps of each value of the denoised state, mean over the values. */
    static double lateVariance(List<Step> steps) {
        int from = Math.min(steps.size() - 1, steps.size() * 2 / 3), count = steps.size() - from;
        List<float[]> late = steps.subList(from, steps.size()).stream()
                .map(step -> step.denoised().toArray())
                .toList();
        int values = late.get(0).length;
        double sum = 0;
        for (int j = 0; j < values; j++) {
            double mean = 0, squares = 0;
            for (float[] state : late) {
                mean += (double) state[j] / count;
            }
            for (float[] state : late) {
                squares += (state[j] - mean) * (state[j] - mean);
            }
            sum += squares / count;
        }
        return sum / values;
    }

    /** How well a high variance tells wrong pictures from right ones. */
    static String detection(List<Double> wrong, List<Double> right) {
        if (wrong.isEmpty() || right.isEmpty()) {
            return "All pictures are " + (wrong.isEmpty() ? "right" : "wrong") + ": there is nothing to tell apart.\n";
        }
        double limit = quantile(right, KEPT);
        long removed = wrong.stream().filter(value -> value > limit).count();
        return String.format(
                Locale.ROOT,
                "Late variance of %d wrong against %d right pictures: area under the curve %.3f (0.5 tells nothing)."
                        + " A limit that keeps 96 %% of the right ones removes %d of the wrong ones.\n",
                wrong.size(),
                right.size(),
                areaUnderCurve(wrong, right),
                removed);
    }

    /** The chance that a wrong picture has the higher value; ties count half (Mann & Whitney 1947). */
    static double areaUnderCurve(List<Double> wrong, List<Double> right) {
        double higher = 0;
        for (double bad : wrong) {
            for (double good : right) {
                higher += bad > good ? 1 : bad == good ? 0.5 : 0;
            }
        }
        return higher / wrong.size() / right.size();
    }

    private static double quantile(List<Double> values, double share) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }
}
