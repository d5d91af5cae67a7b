package org.daguerre.schedule;

/**
 * A flow's steps with a shift that grows with the picture (Esser et al. 2024, arXiv 2403.03206, section 5.3.2): mu is
 * linear in the number of tokens, patches of 2 x 2 values of the state.
 *
 * @param steps the spacing of the shifted flow
 * @param baseShift mu at {@code baseTokens}
 * @param maxShift mu at {@code maxTokens}
 * @param baseTokens usually 256, a state of 32 x 32
 * @param maxTokens usually 4096, a state of 128 x 128
 * @param exponential the shift is e^mu; false takes mu itself
 */
public record DynamicShiftSpacing(
        Spacing steps, double baseShift, double maxShift, int baseTokens, int maxTokens, boolean exponential)
        implements Spacing {

    public DynamicShiftSpacing {
        if (baseTokens < 1 || maxTokens <= baseTokens) {
            throw new IllegalArgumentException("base_image_seq_len is " + baseTokens + " and max_image_seq_len "
                    + maxTokens + ". Give whole numbers of 1 or more, the second larger.");
        }
    }

    /** The plan of a state of {@code baseTokens} tokens; {@link #forShape} gives that of any other. */
    @Override
    public Plan plan(NoiseSchedule schedule, int n) {
        return plan(schedule, n, baseTokens);
    }

    @Override
    public Spacing forShape(int... shape) {
        int tokens = (shape[shape.length - 2] / 2) * (shape[shape.length - 1] / 2);
        return (schedule, n) -> plan(schedule, n, tokens);
    }

    /** The same shift of other steps. */
    public DynamicShiftSpacing of(Spacing steps) {
        return new DynamicShiftSpacing(steps, baseShift, maxShift, baseTokens, maxTokens, exponential);
    }

    private Plan plan(NoiseSchedule schedule, int n, int tokens) {
        double mu = baseShift + (tokens - baseTokens) * (maxShift - baseShift) / (maxTokens - baseTokens);
        double shift = exponential ? Math.exp(mu) : mu;
        return steps.plan(new FlowSchedule(schedule.numTrainTimesteps(), shift), n);
    }

    @Override
    public Spacing on(Ladder ladder) {
        return of(steps.on(ladder));
    }
}
