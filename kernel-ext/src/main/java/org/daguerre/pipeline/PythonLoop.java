package org.daguerre.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.name.Names;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.OnnxModel;
import org.daguerre.pipeline.Benchmark.Time;
import org.daguerre.schedule.Plan;
import org.daguerre.text.Tokens;

/**
 * What a Python program needs for the picture of a request: a process that loads the same graphs with onnxruntime and makes
 * the same steps in NumPy, with no other library between.
 */
final class PythonLoop implements AutoCloseable {

    private static final String SCRIPT = "loop.py";
    private static final Set<String> INPUTS = Set.of("sample", "timestep", "encoder_hidden_states");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String python;
    private final Process process;
    private final Writer asks;
    private final BufferedReader answers;
    private final String version;
    private double peak;

    /**
     * Starts the process and waits until it has loaded the model.
     *
     * @param python the command of a Python that has onnxruntime and NumPy
     * @throws IllegalArgumentException if there is no such command, or the model takes more than the script gives
     * @throws IllegalStateException if Python ends; the message says with what
     */
    PythonLoop(String python, Request request) {
        this.python = python;
        Map<String, Object> task = task(request);
        try (InputStream script = PythonLoop.class.getResourceAsStream(SCRIPT)) {
            String text = new String(script.readAllBytes(), StandardCharsets.UTF_8);
            process = new ProcessBuilder(python, "-c", text)
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "python is " + Names.quoted(python) + ", which cannot be run. Give the command of a Python, such as"
                            + " .venv/bin/python.",
                    e);
        }
        asks = process.outputWriter(StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        try {
            version = ask(JSON.writeValueAsString(task)).path("onnxruntime").asText();
        } catch (IOException | RuntimeException e) {
            close();
            throw e instanceof RuntimeException known ? known : new UncheckedIOException((IOException) e);
        }
    }

    private static Map<String, Object> task(Request request) {
        Model model = request.model();
        OnnxModel network = model.backbone().model();
        PredictionType type = model.scheduler().predictionType();
        if (!network.inputs().keySet().equals(INPUTS)
                || type != PredictionType.EPSILON && type != PredictionType.V_PREDICTION) {
            throw new IllegalArgumentException("model '" + model.name() + "' takes "
                    + String.join(", ", network.inputs().keySet()) + " and predicts " + type
                    + ". Python is compared on models that take sample, timestep and encoder_hidden_states and predict"
                    + " epsilon or v_prediction.");
        }
        ModelFolder folder = model.folder();
        Plan plan = request.toSampling().plan();
        Map<String, Object> task = new LinkedHashMap<>();
        task.put("text_encoder", folder.graph("text_encoder").toString());
        task.put("unet", folder.graph("unet").toString());
        task.put(
                "vae_decoder",
                model.vae().isPresent() ? folder.graph("vae_decoder").toString() : "");
        model.vae().ifPresent(vae -> {
            task.put("scaling_factor", vae.scalingFactor());
            task.put("shift_factor", vae.shiftFactor());
        });
        Device device = network.provider().device();
        task.put("cuda", device.kind() == Device.Kind.CUDA ? device.cuda().options(device.index()) : null);
        task.put("threads", network.threads());
        task.put("prompts", List.of(ids(model.tokens("")), ids(model.tokens(request.prompt()))));
        task.put("shape", model.shape());
        task.put("guidance", Benchmark.GUIDANCE);
        task.put("prediction", type.toString());
        task.put(
                "levels",
                IntStream.range(0, plan.count())
                        .mapToObj(i -> new double[] {
                            plan.from(i).t(),
                            plan.from(i).alpha(),
                            plan.from(i).sigma(),
                            plan.to(i).alpha(),
                            plan.to(i).sigma()
                        })
                        .toList());
        return task;
    }

    private static int[] ids(Tokens tokens) {
        return tokens.tokens().stream().mapToInt(Tokens.Token::id).toArray();
    }

    /** One picture. */
    Time picture() {
        JsonNode answer = ask("");
        peak = answer.path("peak").asDouble();
        return new Time(
                1000 * answer.path("wall").asDouble(),
                1000 * answer.path("processor").asDouble());
    }

    private JsonNode ask(String line) {
        try {
            asks.write(line + "\n");
            asks.flush();
            String said = "nothing";
            for (String answer = answers.readLine(); answer != null; answer = answers.readLine()) {
                if (answer.startsWith("{")) {
                    return JSON.readTree(answer);
                }
                said = answer.isBlank() ? said : answer;
            }
            throw new IllegalStateException(ended(said));
        } catch (IOException e) {
            throw new IllegalStateException(ended(String.valueOf(e.getMessage())), e);
        }
    }

    private String ended(String said) {
        return "Python " + Names.quoted(python) + " ended: " + said + ". Install what it needs: " + python
                + " -m pip install onnxruntime numpy";
    }

    /** The version of onnxruntime, and the most memory that the process had. */
    @Override
    public String toString() {
        return String.format(java.util.Locale.ROOT, "Python's onnxruntime %s, peak %.0f MB", version, peak);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
