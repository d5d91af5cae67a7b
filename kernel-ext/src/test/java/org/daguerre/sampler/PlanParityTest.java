package org.daguerre.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
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

/** Timesteps of every spacing and many numbers of steps equal those of diffusers (src/test/python). */
class PlanParityTest {

    private static final NoiseSchedule SCHEDULE = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);

    @TestFactory
    Stream<DynamicTest> timestepsEqualDiffusers() throws IOException {
        JsonNode root;
        try (InputStream in = getClass().getResourceAsStream("/sampler/diffusers.json")) {
            root = new ObjectMapper().readTree(in);
        }
        return StreamSupport.stream(root.get("plans").spliterator(), false).flatMap(plans -> {
            JsonNode config = plans.get("config");
            String name = config.get("_class_name").asText() + " "
                    + config.path("timestep_spacing").asText();
            return plans.get("timesteps").properties().stream()
                    .map(entry -> dynamicTest(
                            name + ", " + entry.getKey() + " steps",
                            () -> check(config, Integer.parseInt(entry.getKey()), entry.getValue())));
        });
    }

    private static void check(JsonNode json, int n, JsonNode timesteps) {
        SchedulerConfig config = SchedulerConfig.parse(json.toString());
        Plan plan = config.sampler().spacing().plan(config.schedule(), n);
        double[] expected = new double[timesteps.size()];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = timesteps.get(i).asDouble();
        }
        double[] actual = plan.from().stream().mapToDouble(Level::t).toArray();
        assertArrayEquals(expected, actual, 1e-4);
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
