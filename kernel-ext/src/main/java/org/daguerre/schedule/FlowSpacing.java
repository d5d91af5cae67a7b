package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * Steps along a straight flow: sigmas in equal steps, moved by the shift of the {@link FlowSchedule}, then perhaps stretched,
 * then the end.
 *
 * @param points where the equal steps lie
 * @param shiftTerminal the last sigma before the end after stretching, in (0, 1); NaN stretches nothing
 * @param end zero, or the last level itself
 */
public record FlowSpacing(Points points, double shiftTerminal, FinalSigma end) implements Spacing {

    /** From where to where n equal steps of sigma lie before they are shifted. */
    public enum Points {
        /**
         * n from 1 down to the least trained sigma, which has been shifted once before: diffusers' FlowMatchEuler. The last
         * step of a shifted plan is larger than the paper's.
         */
        TO_SHIFTED_LEAST,
        /** n from 1 down to the least trained sigma (Esser et al. 2024; diffusers under dynamic shifting). */
        TO_LEAST,
        /** n + 1 from 1 down to 0, without the last: diffusers' Flux pipeline, whatever its scheduler would take. */
        TO_ZERO,
        /** n + 1 from one less than the noisiest down to 0, without the last: diffusers' DPM-Solver, DEIS and SA-Solver. */
        BELOW_ONE,
        /** n + 1 from 1 down to the least trained sigma, without the last; 1 itself is 1 - 1e-6: diffusers' UniPC. */
        BEFORE_LEAST
    }

    /** As diffusers' flow-matching Euler. */
    public static final FlowSpacing EULER = new FlowSpacing(Points.TO_SHIFTED_LEAST, Double.NaN, FinalSigma.ZERO);

    /** As diffusers' DPM-Solver with use_flow_sigmas. */
    public static final FlowSpacing DPM = new FlowSpacing(Points.BELOW_ONE, Double.NaN, FinalSigma.ZERO);

    /** As diffusers' UniPC with use_flow_sigmas. */
    public static final FlowSpacing UNIPC = new FlowSpacing(Points.BEFORE_LEAST, Double.NaN, FinalSigma.ZERO);

    private static final double NEARLY_ONE = 1 - 1e-6;

    public FlowSpacing {
        if (shiftTerminal <= 0 || shiftTerminal >= 1) {
            throw new IllegalArgumentException(
                    "shift_terminal is " + shiftTerminal + ". Give a number between 0 and 1, or leave it out.");
        }
    }

    /** The same from other points. */
    public FlowSpacing with(Points points) {
        return new FlowSpacing(points, shiftTerminal, end);
    }

    @Override
    public Plan plan(NoiseSchedule schedule, int n) {
        if (!(schedule instanceof FlowSchedule flow)) {
            throw new IllegalArgumentException(
                    "a flow's steps were asked for over " + schedule + ". Give a flow schedule.");
        }
        if (n < 1 || n > flow.numTrainTimesteps()) {
            throw new IllegalArgumentException("steps is " + n + ". Give 1 to " + flow.numTrainTimesteps() + ".");
        }
        double[] sigmas = new double[n];
        for (int i = 0; i < n; i++) {
            sigmas[i] = flow.shifted(even(flow, n, i));
        }
        if (!Double.isNaN(shiftTerminal)) {
            double stretch = (1 - sigmas[n - 1]) / (1 - shiftTerminal);
            for (int i = 0; i < n; i++) {
                sigmas[i] = 1 - (1 - sigmas[i]) / stretch;
            }
        }
        if (points == Points.BEFORE_LEAST && sigmas[0] > NEARLY_ONE) {
            sigmas[0] = sigmas[0] - 1e-6;
        }
        List<Level> levels = new ArrayList<>();
        boolean whole = points == Points.BELOW_ONE || points == Points.BEFORE_LEAST;
        for (double sigma : sigmas) {
            int trained = flow.numTrainTimesteps();
            double t = whole ? Math.floor(sigma * trained) : (float) sigma * trained;
            levels.add(Level.flow(t, (float) sigma));
        }
        levels.add(end == FinalSigma.LAST ? levels.get(n - 1) : Level.flow(0, 0));
        return Plan.through(flow, levels, 1);
    }

    private double even(FlowSchedule flow, int n, int i) {
        double least = 1.0 / flow.numTrainTimesteps();
        double shiftedLeast = (float) flow.shifted(least);
        return switch (points) {
            case TO_SHIFTED_LEAST -> n == 1 ? 1 : 1 + i * ((shiftedLeast - 1) / (n - 1));
            case TO_LEAST -> n == 1 ? 1 : 1 + i * ((least - 1) / (n - 1));
            case TO_ZERO -> 1 - (double) i / n;
            case BELOW_ONE -> 1 - (1 + (n - i) * ((least - 1) / n));
            case BEFORE_LEAST -> 1 + i * ((least - 1) / n);
        };
    }
}
