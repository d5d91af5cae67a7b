package org.daguerre.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a step leaves to the garbage collector, beside what its calls of the model do. */
class AllocationTest {

    private static final NoiseSchedule SCHEDULE = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);
    private static final int BYTES_OF_A_FLOAT = 4;

    /** States allocated for each call of the model, and bytes besides. */
    private static final double STATES_A_CALL = 10;

    private static final int BESIDES = 40_000;

    static Stream<String> samplers() {
        return Samplers.names().stream();
    }

    @ParameterizedTest
    @MethodSource("samplers")
    void stepAllocatesAFewStatesAndGrowsWithThem(String name) {
        Measured small = measured(name, 64);
        Measured large = measured(name, 128);
        assertEquals(small.calls(), large.calls());
        long states = (long) small.calls() * 4 * 64 * 64 * BYTES_OF_A_FLOAT;
        assertTrue(small.bytes() < STATES_A_CALL * states + BESIDES, small.toString());
        assertTrue(large.bytes() < 4 * STATES_A_CALL * states + BESIDES, large.toString());
        double growth = (large.bytes() - small.bytes()) / (3.0 * states);
        assertTrue(growth > 0.9 && growth < STATES_A_CALL, name + " allocates " + growth + " states a call");
    }

    private record Measured(long bytes, int calls) {}

    private static Measured measured(String name, int side) {
        Sampler sampler = Sampler.named(name);
        int[] shape = {1, 4, side, side};
        // a little of the same values, so that adaptive steps are as long in every size
        Tensor raw = Tensor.filled(0.01, shape);
        Denoiser model = (x, level) -> new Prediction(raw, PredictionType.EPSILON, x, level);
        Trajectory way = Trajectory.start(sampler.spacing().plan(SCHEDULE, 20), 0, raw, Noise.seed(0));
        for (int i = 0; i < 4; i++) {
            way = way.then(sampler.next(model, way));
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Step step = null;
        long bytes = Long.MAX_VALUE;
        // the first calls load classes
        for (int i = 0; i < 5; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            step = sampler.next(model, way);
            bytes = Math.min(bytes, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return new Measured(bytes, step.calls().size());
    }
}
