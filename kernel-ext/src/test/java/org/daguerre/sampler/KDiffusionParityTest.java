package org.daguerre.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.sampler.DpmSolver.Algorithm;
import org.daguerre.sampler.DpmSolver.Derivative;
import org.daguerre.schedule.EdmSchedule;
import org.daguerre.schedule.Form;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Plan;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Samplers that come from k-diffusion, and diffusers' class of one, give their states after every step
 * (src/test/python/k_diffusion_fixtures.py).
 */
class KDiffusionParityTest {

    /** Of the largest value of a state; both sides round to float32 at every step. */
    private static final double TOLERANCE = 3e-6;

    private static final Denoiser MODEL = Denoiser.of((x, level) -> {
        float sigma = (float) level.sigma();
        float shrink = sigma * sigma + 1;
        return x.map(v -> (float) v / shrink - 0.25f * ((float) v / (1 + Math.abs((float) v))));
    });

    private static JsonNode fixtures() throws IOException {
        try (InputStream in = KDiffusionParityTest.class.getResourceAsStream("/sampler/k-diffusion.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    /** DPMSolverSDE is k-diffusion's sample_dpmpp_sde; both are given the increments that are drawn here. */
    @TestFactory
    Stream<DynamicTest> everyStepEqualsDpmSolverSdes() throws IOException {
        JsonNode root = fixtures();
        int[] shape = new ObjectMapper().convertValue(root.get("shape"), int[].class);
        return StreamSupport.stream(root.get("schedulers").spliterator(), false)
                .map(fixture -> dynamicTest(fixture.get("config").toString(), () -> {
                    SchedulerConfig config =
                            SchedulerConfig.parse(fixture.get("config").toString());
                    assertEquals(List.of(), config.ignored());
                    Denoiser model = Denoiser.of(config.predictionType(), (x, level) -> {
                        float t = (float) level.t();
                        float slope = t / (t + 1);
                        return x.map(v -> (float) v * slope - 0.25f * ((float) v / (1 + Math.abs((float) v))));
                    });
                    Plan plan = config.sampler().spacing().plan(config.schedule(), 8);
                    Trajectory start =
                            Trajectory.start(plan, Noise.seed(root.get("seed").asLong()), shape);
                    check(config.sampler(), model, start, states(fixture, shape));
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyStepEqualsKDiffusions() throws IOException {
        JsonNode root = fixtures();
        int[] shape = new ObjectMapper().convertValue(root.get("shape"), int[].class);
        Plan plan = plan(new ObjectMapper().convertValue(root.get("sigmas"), double[].class));
        Trajectory start = Trajectory.start(plan, Noise.seed(root.get("seed").asLong()), shape);
        return StreamSupport.stream(root.get("fixtures").spliterator(), false)
                .map(fixture -> dynamicTest(
                        fixture.get("sampler").asText() + " "
                                + fixture.path("rtol").asText(),
                        () -> {
                            List<Tensor> expected = states(fixture, shape);
                            if (fixture.has("rtol")) {
                                checkAdaptive(fixture, start, expected.get(0));
                            } else {
                                check(sampler(fixture.get("sampler").asText()), MODEL, start, expected);
                            }
                        }));
    }

    private static Sampler sampler(String name) {
        return switch (name) {
            case "euler" -> new Euler();
            case "euler_ancestral" -> new EulerAncestral();
            case "heun" -> new Heun();
            case "dpm_2" -> new Kdpm2();
            case "dpm_2_ancestral" -> new Kdpm2Ancestral();
            case "lms" -> new Lms();
            case "dpmpp_2s_ancestral" -> new DpmSolverPlusPlus2SAncestral();
            case "dpmpp_sde" -> new DpmSolverPlusPlusSde();
            case "dpmpp_2m" -> multistep(Algorithm.DPMSOLVER_PP);
            case "dpmpp_2m_sde" -> multistep(Algorithm.SDE_DPMSOLVER_PP);
            default -> throw new AssertionError(name);
        };
    }

    private static Sampler multistep(Algorithm algorithm) {
        return new DpmSolverMultistep(
                algorithm, 2, Derivative.MIDPOINT, false, false, Clipping.NONE, Manner.PAPER, null);
    }

    private static void check(Sampler sampler, Denoiser model, Trajectory start, List<Tensor> expected) {
        Trajectory way = start;
        for (Tensor theirs : expected) {
            way = way.then(sampler.next(model, way));
            assertClose(theirs, way.x(), "after step " + way.length());
        }
        assertEquals(0, way.stepsLeft());
    }

    /** Theirs ends at the least sigma, before the last step to the picture. */
    private static void checkAdaptive(JsonNode fixture, Trajectory start, Tensor expected) {
        Sampler sampler = new DpmAdaptive(
                fixture.get("rtol").asDouble(), fixture.get("atol").asDouble(), null);
        Trajectory way = start;
        while (way.level().sigma() > 0.1 + 1e-6) {
            way = way.then(sampler.next(MODEL, way));
        }
        assertEquals(fixture.get("steps").asInt(), way.length(), "accepted steps");
        assertClose(expected, way.x(), "at the least sigma");
    }

    private static void assertClose(Tensor expected, Tensor actual, String when) {
        double largest = expected.map(Math::abs).max();
        assertEquals(0, expected.minus(actual).map(Math::abs).max() / largest, TOLERANCE, when);
    }

    private static Plan plan(double[] sigmas) {
        List<Level> levels = new ArrayList<>();
        for (double sigma : sigmas) {
            levels.add(sigma == 0 ? Level.of(0, 1, 0, Form.EXPLODING) : EdmSchedule.INSTANCE.atScaledSigma(sigma));
        }
        return Plan.through(EdmSchedule.INSTANCE, levels, sigmas[0]);
    }

    private static List<Tensor> states(JsonNode fixture, int[] shape) {
        var floats = ByteBuffer.wrap(
                        Base64.getDecoder().decode(fixture.get("states").asText()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        List<Tensor> states = new ArrayList<>();
        while (floats.hasRemaining()) {
            float[] state = new float[Tensor.zeros(shape).size()];
            floats.get(state);
            states.add(Tensor.wrap(state, shape));
        }
        return states;
    }
}
