package org.daguerre.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.schedule.DdimSpacing;
import org.daguerre.schedule.DpmSpacing;
import org.daguerre.schedule.EulerSpacing;
import org.daguerre.schedule.FinalSigma;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.TimestepSpacing;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerConfigTest {

    @Test
    void readsStableDiffusion15(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("scheduler_config.json");
        Files.writeString(file, """
                {"_class_name": "PNDMScheduler", "_diffusers_version": "0.6.0", "beta_end": 0.012,
                 "beta_schedule": "scaled_linear", "beta_start": 0.00085, "num_train_timesteps": 1000,
                 "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": 1, "trained_betas": null,
                 "clip_sample": false}""");
        SchedulerConfig config = SchedulerConfig.read(file);
        assertEquals(NoiseSchedule.scaledLinear(1000, 0.00085, 0.012), config.schedule());
        assertEquals(PredictionType.EPSILON, config.predictionType());
        assertEquals(
                new Pndm(true, Manner.DIFFUSERS, new DdimSpacing(TimestepSpacing.LEADING, 1, false, true)),
                config.sampler());
        assertEquals(List.of(), config.ignored());
    }

    @Test
    void readsAVPredictionModelWithZeroTerminalSnr() {
        SchedulerConfig config = SchedulerConfig.parse("""
                {"_class_name": "DDIMScheduler", "prediction_type": "v_prediction", "clip_sample": false,
                 "timestep_spacing": "trailing", "rescale_betas_zero_snr": true}""");
        assertEquals(NoiseSchedule.linear(1000, 1e-4, 0.02).zeroTerminalSnr(), config.schedule());
        assertEquals(PredictionType.V_PREDICTION, config.predictionType());
        assertEquals(
                new Ddim(0, Clipping.NONE, new DdimSpacing(TimestepSpacing.TRAILING, 0, true, true)), config.sampler());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "2000000000"})
    void numbersOfTimestepsThatNobodyTrainsAreRefused(String timesteps) {
        var error = assertThrows(
                IllegalArgumentException.class,
                () -> SchedulerConfig.parse("{\"_class_name\": \"DDPMScheduler\", \"beta_schedule\":"
                        + " \"squaredcos_cap_v2\", \"num_train_timesteps\": " + timesteps + "}"));
        assertTrue(error.getMessage().contains("num_train_timesteps is " + timesteps), error.getMessage());
    }

    @Test
    void distillationOnNoTimestepsIsRefused() {
        var error = assertThrows(
                IllegalArgumentException.class,
                () -> SchedulerConfig.parse("{\"_class_name\": \"LCMScheduler\", \"original_inference_steps\": 0}"));
        assertTrue(error.getMessage().contains("original_inference_steps is 0"), error.getMessage());
    }

    @Test
    void readsAFlow() {
        SchedulerConfig config =
                SchedulerConfig.parse("{\"_class_name\": \"FlowMatchEulerDiscreteScheduler\", \"shift\": 3.0}");
        assertEquals(NoiseSchedule.flow(1000, 3), config.schedule());
        assertEquals(PredictionType.FLOW_PREDICTION, config.predictionType());
        assertInstanceOf(Euler.class, config.sampler());
    }

    @Test
    void missingKeysHaveTheDefaultsOfTheirClass() {
        assertEquals(
                new Ddpm(
                        Ddpm.Variance.FIXED_SMALL,
                        Clipping.to(1),
                        Manner.DIFFUSERS,
                        new DdimSpacing(TimestepSpacing.LEADING, 0, true, false)),
                of("DDPMScheduler").sampler());
        assertEquals(
                new Heun(new EulerSpacing(TimestepSpacing.LINSPACE, 0)),
                of("HeunDiscreteScheduler").sampler());
        assertEquals(
                NoiseSchedule.linear(1000, 0.00085, 0.012),
                of("HeunDiscreteScheduler").schedule());
        assertEquals(
                NoiseSchedule.scaledLinear(1000, 0.00085, 0.012),
                of("LCMScheduler").schedule());
        assertEquals(
                new UniPc(2, true, new DpmSpacing(TimestepSpacing.LINSPACE, 0, FinalSigma.ZERO)),
                of("UniPCMultistepScheduler").sampler());
    }

    private static SchedulerConfig of(String className) {
        return SchedulerConfig.parse("{\"_class_name\": \"" + className + "\"}");
    }

    @Test
    void optionsThatHaveNoEffectAreSaid() {
        SchedulerConfig config = SchedulerConfig.parse("""
                {"_class_name": "EulerDiscreteScheduler", "_diffusers_version": "0.39.0", "interpolation_type": "log_linear",
                 "timestep_type": "discrete", "skip_prk_steps": true, "set_alpha_to_one": false, "solver_order": 3}""");
        assertEquals(
                List.of(
                        "interpolation_type = log_linear has no effect here.",
                        "no options of EulerDiscreteScheduler, and without effect: skip_prk_steps, solver_order."),
                config.ignored());
    }

    @Test
    void unknownClassIsAnsweredWithTheKnownOnes() {
        String message = assertThrows(IllegalArgumentException.class, () -> of("EulerDiscretScheduler"))
                .getMessage();
        assertTrue(
                message.contains("'EulerDiscretScheduler' is unknown. Did you mean EulerDiscreteScheduler?"), message);
        assertTrue(message.contains("DDIMScheduler, DDIMParallelScheduler"), message);
        for (String stranger : List.of("FancyScheduler", "FooScheduler")) {
            message = assertThrows(IllegalArgumentException.class, () -> of(stranger))
                    .getMessage();
            assertFalse(message.contains("Did you mean"), message);
        }
    }

    @Test
    void unknownKindOfSolverIsRefusedAndThatOfAnotherClassReadAsDiffusersDoes() {
        String unipc = "{\"_class_name\": \"UniPCMultistepScheduler\", \"solver_type\": \"%s\"}";
        String message = assertThrows(
                        IllegalArgumentException.class, () -> SchedulerConfig.parse(unipc.formatted("bh3")))
                .getMessage();
        assertTrue(message.contains("solver_type is 'bh3'. Known are: bh1, bh2."), message);
        assertEquals(
                SchedulerConfig.parse(unipc.formatted("bh2")).sampler(),
                SchedulerConfig.parse(unipc.formatted("midpoint")).sampler());
        assertThrows(
                IllegalArgumentException.class,
                () -> SchedulerConfig.parse(
                        "{\"_class_name\": \"SASolverScheduler\", \"algorithm_type\": \"dpmsolver++\"}"));
    }

    @ParameterizedTest
    @CsvSource({
        "DPMSolverMultistepScheduler, dpmpp-2m",
        "PNDMScheduler, pndm",
        "EulerAncestralDiscreteScheduler, euler-ancestral",
        "UniPCMultistepScheduler, unipc",
        "FlowMatchEulerDiscreteScheduler, euler"
    })
    void classOfDiffusersIsAnsweredWithItsSampler(String className, String sampler) {
        String message = assertThrows(IllegalArgumentException.class, () -> Sampler.named(className))
                .getMessage();
        assertTrue(message.contains("'" + className + "' is unknown. Did you mean " + sampler + "? Give"), message);
    }

    /** Every option in the constructor of a class of diffusers is known to it here, whatever its value does. */
    @TestFactory
    Stream<DynamicTest> everyOptionOfDiffusersIsKnown() throws IOException {
        JsonNode classes;
        try (InputStream in = getClass().getResourceAsStream("/sampler/signatures.json")) {
            classes = new ObjectMapper().readTree(in).get("classes");
        }
        return classes.properties().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    ObjectNode config = new ObjectMapper().createObjectNode();
                    entry.getValue().properties().forEach(option -> config.set(option.getKey(), option.getValue()));
                    config.put("_class_name", entry.getKey());
                    SchedulerConfig read = SchedulerConfig.parse(config.toString());
                    assertEquals(List.of(), read.ignored());
                    assertEquals(
                            SchedulerConfig.parse("{\"_class_name\": \"" + entry.getKey() + "\"}")
                                    .toJson(),
                            read.toJson(),
                            "defaults are diffusers'");
                    config.fieldNames().forEachRemaining(key -> {
                        JsonNode value = config.get(key);
                        if (value.isNumber() || value.isBoolean() || value.isNull()) {
                            assertKnown(config, key, value);
                        }
                    });
                }));
    }

    private static void assertKnown(ObjectNode config, String key, JsonNode value) {
        ObjectNode changed = config.deepCopy();
        if (value.isBoolean()) {
            changed.put(key, !value.asBoolean());
        } else if (value.isNull()) {
            changed.put(key, 0.5);
        } else {
            changed.set(key, value.isInt() ? IntNode.valueOf(value.asInt() + 1) : value);
        }
        try {
            String said =
                    String.join(" ", SchedulerConfig.parse(changed.toString()).ignored());
            assertFalse(said.contains("no options of"), said);
        } catch (IllegalArgumentException e) {
            assertTrue(e.getMessage().contains(key) || e.getMessage().contains("order"), e.getMessage());
        }
    }

    /** Written and read again, a config says the same; so does one whose every option was left to its default. */
    @ParameterizedTest
    @MethodSource("org.daguerre.sampler.SchedulerConfig#classNames")
    void writtenConfigReadsTheSame(String className, @TempDir Path folder) {
        SchedulerConfig config = of(className);
        assertEquals(List.of(), config.ignored());
        Path file = folder.resolve("scheduler_config.json");
        config.write(file);
        assertEquals(config.toJson(), SchedulerConfig.read(file).toJson());
        assertEquals(config.honoured(), SchedulerConfig.read(file).honoured());
        assertEquals(
                config.sampler().toString(),
                SchedulerConfig.read(file).sampler().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "<html>", "[]", "{}", "{\"_class_name\": 3}", "version https://git-lfs.github.com/spec/v1"})
    void whatIsNoConfigIsRefused(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> SchedulerConfig.parse(text))
                .getMessage();
        assertTrue(message.startsWith("scheduler_config.json"), message);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource({
        "beta_start, \"small\", a number",
        "num_train_timesteps, 10.5, a whole number",
        "clip_sample, 1, true or false",
        "beta_schedule, 7, a text",
        "beta_schedule, \"quadratic\", squaredcos_cap_v2",
        "timestep_spacing, \"even\", linspace",
        "prediction_type, \"noise\", v_prediction",
        "num_train_timesteps, 0, 1 to 1000000",
        "trained_betas, '[0.1, \"x\"]', trained_betas has beta NaN at t = 1. Give betas in (0",
        "trained_betas, '[0.1, 0]', trained_betas has beta 0.0 at t = 1. Give betas in (0",
        "timestep_spacing, \"spiral\", linspace",
        "clip_sample_range, -1, Give",
        "trained_betas, \"long\", a list of numbers",
        "trained_betas, '[0.1, 0.2], \"num_train_timesteps\": 3', trained_betas has 2 values",
        "steps_offset, -1, Give 0 or more",
        "prediction_type, \"two\\nlines\", 'two lines'"
    })
    void aValueThatCannotBeIsNamedWithItsRemedy(String key, String value, String remedy) {
        String json = "{\"_class_name\": \"DDIMScheduler\", \"" + key + "\": " + value + "}";
        String message = assertThrows(IllegalArgumentException.class, () -> SchedulerConfig.parse(json))
                .getMessage();
        assertTrue(message.startsWith("scheduler_config.json: "), message);
        assertTrue(message.contains(remedy) && message.lines().count() == 1, message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EulerDiscreteScheduler\", \"use_karras_sigmas\": true, ",
                "DPMSolverMultistepScheduler\", \"use_exponential_sigmas\": true, ",
                "EDMEulerScheduler\", ",
                "CosineDPMSolverMultistepScheduler\", ",
                "CMStochasticIterativeScheduler\", "
            })
    void aRisingRangeOfSigmasIsNamedByItsKeys(String start) {
        for (String range : List.of("\"sigma_min\": 10, \"sigma_max\": 0.1", "\"sigma_min\": 0, \"sigma_max\": 10")) {
            String json = "{\"_class_name\": \"" + start + range + "}";
            String message = assertThrows(IllegalArgumentException.class, () -> SchedulerConfig.parse(json))
                    .getMessage();
            assertTrue(message.startsWith("scheduler_config.json: sigma_min is "), message);
            assertTrue(message.contains(" and sigma_max "), message);
            assertTrue(message.contains(". Give numbers above 0, the second larger"), message);
        }
    }

    @Test
    void trainedBetasSayHowManyTimestepsThereAre() {
        SchedulerConfig config =
                SchedulerConfig.parse("{\"_class_name\": \"DDIMScheduler\", \"trained_betas\": [0.1, 0.2, 0.3]}");
        assertEquals(3, SchedulerConfig.parse(config.toJson()).schedule().numTrainTimesteps());
        assertEquals(3, config.honoured().get("num_train_timesteps"));
    }

    @Test
    void jsonNestedDeeperThanAnyParserGoesIsRefusedInOneLine() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> SchedulerConfig.parse("{\"a\": " + "[".repeat(100_000)))
                .getMessage();
        assertTrue(message.startsWith("scheduler_config.json is not JSON"), message);
    }

    @Test
    void missingFileIsAnIoError(@TempDir Path folder) {
        assertThrows(UncheckedIOException.class, () -> SchedulerConfig.read(folder.resolve("none.json")));
    }
}
