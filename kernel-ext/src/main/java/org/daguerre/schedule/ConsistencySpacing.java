package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * The levels of a consistency model, Song et al. 2023, arXiv 2303.01469: n of the rungs that it was trained on, evenly spread
 * and beginning at the noisiest; the end is sigmaMin, where such a model leaves a state alone. The model is asked with 250
 * ln(sigma).
 *
 * @param trained rungs in training, 40 for the published models
 * @param sigmaMin usually 0.002
 * @param sigmaMax usually 80
 * @param ladder where the trained levels lie
 */
public record ConsistencySpacing(int trained, double sigmaMin, double sigmaMax, Ladder ladder) implements Spacing {

    public ConsistencySpacing {
        EdmSpacing.requireRange(sigmaMin, sigmaMax);
    }

    @Override
    public Plan plan(NoiseSchedule schedule, int n) {
        if (n < 1 || n > trained) {
            throw new IllegalArgumentException("steps is " + n + ". Give 1 to " + trained + ".");
        }
        double[] rungs = ladder.sigmas(sigmaMax, sigmaMin, trained);
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            levels.add(level(rungs[i * (trained / n)]));
        }
        levels.add(level(sigmaMin));
        return Plan.through(ConsistencySpacing::at, levels, sigmaMax);
    }

    private static Level level(double sigma) {
        return Level.of(250 * Math.log(sigma), 1, (float) sigma, Form.EXPLODING);
    }

    private static Level at(double t) {
        return Level.of(t, 1, Math.exp(t / 250), Form.EXPLODING);
    }
}
