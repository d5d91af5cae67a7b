package org.daguerre.sampler;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.schedule.DdimSpacing;
import org.daguerre.schedule.DiscreteSchedule;
import org.daguerre.schedule.DpmSpacing;
import org.daguerre.schedule.EulerSpacing;
import org.daguerre.schedule.LcmSpacing;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.TimestepSpacing;

/**
 * What diffusers' {@code scheduler_config.json} says: the noise schedule and prediction type of a model, and the sampler
 * that its makers chose, with its options. A missing key has the default of its scheduler class.
 *
 * @param className diffusers' class, such as "DDIMScheduler"
 * @param schedule the noise schedule
 * @param predictionType what the network's raw output stands for
 * @param sampler the sampler of that class, with its options and spacing
 * @param honoured the keys, present or left to their defaults, that had a say in the above; any other is without effect
 * @param ignored a sentence for every option that would change the picture and has no effect here
 */
public record SchedulerConfig(
        String className,
        NoiseSchedule schedule,
        PredictionType predictionType,
        Sampler sampler,
        Set<String> honoured,
        List<String> ignored) {

    /** diffusers' stand-in for alpha-bar 0 in schedulers that divide by alpha. */
    private static final double NEARLY_ZERO_SNR = 0x1p-24;

    /** Far more than anybody trains with, and few enough that a hostile file cannot fill the memory. */
    private static final int MOST_TIMESTEPS = 1_000_000;

    private static final List<String> KNOWN = List.of(
            "DDPMScheduler",
            "DDIMScheduler",
            "EulerDiscreteScheduler",
            "EulerAncestralDiscreteScheduler",
            "HeunDiscreteScheduler",
            "DPMSolverMultistepScheduler",
            "PNDMScheduler",
            "LCMScheduler",
            "UniPCMultistepScheduler",
            "FlowMatchEulerDiscreteScheduler");

    /** Options that change the picture where they differ from the value given here, and that are not built. */
    private static final Map<String, Set<String>> WITHOUT_EFFECT = new TreeMap<>(Map.ofEntries(
            Map.entry("use_karras_sigmas", Set.of("false")),
            Map.entry("use_exponential_sigmas", Set.of("false")),
            Map.entry("use_beta_sigmas", Set.of("false")),
            Map.entry("use_lu_lambdas", Set.of("false")),
            Map.entry("use_flow_sigmas", Set.of("false")),
            Map.entry("use_dynamic_shifting", Set.of("false")),
            Map.entry("thresholding", Set.of("false")),
            Map.entry("algorithm_type", Set.of("dpmsolver++")),
            Map.entry("solver_order", Set.of("2")),
            Map.entry("solver_type", Set.of("midpoint", "bh2")),
            Map.entry("euler_at_final", Set.of("false")),
            Map.entry("predict_x0", Set.of("true")),
            Map.entry("interpolation_type", Set.of("linear")),
            Map.entry("timestep_type", Set.of("discrete")),
            Map.entry("stochastic_sampling", Set.of("false")),
            Map.entry("invert_sigmas", Set.of("false"))));

    public SchedulerConfig {
        honoured = Set.copyOf(honoured);
        ignored = List.copyOf(ignored);
    }

    /**
     * Reads a scheduler_config.json.
     *
     * @throws IllegalArgumentException if it is no JSON object, of an unknown class, or has a value that cannot be
     * @throws UncheckedIOException if the file cannot be read
     */
    public static SchedulerConfig read(Path file) {
        try {
            return parse(Files.readString(file), file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same from its text. */
    public static SchedulerConfig parse(String json) {
        return parse(json, "scheduler_config.json");
    }

    private static SchedulerConfig parse(String json, String source) {
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    source + " is not JSON (line " + e.getLocation().getLineNr()
                            + "). Put diffusers' scheduler_config.json there.",
                    e);
        }
        if (!root.isObject() || !root.path("_class_name").isTextual()) {
            throw new IllegalArgumentException(
                    source + " names no scheduler class. It must be a JSON object with \"_class_name\".");
        }
        return new Options(root, source).config();
    }

    /** The keys of one file, read with their defaults. */
    private static final class Options {

        private final JsonNode root;
        private final String source;
        private final String className;
        private final boolean flow;
        private final Set<String> read = new TreeSet<>();

        Options(JsonNode root, String source) {
            this.root = root;
            this.source = source;
            this.className = root.path("_class_name").asText();
            this.flow = className.startsWith("FlowMatch") || flag("use_flow_sigmas", false);
        }

        SchedulerConfig config() {
            if (!KNOWN.contains(className)) {
                throw new IllegalArgumentException(source + ": scheduler class '" + className
                        + "' is unknown. Known are: " + String.join(", ", KNOWN) + ".");
            }
            PredictionType type = className.startsWith("FlowMatch")
                    ? PredictionType.FLOW_PREDICTION
                    : PredictionType.of(text("prediction_type", "epsilon"));
            return new SchedulerConfig(className, schedule(), type, sampler(), read, ignored());
        }

        private Sampler sampler() {
            return switch (className) {
                case "DDPMScheduler" ->
                    new Ddpm(
                            variance(),
                            clip(true),
                            new DdimSpacing(spacing("leading"), whole("steps_offset", 0), true, false));
                case "DDIMScheduler" -> new Ddim(0, clip(true), ddimSpacing(true));
                case "EulerDiscreteScheduler" -> new Euler(eulerSpacing());
                case "EulerAncestralDiscreteScheduler" -> new EulerAncestral(eulerSpacing());
                case "HeunDiscreteScheduler" -> new Heun(eulerSpacing());
                case "DPMSolverMultistepScheduler" ->
                    new DpmSolverPlusPlus2M(flag("lower_order_final", true), dpmSpacing());
                case "PNDMScheduler" -> new Pndm(flag("skip_prk_steps", false), ddimSpacing(false));
                case "LCMScheduler" ->
                    new Lcm(
                            number("timestep_scaling", 10),
                            clip(false),
                            new LcmSpacing(whole("original_inference_steps", 50)));
                case "UniPCMultistepScheduler" -> new UniPc(flag("lower_order_final", true), dpmSpacing());
                case "FlowMatchEulerDiscreteScheduler" -> new Euler();
                default -> throw new AssertionError(className);
            };
        }

        private NoiseSchedule schedule() {
            int trained = whole("num_train_timesteps", 1000);
            if (trained < 1 || trained > MOST_TIMESTEPS) {
                throw new IllegalArgumentException(source + ": num_train_timesteps is " + trained + ". Give 1 to "
                        + MOST_TIMESTEPS + ", usually 1000.");
            }
            if (flow) {
                return NoiseSchedule.flow(
                        trained, number(className.startsWith("FlowMatch") ? "shift" : "flow_shift", 1));
            }
            DiscreteSchedule schedule = root.path("trained_betas").isArray()
                    ? NoiseSchedule.trainedBetas(trainedBetas())
                    : ofBetas(trained);
            if (!flag("rescale_betas_zero_snr", false)) {
                return schedule;
            }
            boolean dividesByAlpha = Set.of(
                            "EulerDiscreteScheduler",
                            "EulerAncestralDiscreteScheduler",
                            "DPMSolverMultistepScheduler",
                            "UniPCMultistepScheduler")
                    .contains(className);
            DiscreteSchedule rescaled = schedule.zeroTerminalSnr();
            return dividesByAlpha ? rescaled.withTerminalAlphasCumprod(NEARLY_ZERO_SNR) : rescaled;
        }

        private DiscreteSchedule ofBetas(int trained) {
            boolean stable = Set.of("HeunDiscreteScheduler", "LCMScheduler").contains(className);
            double betaStart = number("beta_start", stable ? 0.00085 : 0.0001);
            double betaEnd = number("beta_end", stable ? 0.012 : 0.02);
            String kind = text("beta_schedule", className.equals("LCMScheduler") ? "scaled_linear" : "linear");
            return switch (kind) {
                case "linear" -> NoiseSchedule.linear(trained, betaStart, betaEnd);
                case "scaled_linear" -> NoiseSchedule.scaledLinear(trained, betaStart, betaEnd);
                case "squaredcos_cap_v2" -> NoiseSchedule.cosine(trained);
                case "sigmoid" -> NoiseSchedule.sigmoid(trained, betaStart, betaEnd);
                default ->
                    throw new IllegalArgumentException(source + ": beta_schedule is '" + kind
                            + "'. Known are: linear, scaled_linear, squaredcos_cap_v2, sigmoid.");
            };
        }

        private float[] trainedBetas() {
            JsonNode array = root.path("trained_betas");
            float[] betas = new float[array.size()];
            for (int t = 0; t < betas.length; t++) {
                betas[t] = (float) array.get(t).asDouble(Double.NaN);
            }
            return betas;
        }

        private DdimSpacing ddimSpacing(boolean setAlphaToOne) {
            return new DdimSpacing(
                    spacing("leading"), whole("steps_offset", 0), flag("set_alpha_to_one", setAlphaToOne), true);
        }

        private EulerSpacing eulerSpacing() {
            return new EulerSpacing(spacing("linspace"), whole("steps_offset", 0));
        }

        private DpmSpacing dpmSpacing() {
            String last = text("final_sigmas_type", "zero");
            if (!Set.of("zero", "sigma_min").contains(last)) {
                throw new IllegalArgumentException(
                        source + ": final_sigmas_type is '" + last + "'. Give zero or sigma_min.");
            }
            return new DpmSpacing(spacing("linspace"), whole("steps_offset", 0), last.equals("zero"));
        }

        /** A flow has no timestep spacing: its sigmas are evenly spaced before they are shifted. */
        private TimestepSpacing spacing(String fallback) {
            return flow ? TimestepSpacing.of(fallback) : TimestepSpacing.of(text("timestep_spacing", fallback));
        }

        private double clip(boolean fallback) {
            return flag("clip_sample", fallback) ? number("clip_sample_range", 1) : Double.POSITIVE_INFINITY;
        }

        private Ddpm.Variance variance() {
            String variance = text("variance_type", "fixed_small");
            return switch (variance) {
                case "fixed_small" -> Ddpm.Variance.FIXED_SMALL;
                case "fixed_large" -> Ddpm.Variance.FIXED_LARGE;
                case "learned_range" -> Ddpm.Variance.LEARNED_RANGE;
                default ->
                    throw new IllegalArgumentException(source + ": variance_type is '" + variance
                            + "'. Known are: fixed_small, fixed_large, learned_range.");
            };
        }

        private List<String> ignored() {
            List<String> sentences = new ArrayList<>();
            WITHOUT_EFFECT.forEach((key, usual) -> {
                JsonNode value = root.path(key);
                if (!read.contains(key)
                        && !value.isMissingNode()
                        && !value.isNull()
                        && !usual.contains(value.asText())) {
                    sentences.add(key + " = " + value.asText() + " has no effect; pictures are made with "
                            + String.join(" or ", new TreeSet<>(usual)) + ".");
                }
            });
            return sentences;
        }

        private JsonNode value(String key) {
            read.add(key);
            JsonNode value = root.path(key);
            return value.isNull() ? root.path("\0missing") : value;
        }

        private String text(String key, String fallback) {
            JsonNode value = value(key);
            return value.isMissingNode()
                    ? fallback
                    : require(value.isTextual(), key, value, "a text").asText();
        }

        private boolean flag(String key, boolean fallback) {
            JsonNode value = value(key);
            return value.isMissingNode()
                    ? fallback
                    : require(value.isBoolean(), key, value, "true or false").asBoolean();
        }

        private double number(String key, double fallback) {
            JsonNode value = value(key);
            return value.isMissingNode()
                    ? fallback
                    : require(value.isNumber(), key, value, "a number").asDouble();
        }

        private int whole(String key, int fallback) {
            JsonNode value = value(key);
            return value.isMissingNode()
                    ? fallback
                    : require(
                                    value.canConvertToExactIntegral() && value.canConvertToInt(),
                                    key,
                                    value,
                                    "a whole number")
                            .asInt();
        }

        private JsonNode require(boolean fits, String key, JsonNode value, String wanted) {
            if (!fits) {
                throw new IllegalArgumentException(source + ": " + key + " is " + value + ". Give " + wanted + ".");
            }
            return value;
        }
    }
}
