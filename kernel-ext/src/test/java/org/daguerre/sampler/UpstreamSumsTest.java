package org.daguerre.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.schedule.DdimSpacing;
import org.daguerre.schedule.DpmSpacing;
import org.daguerre.schedule.EulerSpacing;
import org.daguerre.schedule.FinalSigma;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The sums that diffusers' own scheduler tests expect (tests/schedulers/test_scheduler_*.py), to their tolerance, on their
 * ramp of values and their model x t / (t + 1). Where a test's loop is no right use of a sampler, the sum is that of the right
 * one (upstream_fixtures.py).
 */
class UpstreamSumsTest {

    private static final Spacing SIGMA_MIN = new DpmSpacing(TimestepSpacing.LINSPACE, 0, FinalSigma.SIGMA_MIN);
    private static final NoiseSchedule L = NoiseSchedule.linear(1000, 1e-4, 0.02);
    private static final NoiseSchedule L_FROM_001 = NoiseSchedule.linear(1000, 0.01, 0.02);
    private static final NoiseSchedule L11 = NoiseSchedule.linear(1100, 1e-4, 0.02);
    private static final NoiseSchedule SL = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);
    private static final PredictionType EPSILON = PredictionType.EPSILON;
    private static final PredictionType V = PredictionType.V_PREDICTION;
    private static final int[] SHAPE = {4, 3, 8, 8};

    private record Row(
            String name,
            Sampler sampler,
            NoiseSchedule schedule,
            PredictionType type,
            int steps,
            int from,
            double sum) {}

    @TestFactory
    Stream<DynamicTest> sumEqualsUpstreams() {
        Sampler ddpm = new Ddpm(Ddpm.Variance.FIXED_SMALL, Clipping.to(1), Manner.DIFFUSERS, ddim(true));
        Sampler ddim = new Ddim(0, Clipping.to(1), ddim(true));
        Sampler multistep = new DpmSolverMultistep(
                DpmSolver.Algorithm.DPMSOLVER_PP,
                2,
                DpmSolver.Derivative.MIDPOINT,
                false,
                false,
                Clipping.NONE,
                Manner.DIFFUSERS,
                SIGMA_MIN);
        Sampler uniPc = new UniPc(2, true, SIGMA_MIN);
        Sampler euler = new ScalesTwice(new Euler(new EulerSpacing(TimestepSpacing.LINSPACE, 0)));
        Sampler ancestral = new ScalesTwice(new EulerAncestral());
        return Stream.of(
                        new Row("ddpm", ddpm, L, EPSILON, 1000, 0, 258.9606),
                        new Row("ddpm, v", ddpm, L, V, 1000, 0, 202.0296),
                        new Row("ddpm, with noise", ddpm, L, EPSILON, 1000, 998, 387.9466),
                        new Row("ddim", ddim, L, EPSILON, 10, 0, 172.0067),
                        new Row("ddim, v", ddim, L, V, 10, 0, 52.5302),
                        new Row("ddim, alpha to one", ddim, L_FROM_001, EPSILON, 10, 0, 149.8295),
                        new Row(
                                "ddim, not alpha to one",
                                new Ddim(0, Clipping.to(1), ddim(false)),
                                L_FROM_001,
                                EPSILON,
                                10,
                                0,
                                149.0784),
                        new Row("ddim, with noise", ddim, L, EPSILON, 10, 8, 354.5418),
                        new Row("pndm", pndm(false), L, EPSILON, 10, 0, 198.1318),
                        new Row("pndm, v", pndm(false), L, V, 10, 0, 67.3986),
                        new Row("pndm, alpha to one", pndm(true), L_FROM_001, EPSILON, 10, 0, 230.0399),
                        new Row("pndm, not alpha to one", pndm(false), L_FROM_001, EPSILON, 10, 0, 186.9482),
                        new Row("dpmpp-2m", multistep, L, EPSILON, 10, 0, 253.5514),
                        new Row("dpmpp-2m, v", multistep, L, V, 10, 0, 172.8740),
                        new Row("dpmpp-2m, with noise", multistep, L, EPSILON, 10, 5, 318.4111),
                        new Row("euler", euler, L11, EPSILON, 10, 0, 10.0807),
                        new Row("euler-ancestral", ancestral, L11, EPSILON, 10, 0, 152.3192),
                        new Row("euler-ancestral, v", ancestral, L11, V, 10, 0, 108.4439),
                        new Row("unipc", uniPc, L, EPSILON, 10, 0, 189.2318),
                        new Row("unipc, v", uniPc, L, V, 10, 0, 77.8725),
                        new Row("unipc, with noise", uniPc, L, EPSILON, 10, 8, 315.5757),
                        new Row("lcm, one step", new Lcm(), SL, EPSILON, 1, 0, 18.7097),
                        new Row("lcm, ten steps", new Lcm(), SL, EPSILON, 10, 0, 197.7616),
                        new Row(
                                "flow euler",
                                new Euler(),
                                NoiseSchedule.flow(1000, 1),
                                PredictionType.FLOW_PREDICTION,
                                10,
                                0,
                                133.3620),
                        new Row(
                                "flow euler, shift 3",
                                new Euler(),
                                NoiseSchedule.flow(1000, 3),
                                PredictionType.FLOW_PREDICTION,
                                10,
                                0,
                                129.3495))
                .map(row -> dynamicTest(row.name(), () -> assertEquals(row.sum(), sum(row), 1e-2)));
    }

    @TestFactory
    Stream<DynamicTest> sumOfTheRightLoopEqualsDiffusers() throws IOException {
        return StreamSupport.stream(recorded().get("rows").spliterator(), false)
                .map(row -> dynamicTest(
                        row.get("test").asText(),
                        () -> assertEquals(row.get("right").asDouble(), sum(row), tolerance(row))));
    }

    /** Upstream's own, of a mean or of a sum; no wider than 1e-2 of the sum. */
    private static double tolerance(JsonNode row) {
        return Math.min(1e-2, row.get("tolerance").asDouble() * (row.has("mean") ? 768 : 1));
    }

    static JsonNode recorded() throws IOException {
        try (InputStream in = UpstreamSumsTest.class.getResourceAsStream("/sampler/upstream.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    static double sum(JsonNode row) {
        SchedulerConfig config = SchedulerConfig.parse(row.get("config").toString());
        assertEquals(List.of(), config.ignored());
        Sampler sampler = row.has("eta")
                ? new Tcd(row.get("eta").asDouble(), config.sampler().spacing())
                : config.sampler();
        int[] shape = row.has("shape") ? new int[] {4, 3, 8} : SHAPE;
        int last = Tensor.zeros(shape).size() - 1;
        Plan plan =
                row.has("timesteps") ? among(sampler, row) : sampler.spacing().plan(config.schedule(), steps(row));
        int from = row.path("noised").asInt(row.path("start").asInt());
        Tensor start = row.has("noised")
                ? plan.start(from, ramp(i -> i, shape), ramp(i -> last - i, shape))
                : plan.start(ramp(i -> i, shape));
        Denoiser model = (x, level) -> {
            float t = (float) level.t();
            Tensor raw = config.predictionType().input(x, level).map(v -> (float) v * t / (t + 1));
            return new Prediction(raw, config.predictionType(), x, level);
        };
        return absolute(walk(sampler, model, Trajectory.start(plan, from, start, Noise.seed(0))));
    }

    private static int steps(JsonNode row) {
        return row.get("steps").asInt();
    }

    /** Some of the rungs that a consistency model was trained on; diffusers takes its timesteps last first, as rungs. */
    private static Plan among(Sampler sampler, JsonNode row) {
        Plan all = sampler.spacing()
                .plan(null, row.get("config").get("num_train_timesteps").asInt());
        List<Level> levels = new ArrayList<>();
        row.get("timesteps").forEach(rung -> levels.add(0, all.from(rung.asInt())));
        levels.add(all.end());
        return Plan.through(all.schedule(), levels, all.startScale());
    }

    /** The variance that diffusers' DDIM test expects between pairs of timesteps: with eta 1 it is that of the noise. */
    @TestFactory
    Stream<DynamicTest> varianceOfDdimEqualsUpstreams() {
        return Stream.of(
                        List.of(420, 400, .14771),
                        List.of(980, 960, .32460),
                        List.of(487, 486, .00979),
                        List.of(999, 998, .02))
                .map(row -> dynamicTest(row.toString(), () -> {
                    Level from = L.at(row.get(0).intValue());
                    Level to = L.at(row.get(1).intValue());
                    Plan plan = new Plan(L, List.of(from), List.of(to), 1);
                    Trajectory way = Trajectory.start(plan, 0, Tensor.zeros(1, 16), Noise.seed(0));
                    Denoiser nothing = Denoiser.of((x, level) -> Tensor.zeros(1, 16));
                    float added = new Ddim(1, Clipping.NONE, ddim(true))
                            .next(nothing, way)
                            .x()
                            .get(0, 0);
                    double drawn = Noise.seed(0).draw(1, 16).tensor().get(0, 0);
                    assertEquals(row.get(2).doubleValue(), (added / drawn) * (added / drawn), 1e-5);
                }));
    }

    private static Spacing ddim(boolean setAlphaToOne) {
        return new DdimSpacing(TimestepSpacing.LEADING, 0, setAlphaToOne, true);
    }

    private static Sampler pndm(boolean setAlphaToOne) {
        return new Pndm(false, Manner.DIFFUSERS, ddim(setAlphaToOne));
    }

    private static double sum(Row row) {
        Plan plan = row.sampler().spacing().plan(row.schedule(), row.steps());
        Tensor start = row.from() == 0
                ? plan.start(ramp(i -> i, SHAPE))
                : plan.start(row.from(), ramp(i -> i, SHAPE), ramp(i -> 767 - i, SHAPE));
        Denoiser model = Denoiser.of(row.type(), (x, level) -> {
            float t = (float) level.t();
            return x.times(t / (t + 1));
        });
        return absolute(walk(row.sampler(), model, Trajectory.start(plan, row.from(), start, Noise.seed(0))));
    }

    private static Tensor walk(Sampler sampler, Denoiser model, Trajectory from) {
        Trajectory way = from;
        while (!way.done()) {
            way = way.then(sampler.next(model, way));
        }
        return way.x();
    }

    private static double absolute(Tensor x) {
        return x.map(Math::abs).sum();
    }

    /** Value i / count, where i counts the batch fastest, then the last axis, and the first of a picture last. */
    private static Tensor ramp(IntUnaryOperator value, int... shape) {
        float[] data = new float[Tensor.zeros(shape).size()];
        int batch = shape[0];
        int size = data.length / batch;
        for (int b = 0; b < batch; b++) {
            for (int i = 0; i < size; i++) {
                data[size * b + i] = value.applyAsInt(batch * i + b) / (float) data.length;
            }
        }
        return Tensor.wrap(data, shape);
    }

    /**
     * The loop of upstream's Euler tests keeps the scaled input as its state: x gets smaller by alpha, and the model sees
     * it without its alpha.
     */
    private record ScalesTwice(Sampler sampler) implements Sampler {
        @Override
        public Step next(Denoiser model, Trajectory soFar) {
            Denoiser unscaled = (x, level) -> {
                Prediction asked = model.predict(x.over(level.alpha()), level);
                return asked.with(asked.raw(), x, level);
            };
            Level level = soFar.level();
            Trajectory smaller =
                    Trajectory.start(soFar.plan(), level.index(), soFar.x().times(level.alpha()), soFar.noise());
            return sampler.next(unscaled, smaller);
        }

        @Override
        public Spacing spacing() {
            return sampler.spacing();
        }
    }
}
