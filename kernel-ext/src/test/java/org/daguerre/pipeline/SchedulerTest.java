package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.NoiseSchedules;
import org.junit.jupiter.api.Test;

class SchedulerTest {

    @Test
    void everyScheduleOfBetasCanReplaceTheModelsOwn() {
        Request request = Daguerre.model("exact").prompt("a red ball");
        for (String name : NoiseSchedules.ofBetas()) {
            String schedule = request.schedule(name).toSampling().schedule().toString();
            assertTrue(schedule.startsWith(name + ","), schedule);
        }
        assertThrows(IllegalArgumentException.class, () -> request.schedule("flow"));
    }

    @Test
    void namedSchedulesAreThoseOfTheirPapers() {
        NoiseSchedule stable = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);
        assertEquals(NoiseSchedule.linear(1000, 1e-4, 0.02), NoiseSchedule.named("linear"));
        assertEquals(stable, NoiseSchedule.named("scaled_linear"));
        assertEquals(NoiseSchedule.cosine(1000), NoiseSchedule.named("cosine"));
        assertEquals(NoiseSchedule.sigmoid(1000, 1e-4, 0.02), NoiseSchedule.named("sigmoid"));
        assertEquals(0, NoiseSchedule.named("zero_snr").at(999).alpha());
        assertEquals(stable.at(0).alpha(), NoiseSchedule.named("zero_snr").at(0).alpha(), 1e-6);
        assertEquals(NoiseSchedule.flow(1000, 1), NoiseSchedule.named("flow"));
        assertEquals(6, NoiseSchedules.names().size());
    }
}
