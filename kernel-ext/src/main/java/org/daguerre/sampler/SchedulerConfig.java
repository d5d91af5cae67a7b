package org.daguerre.sampler;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.name.Names;
import org.daguerre.schedule.NoiseSchedule;

/**
 * What diffusers' {@code scheduler_config.json} says: the noise schedule and prediction type of a model, and the sampler
 * that its makers chose, with its options. A missing key has the default of its scheduler class.
 *
 * @param className diffusers' class, such as "DDIMScheduler"
 * @param schedule the noise schedule
 * @param predictionType what the network's raw output stands for
 * @param sampler the sampler of that class, with its options and spacing
 * @param honoured the keys, present or left to their defaults, that had a say in the above, with their values; any other is
 *     without effect
 * @param ignored a sentence for every option that would change the picture and has no effect here
 */
public record SchedulerConfig(
        String className,
        NoiseSchedule schedule,
        PredictionType predictionType,
        Sampler sampler,
        Map<String, Object> honoured,
        List<String> ignored) {

    /** Python writes -Infinity as the default of lambda_min_clipped, which is no JSON. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    public SchedulerConfig {
        honoured = Collections.unmodifiableMap(new TreeMap<>(honoured));
        ignored = List.copyOf(ignored);
    }

    /** The classes that can be read, diffusers' own first. */
    public static List<String> classNames() {
        return SchedulerClasses.names();
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
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    source + " is not JSON"
                            + (e.getLocation() == null
                                    ? ""
                                    : " (line " + e.getLocation().getLineNr() + ")")
                            + ". Put diffusers' scheduler_config.json there.",
                    e);
        }
        if (!root.isObject() || !root.path("_class_name").isTextual()) {
            throw new IllegalArgumentException(
                    source + " names no scheduler class. It must be a JSON object with \"_class_name\".");
        }
        SchedulerOptions options = new SchedulerOptions(root);
        if (!classNames().contains(options.className())) {
            List<String> stems =
                    classNames().stream().map(SchedulerConfig::stem).toList();
            String near = Names.near(stem(options.className()), stems).stream()
                    .findFirst()
                    .map(stem -> "Did you mean " + classNames().get(stems.indexOf(stem)) + "? ")
                    .orElse("");
            throw new IllegalArgumentException(
                    source + ": " + Names.unknown("scheduler class", options.className(), List.of()) + near
                            + "Known are: " + String.join(", ", classNames()) + ".");
        }
        SchedulerClasses.Parts parts;
        try {
            parts = SchedulerClasses.read(options);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
        }
        return new SchedulerConfig(
                options.className(),
                parts.schedule(),
                parts.type(),
                parts.sampler(),
                options.honoured(),
                options.ignored());
    }

    /** What tells a class from others: all of them are schedulers. */
    private static String stem(String className) {
        return className.replaceFirst("Scheduler$", "");
    }

    /**
     * The options by which a config asks for the sampler of a name, its class among them.
     *
     * @param flow the model was trained as a flow
     */
    public static Map<String, Object> optionsOf(String sampler, boolean flow) {
        return SchedulerClasses.optionsOf(Samplers.known(sampler), flow);
    }

    /** The text of a scheduler_config.json that says the same, every option spelt out. */
    public String toJson() {
        ObjectNode json = JSON.createObjectNode().put("_class_name", className);
        honoured.forEach((key, value) -> json.set(key, JSON.valueToTree(value)));
        try {
            return JSON.writeValueAsString(json) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Writes {@link #toJson}.
     *
     * @throws UncheckedIOException if the file cannot be written
     */
    public void write(Path file) {
        try {
            Files.writeString(file, toJson());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
