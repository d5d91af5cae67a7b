package org.daguerre.notebook;

import java.util.LinkedHashMap;
import java.util.Map;
import org.daguerre.cli.Names;
import org.daguerre.schedule.NoiseSchedule;

/** Noise schedules that a notebook names without a model, as their papers and Stable Diffusion have them. */
final class NoiseScheduleNames {

    private static final int TRAINED = 1000;
    private static final Map<String, NoiseSchedule> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("linear", NoiseSchedule.linear(TRAINED, 0.0001, 0.02));
        BY_NAME.put("scaled_linear", NoiseSchedule.scaledLinear(TRAINED, 0.00085, 0.012));
        BY_NAME.put("cosine", NoiseSchedule.cosine(TRAINED));
        BY_NAME.put("sigmoid", NoiseSchedule.sigmoid(TRAINED, 0.0001, 0.02));
        BY_NAME.put(
                "zero_snr", NoiseSchedule.scaledLinear(TRAINED, 0.00085, 0.012).zeroTerminalSnr());
        BY_NAME.put("flow", NoiseSchedule.flow(TRAINED, 1));
    }

    private NoiseScheduleNames() {}

    static NoiseSchedule schedule(String name) {
        return BY_NAME.get(Names.known("schedule", name, BY_NAME.keySet()));
    }
}
