package org.daguerre.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.daguerre.schedule.DdimSpacing;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Timesteps and sigmas of every spacing and ladder equal those of diffusers for 1 to 200, 999 and 1000 steps
 * (src/test/python/plan_fixtures.py). Every row is compared by the sums and the weighted sums of its timesteps and of the
 * logarithms of its sigmas, a few also value by value.
 */
class PlanParityTest {

    private static final NoiseSchedule SCHEDULE = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);

    /** Of ln sigma, a float32 number, at every level. */
    private static final double LOG_TOLERANCE = 3e-6;

    /** Of a timestep that is not whole, at every level. */
    private static final double TIMESTEP_TOLERANCE = 2e-3;

    private static final int[] COUNTS = IntStream.concat(IntStream.rangeClosed(1, 200), IntStream.of(999, 1000))
            .toArray();

    @TestFactory
    Stream<DynamicTest> timestepsAndSigmasEqualDiffusers() throws IOException {
        JsonNode root;
        try (InputStream in = getClass().getResourceAsStream("/schedule/plans.json")) {
            root = new ObjectMapper().readTree(in);
        }
        return StreamSupport.stream(root.get("plans").spliterator(), false)
                .map(plans ->
                        dynamicTest(plans.get("config") + (plans.has("mu") ? ", mu " + plans.get("mu") : ""), () -> {
                            JsonNode sums = plans.get("sums");
                            assertEquals(COUNTS.length, sums.size());
                            for (int i = 0; i < COUNTS.length; i++) {
                                if (!sums.get(i).isNull()) {
                                    check(plans, COUNTS[i], sums.get(i));
                                }
                            }
                        }));
    }

    private static void check(JsonNode plans, int n, JsonNode sums) {
        ObjectNode json = plans.get("config").deepCopy();
        if (plans.has("mu")) {
            json.set("base_shift", plans.get("mu"));
        }
        SchedulerConfig config = SchedulerConfig.parse(json.toString());
        assertEquals(List.of(), config.ignored());
        if (isFaulty(json, n)) {
            return;
        }
        Plan plan = config.sampler().spacing().plan(config.schedule(), n);
        if (json.has("lambda_min_clipped") && sums.get(0).asInt() == plan.count() + 1) {
            return; // diffusers' last step starts at t = -1
        }
        assertEquals(sums.get(0).asInt(), plan.count());
        double[] t = plan.from().stream().mapToDouble(Level::t).toArray();
        boolean whole = Arrays.stream(t).allMatch(v -> v == Math.rint(v))
                && sums.get(1).asDouble() == Math.rint(sums.get(1).asDouble());
        // cut, not rounded, under a cosine schedule: a last bit decides between 998 and 999
        boolean cut = json.path("beta_schedule").asText().equals("squaredcos_cap_v2")
                && json.path("use_karras_sigmas").asBoolean();
        double perLevel = cut ? 1 : whole ? 0 : TIMESTEP_TOLERANCE;
        assertEquals(sums.get(1).asDouble(), weighted(t, 0), perLevel * n, n + " steps, sum of t");
        assertEquals(sums.get(2).asDouble(), weighted(t, 1), perLevel * n * n, n + " steps, weighted sum of t");
        double[] logs = Stream.concat(plan.from().stream(), Stream.of(plan.end()))
                .mapToDouble(Level::scaledSigma)
                .filter(sigma -> sigma > 0)
                .map(Math::log)
                .toArray();
        if (sums.size() > 3) {
            assertEquals(sums.get(3).asDouble(), weighted(logs, 0), LOG_TOLERANCE * n, n + " steps, sum of ln sigma");
            assertEquals(
                    sums.get(4).asDouble(),
                    weighted(logs, 1),
                    LOG_TOLERANCE * n * n,
                    n + " steps, weighted sum of ln sigma");
        }
        JsonNode row = plans.get("rows").path(Integer.toString(n));
        for (int i = 0; i < row.path(0).size(); i++) {
            assertEquals(row.get(0).get(i).asDouble(), t[i], perLevel, n + " steps, t " + i);
        }
        for (int i = 0; i < logs.length && i < row.path(1).size(); i++) {
            assertEquals(Math.log(row.get(1).get(i).asDouble()), logs[i], LOG_TOLERANCE, n + " steps, sigma " + i);
        }
    }

    /** Where diffusers takes other levels than it was asked for, each named on the page of samplers. */
    private static boolean isFaulty(JsonNode json, int n) {
        String spacing = json.path("timestep_spacing").asText();
        boolean offTheTable = spacing.equals("leading")
                && (n == 1000 && json.path("steps_offset").asInt() == 1
                        || n >= 999 && json.get("_class_name").asText().matches(".*(DPMSolver|DEIS|UniPC|SASolver).*"));
        // numpy.arange has one timestep more where T / n is not exact; that step starts at t = -1
        boolean oneMore =
                spacing.equals("trailing") && !json.has("lambda_min_clipped") && Math.ceil(1000 / (1000.0 / n)) > n;
        boolean fromTheWrongEnd = n == 1 && json.path("sigma_schedule").asText().equals("exponential");
        return offTheTable || oneMore || fromTheWrongEnd;
    }

    private static double weighted(double[] values, int power) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += Math.pow(i + 1, power) * values[i];
        }
        return sum;
    }

    @Test
    void trailingTakesAsManyStepsAsAskedFor() {
        Spacing trailing = new DdimSpacing(TimestepSpacing.TRAILING, 0, true, false);
        for (int n = 1; n <= 1000; n++) {
            Plan plan = trailing.plan(SCHEDULE, n);
            assertEquals(n, plan.count());
            assertEquals(999, plan.from(0).t());
            for (int i = 1; i < n; i++) {
                assertTrue(plan.from(i).t() < plan.from(i - 1).t(), n + " steps");
            }
        }
    }

    @Test
    void stepsLeadToTheNextStart() {
        for (String name : Samplers.names()) {
            Plan plan = Sampler.named(name).spacing().plan(SCHEDULE, 10);
            for (int i = 0; i + 1 < plan.count(); i++) {
                assertEquals(plan.from(i + 1), plan.to(i), name);
                assertEquals(i, plan.from(i).index());
            }
            assertTrue(plan.end().isEnd());
            assertFalse(plan.from(0).isEnd());
        }
    }

    @Test
    void fixedStrideMissesTheNextStartOffLeadingSpacing() {
        Plan plan = new DdimSpacing(TimestepSpacing.LINSPACE, 0, true, true).plan(SCHEDULE, 10);
        assertEquals(888, plan.from(1).t());
        assertEquals(899, plan.to(0).t());
    }

    @Test
    void endOfAPlanIsWithoutNoiseOrAtTimestepZero() {
        assertEquals(
                0,
                new DdimSpacing(TimestepSpacing.LEADING, 0, true, true)
                        .plan(SCHEDULE, 5)
                        .end()
                        .sigma());
        assertEquals(
                SCHEDULE.at(0).sigma(),
                new DdimSpacing(TimestepSpacing.LEADING, 0, false, true)
                        .plan(SCHEDULE, 5)
                        .end()
                        .sigma());
    }

    @Test
    void stepsPastTheScheduleAreRefused() {
        Spacing leading = new DdimSpacing(TimestepSpacing.LEADING, 1, true, true);
        assertThrows(IllegalArgumentException.class, () -> leading.plan(SCHEDULE, 0));
        assertThrows(IllegalArgumentException.class, () -> leading.plan(SCHEDULE, 1001));
        // diffusers issue 10003: 1000 steps with offset 1 run off the table
        assertThrows(IllegalArgumentException.class, () -> leading.plan(SCHEDULE, 1000));
        assertThrows(IllegalArgumentException.class, () -> new Lcm().spacing().plan(SCHEDULE, 51));
        assertThrows(
                UnsupportedOperationException.class, () -> new Lcm().spacing().with(TimestepSpacing.TRAILING));
    }
}
