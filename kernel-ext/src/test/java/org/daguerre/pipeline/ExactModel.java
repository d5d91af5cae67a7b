package org.daguerre.pipeline;

import static org.daguerre.onnx.Graphs.ints;
import static org.daguerre.onnx.Graphs.whole;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.daguerre.onnx.Graphs;
import org.daguerre.scene.Drawn;
import org.daguerre.scene.Grammar;
import org.daguerre.scene.Raster;
import org.daguerre.scene.Renderer;
import org.daguerre.scene.Scene;
import org.daguerre.scene.SceneSeries;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.tensor.Tensor;

/**
 * Writes models/exact: the posterior mean of sixteen pictures as an ONNX graph, in the layout of a latent diffusion model
 * without a VAE. The bytes are the same on every run.
 *
 * <p>A prompt's prior is uniform over the pictures whose captions contain most of its words. Given x = alpha x0 + sigma eps,
 * picture i has the weight w_i ∝ prior_i exp((alpha x . x_i - alpha² |x_i|² / 2) / sigma²), and v = alpha eps - sigma x0 with
 * x0 = sum_i w_i x_i and eps = (x - alpha x0) / sigma.
 */
public final class ExactModel {

    /** One picture each, the first scene of the series with this caption. */
    static final List<String> CAPTIONS = List.of(
            "three red apples",
            "two red apples",
            "two red cups",
            "a red ball",
            "two green apples",
            "two green pears",
            "three green cups",
            "two blue balls",
            "two blue stars",
            "a blue cube",
            "two yellow stars",
            "three yellow pears",
            "three orange coins",
            "three white cups",
            "a purple heart",
            "a pink heart");

    static final int SIZE = 32;

    private static final String ENDING = " on a tray";
    private static final long SERIES = 3;
    private static final int TOKENS = 16;
    private static final float ABSENT = -1e9f;
    private static final List<String> SPECIAL = List.of("<pad>", "<unk>", "<bos>", "<eos>");
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ExactModel() {}

    /** Writes the folder given as the only argument, usually models/exact. */
    public static void main(String[] args) throws IOException {
        write(Path.of(args[0]));
    }

    /** The pictures, {@code [1, 3, 32, 32]} each, in the order of {@link #CAPTIONS}. */
    static List<Tensor> pictures() {
        Map<String, Tensor> found = new LinkedHashMap<>();
        SceneSeries series = new SceneSeries(SERIES);
        for (long i = 0; found.size() < CAPTIONS.size(); i++) {
            Drawn drawn = series.at(i);
            String text = drawn.claim().text();
            if (drawn.kind() == Drawn.Kind.COUNT && CAPTIONS.contains(text) && !found.containsKey(text)) {
                found.put(text, shrunk(Renderer.render(drawn.scene())));
            }
        }
        return CAPTIONS.stream().map(found::get).toList();
    }

    /** Every pixel the mean of a square, brought from 0..255 to -1..1. */
    private static Tensor shrunk(Raster raster) {
        int side = Scene.SIZE / SIZE;
        float[] values = new float[3 * SIZE * SIZE];
        for (int i = 0; i < values.length; i++) {
            int channel = i / (SIZE * SIZE);
            int y = i / SIZE % SIZE;
            int x = i % SIZE;
            int sum = 0;
            for (int pixel = 0; pixel < side * side; pixel++) {
                sum += raster.at(x * side + pixel % side, y * side + pixel / side, channel);
            }
            values[i] = (float) (sum / (255.0 * side * side) * 2 - 1);
        }
        return Tensor.wrap(values, 1, 3, SIZE, SIZE);
    }

    static List<String> vocabulary() {
        List<String> words = new ArrayList<>(SPECIAL);
        words.addAll(Grammar.vocabulary());
        return words;
    }

    static void write(Path folder) throws IOException {
        List<Tensor> pictures = pictures();
        List<String> vocabulary = vocabulary();
        Map<String, byte[]> files = new TreeMap<>();
        files.put("model_index.json", json(index()));
        files.put("scheduler/scheduler_config.json", json(scheduler()));
        files.put("tokenizer/vocab.json", json(ids(vocabulary)));
        files.put(
                "tokenizer/tokenizer_config.json",
                json(Map.of("tokenizer_class", "WordTokenizer"), Map.of("model_max_length", TOKENS)));
        files.put("text_encoder/config.json", json(Map.of("vocab_size", vocabulary.size())));
        files.put("text_encoder/model.onnx", textEncoder(vocabulary).model().toByteArray());
        files.put(
                "unet/config.json",
                json(
                        Map.of("in_channels", 3),
                        Map.of("out_channels", 3),
                        Map.of("sample_size", SIZE),
                        Map.of("cross_attention_dim", CAPTIONS.size())));
        files.put("unet/model.onnx", unet(pictures).model().toByteArray());
        files.put("README.md", readme().getBytes(StandardCharsets.UTF_8));
        files.put("SHA256SUMS", sums(files));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
    }

    /** input_ids to, for every token, how the pictures stand to it: 0 where the caption has the word, -1e9 where not. */
    private static Graphs textEncoder(List<String> vocabulary) {
        int n = CAPTIONS.size();
        float[] rows = new float[vocabulary.size() * n];
        for (int word = 0; word < vocabulary.size(); word++) {
            for (int i = 0; i < n; i++) {
                List<String> caption = List.of((CAPTIONS.get(i) + ENDING).split(" "));
                boolean silent = SPECIAL.contains(vocabulary.get(word)) || caption.contains(vocabulary.get(word));
                rows[word * n + i] = silent ? 0 : ABSENT;
            }
        }
        return Graphs.graph()
                .input("input_ids", DataType.INT64, "batch", TOKENS)
                .weights("captions", rows, vocabulary.size(), n)
                .node("Gather", List.of("captions", "input_ids"), "last_hidden_state")
                .output("last_hidden_state", DataType.FLOAT, "batch", TOKENS, n);
    }

    private static Graphs unet(List<Tensor> pictures) {
        int n = pictures.size();
        int values = 3 * SIZE * SIZE;
        float[] rows = new float[n * values];
        for (int i = 0; i < n; i++) {
            System.arraycopy(pictures.get(i).toArray(), 0, rows, i * values, values);
        }
        Graphs graph = Graphs.graph()
                .input("sample", DataType.FLOAT, "batch", 3, SIZE, SIZE)
                .input("timestep", DataType.FLOAT)
                .input("encoder_hidden_states", DataType.FLOAT, "batch", TOKENS, n)
                .weights("pictures_float", rows, n, values)
                .weights("ratios", ratios(), schedule().numTrainTimesteps())
                .weights("zero", new long[] {0}, 1)
                .weights("one", new long[] {1}, 1)
                .weights("first_timestep", new float[] {0})
                .weights("last_timestep", new float[] {schedule().numTrainTimesteps() - 1})
                .weights("one_float", new float[] {1})
                .weights("half_float", new float[] {0.5f})
                .weights("flat", new long[] {-1, values}, 2)
                .weights("picture_shape", new long[] {-1, 3, SIZE, SIZE}, 4)
                .node("Cast", List.of("one_float"), "unit", whole("to", DataType.DOUBLE.getNumber()))
                .node("Cast", List.of("half_float"), "half", whole("to", DataType.DOUBLE.getNumber()))
                .node("Cast", List.of("pictures_float"), "pictures", whole("to", DataType.DOUBLE.getNumber()));
        level(graph);
        prior(graph);
        // Double precision within: the squares of 3072 values over sigma² leave float32 no digits to tell pictures
        // apart.
        return graph.node("Cast", List.of("sample"), "sample_double", whole("to", DataType.DOUBLE.getNumber()))
                .node("Reshape", List.of("sample_double", "flat"), "x")
                .node("Transpose", List.of("pictures"), "pictures_transposed", ints("perm", 1, 0))
                .node("MatMul", List.of("x", "pictures_transposed"), "x_dot_picture")
                .node("Mul", List.of("pictures", "pictures"), "squares")
                .node("ReduceSum", List.of("squares", "one"), "norms", whole("keepdims", 0))
                .node("Mul", List.of("alpha", "x_dot_picture"), "alpha_dot")
                .node("Mul", List.of("alpha_squared", "norms"), "alpha_norms")
                .node("Mul", List.of("alpha_norms", "half"), "half_norms")
                .node("Sub", List.of("alpha_dot", "half_norms"), "evidence")
                .node("Div", List.of("evidence", "sigma_squared"), "likelihood")
                .node("Add", List.of("likelihood", "prior"), "logits")
                .node("Softmax", List.of("logits"), "weights", whole("axis", -1))
                .node("MatMul", List.of("weights", "pictures"), "x0")
                .node("Mul", List.of("alpha", "x0"), "signal")
                .node("Sub", List.of("x", "signal"), "residual")
                .node("Div", List.of("residual", "sigma"), "eps")
                .node("Mul", List.of("alpha", "eps"), "alpha_eps")
                .node("Mul", List.of("sigma", "x0"), "sigma_x0")
                .node("Sub", List.of("alpha_eps", "sigma_x0"), "v")
                .node("Cast", List.of("v"), "v_float", whole("to", DataType.FLOAT.getNumber()))
                .node("Reshape", List.of("v_float", "picture_shape"), "out_sample")
                .output("out_sample", DataType.FLOAT, "batch", 3, SIZE, SIZE);
    }

    /** alpha and sigma of a timestep. Between two whole timesteps sigma / alpha is interpolated, as the samplers do. */
    private static void level(Graphs graph) {
        graph.node("Max", List.of("timestep", "first_timestep"), "not_below")
                .node("Min", List.of("not_below", "last_timestep"), "t")
                .node("Floor", List.of("t"), "low")
                .node("Add", List.of("low", "one_float"), "above")
                .node("Min", List.of("above", "last_timestep"), "high")
                .node("Sub", List.of("t", "low"), "fraction")
                .node("Cast", List.of("low"), "low_index", whole("to", DataType.INT64.getNumber()))
                .node("Cast", List.of("high"), "high_index", whole("to", DataType.INT64.getNumber()))
                .node("Gather", List.of("ratios", "low_index"), "low_ratio")
                .node("Gather", List.of("ratios", "high_index"), "high_ratio")
                .node("Sub", List.of("high_ratio", "low_ratio"), "rise")
                .node("Mul", List.of("fraction", "rise"), "risen")
                .node("Add", List.of("low_ratio", "risen"), "between")
                .node("Equal", List.of("fraction", "first_timestep"), "is_whole")
                .node("Where", List.of("is_whole", "low_ratio", "between"), "ratio_float")
                .node("Cast", List.of("ratio_float"), "ratio", whole("to", DataType.DOUBLE.getNumber()))
                .node("Mul", List.of("ratio", "ratio"), "ratio_squared")
                .node("Add", List.of("unit", "ratio_squared"), "one_plus_ratio")
                .node("Div", List.of("unit", "one_plus_ratio"), "alpha_squared")
                .node("Sqrt", List.of("alpha_squared"), "alpha")
                // Not ratio * alpha, which is infinity times zero at zero terminal SNR.
                .node("Div", List.of("unit", "ratio_squared"), "snr")
                .node("Add", List.of("unit", "snr"), "one_plus_snr")
                .node("Div", List.of("unit", "one_plus_snr"), "sigma_squared")
                .node("Sqrt", List.of("sigma_squared"), "sigma");
    }

    /** The logarithm of the prior up to a constant: 0 for the pictures that have most words of the prompt, -1e9 or less else. */
    private static void prior(Graphs graph) {
        graph.node("ReduceSum", List.of("encoder_hidden_states", "one"), "lacking", whole("keepdims", 0))
                .node("ReduceMax", List.of("lacking", "one"), "least")
                .node("Sub", List.of("lacking", "least"), "prior_float")
                .node("Cast", List.of("prior_float"), "prior", whole("to", DataType.DOUBLE.getNumber()));
    }

    static NoiseSchedule schedule() {
        return NoiseSchedule.scaledLinear(1000, 0.00085, 0.012).zeroTerminalSnr();
    }

    private static float[] ratios() {
        NoiseSchedule schedule = schedule();
        float[] ratios = new float[schedule.numTrainTimesteps()];
        for (int t = 0; t < ratios.length; t++) {
            ratios[t] = (float) schedule.at(t).ratio();
        }
        return ratios;
    }

    private static Map<String, Object> index() {
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("_class_name", "StableDiffusionPipeline");
        index.put("scheduler", List.of("diffusers", "DDIMScheduler"));
        index.put("text_encoder", List.of("daguerre", "ExactTextEncoder"));
        index.put("tokenizer", List.of("daguerre", "WordTokenizer"));
        index.put("unet", List.of("daguerre", "ExactUNet"));
        return index;
    }

    private static Map<String, Object> scheduler() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("_class_name", "DDIMScheduler");
        config.put("num_train_timesteps", 1000);
        config.put("beta_schedule", "scaled_linear");
        config.put("beta_start", 0.00085);
        config.put("beta_end", 0.012);
        config.put("rescale_betas_zero_snr", true);
        config.put("prediction_type", "v_prediction");
        config.put("timestep_spacing", "trailing");
        config.put("set_alpha_to_one", true);
        config.put("steps_offset", 0);
        config.put("clip_sample", false);
        return config;
    }

    private static Map<String, Integer> ids(List<String> vocabulary) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        vocabulary.forEach(word -> ids.put(word, ids.size()));
        return ids;
    }

    @SafeVarargs
    private static byte[] json(Map<String, ?>... parts) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>();
        for (Map<String, ?> part : parts) {
            all.putAll(part);
        }
        return (JSON.writeValueAsString(all).replace("\r\n", "\n") + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] sums(Map<String, byte[]> files) {
        StringBuilder lines = new StringBuilder();
        files.forEach((name, bytes) ->
                lines.append(sha256(bytes)).append("  ").append(name).append('\n'));
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static String readme() {
        return """
                ---
                license: apache-2.0
                ---
                # The posterior mean of sixteen pictures

                Nothing here was trained. The "network" computes E[x0 | x] of a set of sixteen pictures in closed form, so that
                every sampler and every guidance rule can be held against the truth: with enough steps a sampler must arrive at
                one of the sixteen.

                - Pictures: 32 x 32 pixels, drawn by `org.daguerre.scene`, one for each of: %s.
                - Prompts: the prior is uniform over the pictures whose captions (with "on a tray") contain the most words of the
                  prompt; the empty prompt stands for all sixteen. Conditional and unconditional branch are both exact.
                - Predicts v under a zero-terminal-SNR schedule, as the model `tray` does: at pure noise an epsilon prediction would
                  say nothing about the picture.
                - No VAE: the state is the picture.
                - Weights are float32, the arithmetic inside is double.
                - Limits: it can only reproduce its sixteen pictures. That is what a perfect model of a small training set does.

                Written by `org.daguerre.pipeline.ExactModel` (tests of `kernel-ext`); a test compares these files with what it writes.
                """.formatted(String.join(", ", CAPTIONS));
    }
}
