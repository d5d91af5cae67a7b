package org.daguerre.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.sampler.Sampler;
import org.daguerre.sampler.Step;
import org.daguerre.sampler.Trajectory;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * Runs that end where they are told to, so that all that is measured of them is known: their model has one picture, which is
 * the reference solution whatever its steps.
 */
public final class HandMadeComparison {

    /** Where every solution ends. */
    static final Tensor SOLUTION = Tensor.of(new float[] {1, 1, 1, -5}, 1, 4);

    /** The numbers of steps, in the order of the runs. */
    static final List<Integer> STEPS = List.of(32, 4, 8);

    /** One call a step; the distance halves from 4 to 8 steps and falls by 4³ to 32. */
    public static final String ONCE = "once";

    /** Two calls a step; the distance falls to a quarter from 4 to 8 steps and again to 32. */
    public static final String TWICE = "twice";

    /** With 8 steps it ends within the rounding of float32. */
    public static final String NEAR = "near";

    /** Draws noise. */
    public static final String NOISY = "noisy";

    /** Fails in its second step. */
    public static final String BROKEN = "broken";

    private static final Map<String, Map<Integer, Double>> DISTANCES = Map.of(
            ONCE, Map.of(4, 0.5, 8, 0.25, 32, 0x1p-8),
            TWICE, Map.of(4, 0.75, 8, 0.75 / 4, 32, 0.75 / 16),
            NEAR, Map.of(4, 0x1p-10, 8, 0x1p-21, 32, 0x1p-11),
            NOISY, Map.of(4, 0.125, 8, 0.125, 32, 0.125),
            BROKEN, Map.of());

    private record Known(String name) implements Sampler {

        @Override
        public Step next(Denoiser model, Trajectory soFar) {
            if (name.equals(BROKEN) && soFar.length() == 1) {
                throw new IllegalStateException("broken");
            }
            Level next = soFar.next();
            Tensor x = next.isEnd() ? SOLUTION.times(1 + DISTANCES.get(name).get(next.count())) : soFar.x();
            Prediction prediction = model.predict(soFar.x(), soFar.level());
            if (callsAStep() == 2) {
                model.predict(soFar.x(), soFar.level());
            }
            Noise noise = name.equals(NOISY) ? soFar.noise().draw(1).after() : soFar.noise();
            return new Step(x, next, List.of(prediction), noise);
        }

        private int callsAStep() {
            return name.equals(TWICE) ? 2 : 1;
        }

        @Override
        public int callsLeft(Trajectory soFar) {
            return callsAStep() * soFar.stepsLeft();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private HandMadeComparison() {}

    /** Each sampler with 32, 4 and 8 steps, at its start. */
    public static Comparison of(String... samplers) {
        Sampling sampling =
                Sampling.of(Denoiser.of((x, level) -> SOLUTION), NoiseSchedule.linear(1000, 1e-4, 0.02), 1, 4);
        List<Comparison.Entry> entries = new ArrayList<>();
        for (String sampler : samplers) {
            for (int steps : STEPS) {
                Map<String, String> at = new LinkedHashMap<>();
                at.put("sampler", sampler);
                at.put(Comparison.STEPS, Integer.toString(steps));
                entries.add(new Comparison.Entry(
                        at, sampling.sampler(new Known(sampler)).steps(steps).start(), null));
            }
        }
        return Comparison.of(Collections.unmodifiableList(entries), 4);
    }
}
