package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daguerre.denoiser.ExactDenoiser;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.run.Sampling;
import org.daguerre.sampler.Samplers;
import org.daguerre.sampler.SchedulerConfig;
import org.daguerre.schedule.DiscreteSchedule;
import org.daguerre.schedule.Ladder;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.NoiseSchedules;
import org.daguerre.schedule.Plan;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    private static final String FLOW = """
            {"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0, "num_train_timesteps": 1000}""";
    private static final String LATENT = """
            {"_class_name": "DDIMScheduler", "beta_schedule": "scaled_linear", "clip_sample": false}""";
    private static final String OWN_BETAS = """
            {"_class_name": "DDIMScheduler", "trained_betas": [0.1, 0.2, 0.3], "clip_sample": false}""";

    @TempDir
    Path folder;

    private Scheduler scheduler(String json) throws IOException {
        return Scheduler.read(Files.writeString(folder.resolve("scheduler_config.json"), json));
    }

    @Test
    void flowStaysAFlowUnderEverySampler() throws IOException {
        for (String name : Samplers.names()) {
            Scheduler changed = scheduler(FLOW).sampler(name).checked();
            assertEquals(NoiseSchedule.flow(1000, 3), changed.config().schedule(), name);
            assertEquals(PredictionType.FLOW_PREDICTION, changed.config().predictionType(), name);
            assertEquals(name, changed.config().sampler().toString());
            assertEquals(changed.json(), changed.sampler(name).json(), "twice is once");
        }
        Sampling euler = sampling(scheduler(FLOW));
        Tensor finished = euler.start().finish();
        assertEquals(
                finished, sampling(scheduler(FLOW).sampler("euler")).start().finish());
        assertNotEquals(
                finished, sampling(scheduler(FLOW).sampler("heun")).start().finish());
    }

    /** diffusers' from_config takes the new class's default, which clips the latents of Stable Diffusion 1. */
    @Test
    void samplerByNameClipsOnlyWhatTheModelsOwnWouldClip() throws IOException {
        for (String own : List.of("PNDM", "EulerDiscrete", "DPMSolverMultistep")) {
            Scheduler unclipped = scheduler("{\"_class_name\": \"" + own + "Scheduler\"}");
            for (String name : List.of("ddim", "ddpm")) {
                assertEquals(
                        false, unclipped.sampler(name).config().honoured().get("clip_sample"), own + " under " + name);
            }
        }
        Scheduler pixels = scheduler("{\"_class_name\": \"DDPMScheduler\"}");
        assertEquals(true, pixels.sampler("ddim").config().honoured().get("clip_sample"));
        assertEquals(
                true,
                pixels.sampler("euler").sampler("ddim").config().honoured().get("clip_sample"),
                "on the way through one that cannot clip as well");
    }

    @Test
    void zeroTerminalSnrIsKeptUnderEverySamplerByName() throws IOException {
        DiscreteSchedule trained = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);
        DiscreteSchedule exact = trained.zeroTerminalSnr();
        DiscreteSchedule nearly = exact.withTerminalAlphasCumprod(0x1p-24);
        List<String> clipped = List.of("euler", "euler-ancestral", "dpmpp-2m", "unipc", "restart");
        List<String> unclipped = List.of("ddim", "heun", "kdpm2", "lms", "pndm", "deis", "dpm-3s", "sa-solver", "lcm");
        for (String name : Samplers.names()) {
            NoiseSchedule schedule = zeroSnr("DDIM").sampler(name).config().schedule();
            assertTrue(
                    schedule.equals(exact) && !clipped.contains(name)
                            || schedule.equals(nearly) && !unclipped.contains(name),
                    name);
            assertEquals(
                    List.of(),
                    zeroSnr("DDIM").sampler(name).config().ignored().stream()
                            .filter(sentence -> sentence.contains("manner") || sentence.contains("zero_snr"))
                            .toList());
        }
        Scheduler ladder = zeroSnr("DDIM").sampler("heun").spacing("karras");
        assertEquals(nearly, ladder.config().schedule(), "a ladder has no rung at infinity");
        assertEquals(trained, zeroSnr("HeunDiscrete").config().schedule(), "as diffusers' class");
    }

    private Scheduler zeroSnr(String name) throws IOException {
        return scheduler("""
                {"_class_name": "%sScheduler", "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012,
                "prediction_type": "v_prediction", "rescale_betas_zero_snr": true, "timestep_spacing": "trailing"}""".formatted(name));
    }

    private static Sampling sampling(Scheduler scheduler) {
        SchedulerConfig config = scheduler.config();
        ExactDenoiser model = ExactDenoiser.gaussian(Tensor.filled(0.3, 1, 4), 0.5);
        return Sampling.of(model, config.schedule(), 1, 4)
                .sampler(config.sampler())
                .steps(8);
    }

    @Test
    void scheduleIsRefusedWhereThereIsNoneToReplace() throws IOException {
        assertRefused(
                scheduler(FLOW).schedule("cosine"),
                "schedule is 'cosine', and this model was trained as a flow, which has no betas."
                        + " Leave the schedule out.");
        assertRefused(
                scheduler(OWN_BETAS).schedule("linear"),
                "schedule is 'linear', and this model brings its own list of trained_betas. Leave the schedule out.");
        assertTrue(scheduler(LATENT)
                .schedule("cosine")
                .checked()
                .config()
                .schedule()
                .toString()
                .startsWith("cosine,"));
    }

    @Test
    void spacingIsRefusedWhereTheTimestepsAreGiven() throws IOException {
        String distilled = "spacing is 'trailing', and lcm takes the timesteps that its model was distilled on."
                + " Leave the spacing out, or choose another sampler.";
        assertRefused(scheduler(LATENT).spacing("trailing").sampler("lcm"), distilled);
        assertRefused(scheduler(LATENT).sampler("lcm").spacing("trailing"), distilled);
        assertRefused(
                scheduler(FLOW).sampler("ddim").spacing("trailing"),
                "spacing is 'trailing', and this model was trained as a flow, whose steps are spaced by its shift."
                        + " Leave the spacing out.");
    }

    @Test
    void modelOfAnySigmaHasNoScheduleAndNoTimestepsToReplace() throws IOException {
        for (String name : List.of("EDMEuler", "EDMDPMSolverMultistep", "CosineDPMSolverMultistep")) {
            Scheduler edm = scheduler("{\"_class_name\": \"" + name + "Scheduler\"}");
            assertRefused(
                    edm.schedule("cosine"),
                    "schedule is 'cosine', and this model takes any sigma and has no table of timesteps."
                            + " Leave the schedule out.");
            for (String spacing : List.of("ays", "trailing", "karras", "lu")) {
                assertRefused(
                        edm.spacing(spacing),
                        "spacing is '" + spacing + "', and this model takes any sigma and has no table of timesteps."
                                + " Leave the spacing out.");
            }
        }
        assertRefused(
                scheduler("{\"_class_name\": \"CMStochasticIterativeScheduler\"}")
                        .spacing("trailing"),
                "spacing is 'trailing', and consistency takes the timesteps that its model was distilled on."
                        + " Leave the spacing out, or choose another sampler.");
    }

    @Test
    void laddersPlaceTheLevelsOfSamplersThatHaveThem() throws IOException {
        Plan even = plan(scheduler(LATENT).sampler("euler"));
        for (String name : Ladder.names()) {
            for (String sampler : List.of("euler", "heun", "dpmpp-2m", "unipc", "restart")) {
                Scheduler asked = scheduler(LATENT).spacing(name).sampler(sampler);
                if (name.equals("lu") && !sampler.startsWith("dpmpp")) {
                    assertThrows(IllegalArgumentException.class, asked::checked);
                } else {
                    Plan plan = plan(asked.checked());
                    assertNotEquals(even.from(4).sigma(), plan.from(4).sigma(), name + " " + sampler);
                    assertEquals(0, plan.end().sigma());
                }
            }
        }
        assertRefused(
                scheduler(LATENT).sampler("ddim").spacing("karras"),
                "spacing is 'karras', and ddim does not take its levels from a ladder. Leave the spacing out, or choose"
                        + " another sampler, such as euler or dpmpp-2m.");
        Scheduler changedMind =
                scheduler(LATENT).sampler("euler").spacing("karras").spacing("linspace");
        assertEquals(even.from(), plan(changedMind.checked()).from());
        assertThrows(IllegalArgumentException.class, () -> scheduler(LATENT).spacing("kerras2x"));
    }

    @Test
    void everyOtherSamplerTakesEverySpacing() throws IOException {
        for (String name : Samplers.names()) {
            if (!List.of("lcm", "tcd", "consistency").contains(name)) {
                Scheduler leading =
                        scheduler(LATENT).spacing("leading").sampler(name).checked();
                Scheduler trailing =
                        scheduler(LATENT).sampler(name).spacing("trailing").checked();
                assertNotEquals(
                        plan(leading).from(0).t(), plan(trailing).from(0).t(), name);
                assertEquals(
                        leading.config(), leading.sampler("lcm").sampler(name).config(), "lcm in between: " + name);
            }
        }
    }

    @Test
    void alignedStepsAreThoseOfEverySamplerThatIsNotDistilled() throws IOException {
        for (String name : Samplers.names()) {
            Scheduler asked = scheduler(LATENT).spacing("ays").sampler(name);
            if (List.of("lcm", "tcd", "consistency").contains(name)) {
                assertThrows(IllegalArgumentException.class, asked::checked);
            } else {
                Plan plan = sampling(asked.checked()).steps(10).plan();
                assertEquals(850, plan.from(1).t(), name);
                assertEquals(0, plan.end().sigma());
            }
        }
        assertEquals(
                845,
                sampling(scheduler(LATENT).spacing("ays-sdxl"))
                        .steps(10)
                        .plan()
                        .from(1)
                        .t());
        assertRefused(
                scheduler(FLOW).spacing("ays"),
                "spacing is 'ays', and this model was trained as a flow, whose steps are spaced by its shift."
                        + " Leave the spacing out.");
        Sampling few = sampling(scheduler(OWN_BETAS).spacing("ays"));
        assertTrue(assertThrows(IllegalArgumentException.class, few::plan)
                .getMessage()
                .startsWith("the steps of ays"));
    }

    private static Plan plan(Scheduler scheduler) {
        return sampling(scheduler).plan();
    }

    private static void assertRefused(Scheduler asked, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, asked::checked).getMessage());
    }

    @Test
    void refusalReachesWhoeverAsks() {
        Request request =
                Daguerre.model("exact").prompt("a red ball").sampler("lcm").spacing("trailing");
        assertThrows(IllegalArgumentException.class, request::toSampling);
        assertThrows(IllegalArgumentException.class, request::start);
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
        assertEquals(NoiseSchedule.laplace(1000), NoiseSchedule.named("laplace"));
        assertEquals(NoiseSchedule.exponential(1000), NoiseSchedule.named("exp"));
        assertEquals(8, NoiseSchedules.names().size());
    }
}
