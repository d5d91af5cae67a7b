package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * The levels of diffusers' DDIM inversion, from a picture towards noise: a step from one level to the next noisier one asks
 * the model with the timestep it leads to, about the state it has.
 *
 * @param timestepSpacing leading or trailing
 * @param stepsOffset added to every timestep of leading spacing
 * @param setAlphaToOne begin without noise; false begins at the level of timestep 0
 */
public record InverseSpacing(TimestepSpacing timestepSpacing, int stepsOffset, boolean setAlphaToOne)
        implements Spacing {

    public InverseSpacing {
        if (timestepSpacing == TimestepSpacing.LINSPACE) {
            throw new IllegalArgumentException(
                    "timestep_spacing is linspace. DDIM inversion has leading and trailing only.");
        }
    }

    @Override
    public Plan plan(NoiseSchedule schedule, int n) {
        int trained = schedule.numTrainTimesteps();
        double[] t = timestepSpacing.whole(trained, n, stepsOffset);
        List<Level> from = new ArrayList<>();
        List<Level> to = new ArrayList<>();
        for (int i = n - 1; i >= 0; i--) {
            double before = Math.min(t[i] - trained / n, trained - 1.0);
            Level state = before >= 0 ? schedule.at(before) : setAlphaToOne ? Level.preserving(0, 1) : schedule.at(0);
            from.add(Level.of(t[i], state.alpha(), state.sigma(), state.form()));
            to.add(schedule.at(t[i]));
        }
        return new Plan(schedule, from, to, 1);
    }

    @Override
    public InverseSpacing with(TimestepSpacing other) {
        return new InverseSpacing(other, stepsOffset, setAlphaToOne);
    }

    @Override
    public String toString() {
        return timestepSpacing.toString();
    }
}
