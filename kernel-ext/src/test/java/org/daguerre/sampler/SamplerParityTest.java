package org.daguerre.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Plan;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every step of every recorded configuration equals that of diffusers (src/test/python/sampler_fixtures.py). */
class SamplerParityTest {

    /** Of the largest value of a state; both sides round to float32 at every step. */
    private static final double TOLERANCE = 3e-6;

    /** diffusers itself is this far from its float64 result here, because it divides by sigma = 4096 in float32. */
    private static final Map<String, Double> WIDER = Map.of("euler, zero terminal SNR", 2e-5);

    @TestFactory
    Stream<DynamicTest> everyStepEqualsDiffusers() throws IOException {
        JsonNode root;
        try (InputStream in = getClass().getResourceAsStream("/sampler/diffusers.json")) {
            root = new ObjectMapper().readTree(in);
        }
        int[] shape = new ObjectMapper().convertValue(root.get("shape"), int[].class);
        long seed = root.get("seed").asLong();
        return StreamSupport.stream(root.get("fixtures").spliterator(), false)
                .map(fixture -> dynamicTest(fixture.get("name").asText(), () -> check(fixture, seed, shape)));
    }

    private static void check(JsonNode fixture, long seed, int[] shape) {
        SchedulerConfig config = SchedulerConfig.parse(fixture.get("config").toString());
        assertEquals(List.of(), config.ignored());
        Sampler sampler = config.sampler();
        double eta = fixture.get("eta").asDouble();
        if (sampler instanceof Ddim ddim) {
            sampler = new Ddim(eta, ddim.clipping(), ddim.spacing());
        }
        int steps = fixture.get("steps").asInt();
        Plan plan = sampler.spacing().plan(config.schedule(), steps);
        Denoiser model = Denoiser.of(config.predictionType(), SamplerParityTest::model);
        Trajectory way = Trajectory.start(plan, Noise.seed(seed), shape);
        assertEquals(fixture.get("calls").asInt(), sampler.callsLeft(way), "calls expected");

        ByteBuffer states = ByteBuffer.wrap(
                        Base64.getDecoder().decode(fixture.get("states").asText()))
                .order(ByteOrder.LITTLE_ENDIAN);
        int calls = 0;
        for (int i = 0; i < steps; i++) {
            way = way.then(sampler.next(model, way));
            calls += way.last().calls().size();
            float[] expected = new float[way.x().size()];
            states.asFloatBuffer().get(expected);
            states.position(states.position() + 4 * expected.length);
            double tolerance = WIDER.getOrDefault(fixture.get("name").asText(), TOLERANCE);
            assertClose(Tensor.wrap(expected, shape), way.x(), tolerance, "after step " + (i + 1));
        }
        assertEquals(fixture.get("calls").asInt(), calls, "calls made");
        assertEquals(0, way.stepsLeft());
    }

    private static void assertClose(Tensor expected, Tensor actual, double tolerance, String when) {
        double largest = expected.map(Math::abs).max();
        double difference = expected.minus(actual).map(Math::abs).max();
        assertEquals(0, difference / largest, tolerance, when);
    }

    private static Tensor model(Tensor x, Level level) {
        float t = (float) level.t();
        float slope = t / (t + 1);
        float[] out = x.toArray();
        for (int i = 0; i < out.length; i++) {
            out[i] = out[i] * slope - 0.25f * (out[i] / (1 + Math.abs(out[i])));
        }
        return Tensor.wrap(out, x.shape());
    }
}
