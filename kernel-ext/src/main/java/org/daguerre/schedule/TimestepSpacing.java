package org.daguerre.schedule;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.daguerre.name.Names;

/** Which n of the T training timesteps a run uses (Lin et al. 2023, arXiv 2305.08891, Table 2). */
public enum TimestepSpacing {
    /** Every (T / n)-th from 0, plus steps_offset: never reaches the last timestep. */
    LEADING,
    /** Every (T / n)-th counted back from the last timestep: starts at pure noise. */
    TRAILING,
    /** n points from the last timestep to 0. */
    LINSPACE;

    /**
     * n whole timesteps out of 0 .. trainTimesteps - 1, falling. Halves are rounded to even, as numpy rounds.
     *
     * @param stepsOffset added to every timestep of leading spacing
     */
    double[] whole(int trainTimesteps, int n, int stepsOffset) {
        if (n < 1 || n > trainTimesteps) {
            throw new IllegalArgumentException("steps is " + n + ". Give 1 to " + trainTimesteps + ".");
        }
        return whole(trainTimesteps, trainTimesteps, n, stepsOffset);
    }

    /**
     * n points among the first {@code last} timesteps. Trailing spacing keeps the stride of all timesteps and may be left with
     * fewer than n.
     */
    double[] whole(int last, int trainTimesteps, int n, int stepsOffset) {
        double stride = trainTimesteps / (double) n;
        // numpy.arange adds the difference of its first two numbers, which the rounding of a half can tell from the
        // stride
        double arangeStride = last - stride - last;
        int count = this == TRAILING && last < trainTimesteps ? (int) Math.ceil(last / stride) : n;
        double[] t = new double[count];
        for (int i = 0; i < count; i++) {
            t[i] = switch (this) {
                case LEADING -> (double) (n - 1 - i) * (last / n) + stepsOffset;
                case TRAILING -> Math.rint(last + i * arangeStride) - 1;
                case LINSPACE -> Math.rint(linear(last, n, i));
            };
        }
        if (t[count - 1] < 0) {
            t = Arrays.copyOf(t, count - 1);
        }
        if (this == LEADING && n > last) {
            throw new IllegalArgumentException("leading timesteps leave no room for " + n + " points among " + last
                    + ". Take fewer steps, or trailing timesteps.");
        }
        if (t[0] > trainTimesteps - 1) {
            throw new IllegalArgumentException("steps " + n + " with steps_offset " + stepsOffset + " reaches timestep "
                    + (long) t[0] + ", past the last one. Take fewer steps or steps_offset 0.");
        }
        return t;
    }

    /** Point i of n points spread evenly from trainTimesteps - 1 down to 0; a single point is 0, as numpy.linspace has it. */
    static double linear(int trainTimesteps, int n, int i) {
        int ascending = n - 1 - i;
        return n == 1
                ? 0
                : ascending == n - 1 ? trainTimesteps - 1 : ascending * ((trainTimesteps - 1) / (double) (n - 1));
    }

    /** leading, trailing and linspace. */
    public static List<String> names() {
        return Arrays.stream(values()).map(TimestepSpacing::toString).toList();
    }

    /** leading, trailing or linspace, as in scheduler_config.json. */
    public static TimestepSpacing of(String name) {
        return valueOf(Names.known("timestep_spacing", name, names()).toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
