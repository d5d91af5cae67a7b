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
import org.daguerre.denoiser.Prediction;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Plan;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every step of every recorded configuration equals that of diffusers (src/test/python/sampler_fixtures.py). */
class SamplerParityTest {

    /** Of the largest value of a state; both sides round to float32 at every step. */
    private static final double TOLERANCE = 3e-6;

    /**
     * diffusers itself is this far from its float64 result here: Euler because it divides by sigma = 4096 in float32, the
     * inverse because its first step weighs the state and the picture, which hardly differ, by 34 and -33 (7e-6 off, of which
     * ours has 2e-6).
     */
    private static final Map<String, Double> WIDER =
            Map.of("euler, zero terminal SNR", 2e-5, "dpmpp-2m, inverse", 1e-5);

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
        PredictionType type = config.predictionType();
        Denoiser model = (x, l) -> new Prediction(model(type.input(x, l), l), type, x, l);
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

    /** Where diffusers has NaN. */
    @ParameterizedTest
    @CsvSource({"CosineDPMSolverMultistep, sigma_min", "DPMSolverMultistepInverse, zero"})
    void aLastStepOfNoLengthLeavesTheStateAsItIs(String name, String end) {
        SchedulerConfig config = SchedulerConfig.parse("""
                {"_class_name": "%sScheduler", "solver_type": "heun", "lower_order_final": false,
                "use_exponential_sigmas": true, "final_sigmas_type": "%s"}""".formatted(name, end));
        Sampler sampler = config.sampler();
        Denoiser model = Denoiser.of(PredictionType.SAMPLE, SamplerParityTest::model);
        Trajectory way = Trajectory.start(sampler.spacing().plan(config.schedule(), 6), Noise.seed(7), 1, 3, 4, 4);
        while (!way.done()) {
            way = way.then(sampler.next(model, way));
        }
        assertEquals(way.back(1).x(), way.x());
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
