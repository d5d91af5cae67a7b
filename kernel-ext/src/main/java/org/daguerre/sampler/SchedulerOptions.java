package org.daguerre.sampler;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.name.Names;
import org.daguerre.schedule.AysSpacing;
import org.daguerre.schedule.DdimSpacing;
import org.daguerre.schedule.DiscreteSchedule;
import org.daguerre.schedule.DpmInverseSpacing;
import org.daguerre.schedule.DpmSpacing;
import org.daguerre.schedule.DynamicShiftSpacing;
import org.daguerre.schedule.EulerSpacing;
import org.daguerre.schedule.FinalSigma;
import org.daguerre.schedule.FlowSpacing;
import org.daguerre.schedule.Ladder;
import org.daguerre.schedule.LadderSpacing;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;

/**
 * The keys of one scheduler_config.json, read with the defaults of their class. It notes what was read, so that what was not
 * can be named.
 */
final class SchedulerOptions {

    /** diffusers' stand-in for alpha-bar 0 in schedulers that divide by alpha. */
    private static final double NEARLY_ZERO_SNR = 0x1p-24;

    /** Far more than anybody trains with, and few enough that a hostile file cannot fill the memory. */
    private static final int MOST_TIMESTEPS = 1_000_000;

    private static final List<String> LADDERS =
            List.of("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas");

    private final JsonNode root;
    private final Map<String, Object> read = new TreeMap<>();
    private final Map<String, Object> withoutEffect = new TreeMap<>();
    private final Set<String> idle = new TreeSet<>();

    SchedulerOptions(JsonNode root) {
        this.root = root;
    }

    // What several classes have in common.

    /** The defaults of a class's betas. */
    enum Betas {
        DDPM(1e-4, 0.02, "linear"),
        STABLE_DIFFUSION_RANGE(0.00085, 0.012, "linear"),
        STABLE_DIFFUSION(0.00085, 0.012, "scaled_linear");

        private final double start;
        private final double end;
        private final String kind;

        Betas(double start, double end, String kind) {
            this.start = start;
            this.end = end;
            this.kind = kind;
        }
    }

    /** What a class does about rescale_betas_zero_snr. */
    enum ZeroSnr {
        /** Nothing, it has no such option. */
        NONE,
        /** The last alpha-bar is 0. */
        EXACT,
        /** The last alpha-bar is 2^-24, because the class divides by it. */
        NEARLY
    }

    boolean isFlow() {
        return className().startsWith("FlowMatch") || flag("use_flow_sigmas", false);
    }

    String className() {
        return root.path("_class_name").asText();
    }

    PredictionType predictionType() {
        return className().startsWith("FlowMatch")
                ? PredictionType.FLOW_PREDICTION
                : PredictionType.of(text("prediction_type", "epsilon"));
    }

    NoiseSchedule schedule(Betas defaults, ZeroSnr zeroSnr) {
        int trained = trainTimesteps(1000);
        idle("beta_schedule", "beta_start", "beta_end", "trained_betas", "rescale_betas_zero_snr", "manner");
        if (isFlow()) {
            boolean dynamic = flag("use_dynamic_shifting", false);
            String key = className().startsWith("FlowMatch") ? "shift" : "flow_shift";
            return NoiseSchedule.flow(trained, dynamic ? 1 : number(key, 1));
        }
        DiscreteSchedule schedule =
                value("trained_betas").isMissingNode() ? ofBetas(trained, defaults) : trainedBetas(trained);
        ZeroSnr asked = zeroSnr == ZeroSnr.NONE ? zeroSnrByName() : zeroSnr;
        if (asked == ZeroSnr.NONE || !flag("rescale_betas_zero_snr", false)) {
            return schedule;
        }
        DiscreteSchedule rescaled = schedule.zeroTerminalSnr();
        return asked == ZeroSnr.NEARLY ? rescaled.withTerminalAlphasCumprod(NEARLY_ZERO_SNR) : rescaled;
    }

    /** A sampler asked for by name keeps the schedule of its model, though diffusers' class has no such option. */
    private ZeroSnr zeroSnrByName() {
        if (value("manner").isMissingNode() || constant("manner", Manner.DIFFUSERS) == Manner.DIFFUSERS) {
            return ZeroSnr.NONE;
        }
        // a ladder has no rung at infinity
        return LADDERS.stream().anyMatch(key -> root.path(key).asBoolean()) ? ZeroSnr.NEARLY : ZeroSnr.EXACT;
    }

    private DiscreteSchedule trainedBetas(int trained) {
        float[] betas = floats("trained_betas");
        if (value("num_train_timesteps").isMissingNode()) {
            read.put("num_train_timesteps", betas.length);
        } else if (betas.length != trained) {
            throw new IllegalArgumentException("trained_betas has " + betas.length
                    + " values, and num_train_timesteps is " + trained + ". Give one beta a timestep.");
        }
        return NoiseSchedule.trainedBetas(betas);
    }

    int trainTimesteps(int fallback) {
        int trained = whole("num_train_timesteps", fallback);
        if (trained < 1 || trained > MOST_TIMESTEPS) {
            throw new IllegalArgumentException(
                    "num_train_timesteps is " + trained + ". Give 1 to " + MOST_TIMESTEPS + ", usually 1000.");
        }
        return trained;
    }

    private DiscreteSchedule ofBetas(int trained, Betas defaults) {
        String kind = text("beta_schedule", defaults.kind);
        return switch (kind) {
            case "linear" -> NoiseSchedule.linear(trained, beta("beta_start", defaults.start), end(defaults));
            case "scaled_linear" ->
                NoiseSchedule.scaledLinear(trained, beta("beta_start", defaults.start), end(defaults));
            case "squaredcos_cap_v2" -> NoiseSchedule.cosine(trained);
            case "sigmoid" -> NoiseSchedule.sigmoid(trained, beta("beta_start", defaults.start), end(defaults));
            case "laplace" -> NoiseSchedule.laplace(trained);
            case "exp" -> NoiseSchedule.exponential(trained);
            default ->
                throw new IllegalArgumentException("beta_schedule is " + Names.quoted(kind)
                        + ". Known are: linear, scaled_linear, squaredcos_cap_v2, sigmoid, laplace, exp.");
        };
    }

    private double end(Betas defaults) {
        return beta("beta_end", defaults.end);
    }

    private double beta(String key, double fallback) {
        double beta = number(key, fallback);
        if (!(beta > 0 && beta < 1)) {
            throw new IllegalArgumentException(key + " is " + beta + ". Give a number in (0, 1).");
        }
        return beta;
    }

    /** thresholding before clip_sample, as diffusers has it. */
    Clipping clipping(boolean clipsByDefault) {
        idle("clip_sample", "clip_sample_range");
        Clipping thresholding = thresholding();
        if (thresholding != Clipping.NONE) {
            return thresholding;
        }
        return range(clipsByDefault);
    }

    /** Of a class that clips but does not threshold. */
    Clipping range(boolean clipsByDefault) {
        idle("clip_sample_range");
        return flag("clip_sample", clipsByDefault) ? Clipping.to(number("clip_sample_range", 1)) : Clipping.NONE;
    }

    /** Of a class that thresholds but does not clip. */
    Clipping thresholding() {
        idle("dynamic_thresholding_ratio", "sample_max_value");
        return flag("thresholding", false) ? threshold() : Clipping.NONE;
    }

    private Clipping threshold() {
        return Clipping.dynamic(number("dynamic_thresholding_ratio", 0.995), number("sample_max_value", 1));
    }

    Spacing ddimSpacing(boolean setAlphaToOne, boolean fixedStride) {
        return isFlow()
                ? flowSpacing(FlowSpacing.Points.TO_SHIFTED_LEAST)
                : aligned("leading")
                        .orElseGet(() ->
                                new DdimSpacing(timestepSpacing("leading"), stepsOffset(), setAlphaToOne, fixedStride));
    }

    /** Daguerre's own values of timestep_spacing. */
    private Optional<Spacing> aligned(String fallback) {
        idle("steps_offset");
        return AysSpacing.named(text("timestep_spacing", fallback));
    }

    /** Of Euler and its kin; {@code ends} are the classes that have final_sigmas_type. */
    Spacing eulerSpacing(boolean ends, LadderSpacing.Rounding rounding) {
        if (isFlow()) {
            return flowSpacing(FlowSpacing.Points.TO_SHIFTED_LEAST);
        }
        idle("sigma_min", "sigma_max");
        FinalSigma end = ends ? finalSigma() : FinalSigma.ZERO;
        Spacing grid =
                aligned("linspace").orElseGet(() -> new EulerSpacing(timestepSpacing("linspace"), stepsOffset(), end));
        return ladder(false)
                .<Spacing>map(ladder -> new LadderSpacing(grid, ladder, false, roundingOf(rounding), end))
                .orElse(grid);
    }

    private LadderSpacing.Rounding roundingOf(LadderSpacing.Rounding karras) {
        return flag("use_karras_sigmas", false) ? karras : LadderSpacing.Rounding.NONE;
    }

    /** What a class of the DPM-Solver kind does with its timesteps and its end. */
    record DpmKind(
            boolean spacings,
            boolean lu,
            boolean lambdaMinClipped,
            boolean cosineRounds,
            Optional<FinalSigma> end,
            boolean ladderEndsAtItsLast,
            FlowSpacing.Points flow) {}

    Spacing dpmSpacing(DpmKind kind) {
        without("use_dynamic_shifting", false);
        without("shift_terminal", null);
        idle(
                "timestep_spacing",
                "steps_offset",
                "final_sigmas_type",
                "lambda_min_clipped",
                "time_shift_type",
                "flow_shift");
        idle("sigma_min", "sigma_max");
        if (isFlow()) {
            return flowSpacing(kind.flow());
        }
        FinalSigma end = kind.end().orElseGet(this::finalSigma);
        double lambda = kind.lambdaMinClipped()
                ? number("lambda_min_clipped", Double.NEGATIVE_INFINITY)
                : Double.NEGATIVE_INFINITY;
        Spacing grid = aligned("linspace")
                .orElseGet(() -> kind.spacings()
                        ? new DpmSpacing(timestepSpacing("linspace"), stepsOffset(), end, lambda)
                        : new DpmSpacing(TimestepSpacing.LINSPACE, 0, end, lambda));
        Optional<Ladder> ladder = ladder(kind.lu());
        boolean rounds = flag("use_karras_sigmas", false) || kind.lu() && flag("use_lu_lambdas", false);
        boolean cosine =
                !kind.cosineRounds() && root.path("beta_schedule").asText().equals("squaredcos_cap_v2");
        LadderSpacing.Rounding rounding =
                rounds && !cosine ? LadderSpacing.Rounding.NEAREST : LadderSpacing.Rounding.DOWN;
        FinalSigma last = kind.ladderEndsAtItsLast() && end == FinalSigma.SIGMA_MIN ? FinalSigma.LAST : end;
        return ladder.<Spacing>map(l -> new LadderSpacing(grid, l, true, rounding, last))
                .orElse(grid);
    }

    /** From a picture to its noise, as diffusers' inverse of DPM-Solver has it. */
    Spacing dpmInverseSpacing() {
        idle("timestep_spacing", "steps_offset", "flow_shift");
        if (isFlow()) {
            throw new IllegalArgumentException(
                    "use_flow_sigmas is true, and " + className() + " has no way back along a flow. Set it to false.");
        }
        LadderSpacing.Rounding rounding = roundingOf(LadderSpacing.Rounding.NEAREST);
        return new DpmInverseSpacing(
                timestepSpacing("linspace"),
                whole("steps_offset", 0),
                ladder(false).orElse(null),
                rounding == LadderSpacing.Rounding.NONE ? LadderSpacing.Rounding.DOWN : rounding);
    }

    /** Over a flow: shift, dynamic shift, stretching, ladders. */
    Spacing flowSpacing(FlowSpacing.Points points) {
        without("invert_sigmas", false);
        idle("shift", "base_shift", "max_shift", "base_image_seq_len", "max_image_seq_len", "time_shift_type");
        boolean dynamic = flag("use_dynamic_shifting", false);
        boolean euler = points == FlowSpacing.Points.TO_SHIFTED_LEAST;
        boolean repeats = points == FlowSpacing.Points.BELOW_ONE
                && Set.of("DEISMultistepScheduler", "SASolverScheduler").contains(className());
        Spacing steps = new FlowSpacing(
                euler && dynamic ? FlowSpacing.Points.TO_LEAST : points,
                number("shift_terminal", Double.NaN),
                repeats ? FinalSigma.LAST : FinalSigma.ZERO);
        Spacing onLadder = euler ? ladder(false).map(steps::on).orElse(steps) : steps;
        if (!dynamic) {
            return onLadder;
        }
        String kind = text("time_shift_type", "exponential");
        if (!Set.of("exponential", "linear").contains(kind)) {
            throw new IllegalArgumentException(
                    "time_shift_type is " + Names.quoted(kind) + ". Give exponential or linear.");
        }
        return new DynamicShiftSpacing(
                onLadder,
                number("base_shift", 0.5),
                number("max_shift", 1.15),
                whole("base_image_seq_len", 256),
                whole("max_image_seq_len", 4096),
                kind.equals("exponential"));
    }

    /** At most one of karras, exponential, beta and, where the class has it, lu. */
    private Optional<Ladder> ladder(boolean lu) {
        List<String> asked = new ArrayList<>();
        for (String key : LADDERS) {
            if ((lu || !key.equals("use_lu_lambdas")) && flag(key, false)) {
                asked.add(key);
            }
        }
        if (asked.size() > 1) {
            throw new IllegalArgumentException(String.join(" and ", asked) + " are true. Only one of them can be.");
        }
        return asked.stream()
                .findFirst()
                .map(key -> between(Ladder.named(key.replaceAll("use_|_sigmas|_lambdas", ""))));
    }

    private Ladder between(Ladder ladder) {
        double min = number("sigma_min", Double.NaN);
        double max = number("sigma_max", Double.NaN);
        if (min <= 0 || max <= 0 || min >= max) {
            throw new IllegalArgumentException(
                    "sigma_min is " + min + " and sigma_max " + max + ". Give numbers above 0, the second larger.");
        }
        return ladder.between(max, min);
    }

    FinalSigma finalSigma() {
        return FinalSigma.of(text("final_sigmas_type", "zero"));
    }

    private int stepsOffset() {
        int offset = whole("steps_offset", 0);
        if (offset < 0) {
            throw new IllegalArgumentException("steps_offset is " + offset + ". Give 0 or more, usually 1.");
        }
        return offset;
    }

    private TimestepSpacing timestepSpacing(String fallback) {
        return TimestepSpacing.of(text("timestep_spacing", fallback));
    }

    /** One of an enum's constants by its own text. */
    <E extends Enum<E>> E constant(String key, E fallback) {
        String given = text(key, fallback.toString().toLowerCase(java.util.Locale.ROOT));
        E[] constants = fallback.getDeclaringClass().getEnumConstants();
        return Arrays.stream(constants)
                .filter(constant -> constant.toString().equalsIgnoreCase(given))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(key + " is " + Names.quoted(given)
                        + ". Known are: "
                        + String.join(
                                ", ",
                                Arrays.stream(constants)
                                        .map(constant -> constant.toString().toLowerCase(java.util.Locale.ROOT))
                                        .toList())
                        + "."));
    }

    // Single keys.

    /** A key that the class has, and that changes nothing here; any other value than its default is named. */
    void without(String key, Object fallback) {
        withoutEffect.put(key, fallback);
    }

    /** Keys that the class has, and that another key may leave without work. */
    void idle(String... keys) {
        idle.addAll(List.of(keys));
    }

    private JsonNode value(String key) {
        JsonNode value = root.path(key);
        return value.isNull() ? root.path("\0missing") : value;
    }

    String text(String key, String fallback) {
        JsonNode value = value(key);
        String text = value.isMissingNode()
                ? fallback
                : require(value.isTextual(), key, value, "a text").asText();
        read.put(key, text);
        return text;
    }

    boolean flag(String key, boolean fallback) {
        JsonNode value = value(key);
        boolean flag = value.isMissingNode()
                ? fallback
                : require(value.isBoolean(), key, value, "true or false").asBoolean();
        read.put(key, flag);
        return flag;
    }

    /** NaN stands for no number, null in the file. */
    double number(String key, double fallback) {
        JsonNode value = value(key);
        // a JSON tree prints an infinite number as a text
        boolean infinite = value.isTextual() && value.asText().matches("-?Infinity");
        double number = value.isMissingNode()
                ? fallback
                : infinite
                        ? Double.parseDouble(value.asText())
                        : require(value.isNumber(), key, value, "a number").asDouble();
        read.put(key, Double.isNaN(number) ? null : (Object) number);
        return number;
    }

    int whole(String key, int fallback) {
        JsonNode value = value(key);
        int whole = value.isMissingNode()
                ? fallback
                : require(value.canConvertToExactIntegral() && value.canConvertToInt(), key, value, "a whole number")
                        .asInt();
        read.put(key, whole);
        return whole;
    }

    Set<Integer> wholes(String key) {
        JsonNode value = value(key);
        if (!value.isMissingNode()) {
            require(value.isArray(), key, value, "a list of whole numbers");
        }
        Set<Integer> wholes = new TreeSet<>();
        for (JsonNode one : value) {
            require(one.canConvertToInt(), key, value, "a list of whole numbers");
            wholes.add(one.asInt());
        }
        read.put(key, List.copyOf(wholes));
        return wholes;
    }

    private float[] floats(String key) {
        JsonNode array = value(key);
        require(array.isArray(), key, array, "a list of numbers");
        float[] floats = new float[array.size()];
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < floats.length; i++) {
            double value = array.get(i).asDouble(Double.NaN);
            values.add(value);
            floats[i] = (float) value;
        }
        read.put(key, values);
        return floats;
    }

    private JsonNode require(boolean fits, String key, JsonNode value, String wanted) {
        if (!fits) {
            throw new IllegalArgumentException(key + " is " + value + ". Give " + wanted + ".");
        }
        return value;
    }

    // What was read, and what was not.

    /** The keys that had a say, with their values. */
    Map<String, Object> honoured() {
        return read;
    }

    /** One line a key that the class has and that would change the picture, one for all others that it does not have. */
    List<String> ignored() {
        List<String> sentences = new ArrayList<>();
        List<String> foreign = new ArrayList<>();
        root.properties().forEach(entry -> {
            String key = entry.getKey();
            JsonNode value = entry.getValue();
            boolean says = !value.isNull()
                    && !(value.isBoolean() && !value.asBoolean())
                    && !(value.isContainerNode() && value.isEmpty());
            if (key.startsWith("_") || read.containsKey(key) || idle.contains(key) || !says) {
                return;
            }
            if (!withoutEffect.containsKey(key)) {
                foreign.add(key);
            } else if (!value.asText().equals(String.valueOf(withoutEffect.get(key)))) {
                sentences.add(key + " = " + value.asText() + " has no effect here.");
            }
        });
        if (!foreign.isEmpty()) {
            sentences.add("no options of " + className() + ", and without effect: " + String.join(", ", foreign) + ".");
        }
        return sentences;
    }
}
