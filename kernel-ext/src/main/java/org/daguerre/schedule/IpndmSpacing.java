package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * The levels of diffusers' IPNDM: sigma = sin²(u pi / 2) with u in n equal steps from 1 down to 0, asked with the angle
 * between signal and noise as a part of a right angle. The noise schedule is not consulted.
 */
public record IpndmSpacing() implements Spacing {

    @Override
    public Plan plan(NoiseSchedule schedule, int n) {
        if (n < 1) {
            throw new IllegalArgumentException("steps is " + n + ". Give 1 or more, usually 20 to 50.");
        }
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i <= n; i++) {
            levels.add(at(1 - i / (double) n));
        }
        return Plan.through(u -> at(u), levels, 1);
    }

    private static Level at(double u) {
        double sin = Math.sin(u * Math.PI / 2);
        float sigma = (float) (sin * sin);
        double alpha = Math.sqrt(1 - (double) sigma * sigma);
        return Level.of(Math.atan2(sigma, alpha) / Math.PI * 2, alpha, sigma, Form.PRESERVING);
    }
}
