package org.daguerre.unet;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.ModelException;
import org.daguerre.onnx.OnnxModel;
import org.daguerre.onnx.Port;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/**
 * The network that denoises: {@code sample [b, c, h, w], timestep, encoder_hidden_states [b, tokens, dim]} to {@code
 * out_sample}, in the layout of diffusers and optimum. The timestep may be a scalar, {@code [1]} or {@code [b]}, float or
 * whole.
 */
public final class UNet implements AutoCloseable {

    /** The name of the output. */
    public static final String OUT = "out_sample";

    static final String SAMPLE = "sample";
    static final String TIMESTEP = "timestep";
    static final String PROMPT = "encoder_hidden_states";

    private final OnnxModel model;
    private final PredictionType predictionType;
    private final int channels;

    private UNet(OnnxModel model, PredictionType predictionType) {
        this.model = model;
        this.predictionType = predictionType;
        this.channels = model.input(SAMPLE, 4).axis(1);
        model.input(PROMPT, 3);
        Port out = model.output(OUT, 4);
        if (model.inputs().size() != 3 || !model.inputs().containsKey(TIMESTEP)) {
            throw new ModelException(
                    model.label() + " takes " + String.join(", ", model.inputs().keySet())
                            + ". A U-Net that can be used here takes sample, timestep and encoder_hidden_states.");
        }
        if (channels < 1 || out.axis(1) >= 0 && out.axis(1) != channels && out.axis(1) != 2 * channels) {
            throw new ModelException(
                    model.label() + " answers " + out + " to " + model.inputs().get(SAMPLE)
                            + ". Export it with a fixed number of channels, as many out as in (or twice, with a learned variance).");
        }
    }

    /**
     * Loads a U-Net and checks its inputs and outputs.
     *
     * @param predictionType what its output stands for, from scheduler_config.json
     * @throws ModelException if the file is no U-Net or cannot run here
     */
    public static UNet load(Path file, Device device, PredictionType predictionType) {
        return load(file, device, predictionType, List.of());
    }

    /**
     * Loads a U-Net that can be asked for inner values besides; throws as {@link #load(Path, Device, PredictionType)} does.
     *
     * @param extraOutputs names of values inside the graph, such as attention weights
     */
    public static UNet load(Path file, Device device, PredictionType predictionType, List<String> extraOutputs) {
        OnnxModel model = OnnxModel.load(file, device, extraOutputs);
        try {
            return new UNet(model, predictionType);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** Channels of the state. */
    public int channels() {
        return channels;
    }

    /** Height of the state if the graph fixes it, else -1. */
    public int height() {
        return model.input(SAMPLE, 4).axis(2);
    }

    /** Width of the state if the graph fixes it, else -1. */
    public int width() {
        return model.input(SAMPLE, 4).axis(3);
    }

    /** Length of the prompt embeddings it attends to if the graph fixes it, else -1. */
    public int crossAttentionDim() {
        return model.input(PROMPT, 3).axis(2);
    }

    /**
     * Its blocks, levels and skips, found in its graph.
     *
     * @throws IllegalArgumentException if it has no skips, and so is no U-Net
     * @throws IllegalStateException if it is closed
     */
    public Architecture architecture() {
        return Architecture.of(model.graph());
    }

    /** The graph it runs. */
    public OnnxModel model() {
        return model;
    }

    /**
     * The network under one or more prompts; the branches asked for are answered in one batch.
     *
     * @param promptEmbeds by branch ("cond", "uncond"), each {@code [1, tokens, dim]}
     */
    public ConditionalDenoiser prompted(Map<String, Tensor> promptEmbeds) {
        return prompted(promptEmbeds, predictionType);
    }

    /** The same with the output read as something else than the network was loaded with. */
    public ConditionalDenoiser prompted(Map<String, Tensor> promptEmbeds, PredictionType type) {
        return new Prompted(Map.copyOf(promptEmbeds), type);
    }

    /** Everything it answers to one state under one prompt: the named outputs, for x of batch 1. */
    public Map<String, Tensor> outputs(Tensor x, Level level, Tensor promptEmbeds, List<String> names) {
        return model.run(inputs(x, level, promptEmbeds), names);
    }

    /**
     * What the graph takes, by name.
     *
     * @param x the states, {@code [b, c, h, w]}
     * @param promptEmbeds one prompt a state, {@code [b, tokens, dim]}
     */
    public Map<String, Tensor> inputs(Tensor x, Level level, Tensor promptEmbeds) {
        return inputs(x, level, promptEmbeds, predictionType);
    }

    private Map<String, Tensor> inputs(Tensor x, Level level, Tensor promptEmbeds, PredictionType type) {
        return Map.of(SAMPLE, type.input(x, level), TIMESTEP, timestep(level, x.shape()[0]), PROMPT, promptEmbeds);
    }

    private Tensor timestep(Level level, int batch) {
        Port port = model.inputs().get(TIMESTEP);
        if (port.rank() == 0) {
            return Tensor.filled(level.t());
        }
        return Tensor.filled(level.t(), port.axis(0) == 1 ? 1 : batch);
    }

    private final class Prompted implements ConditionalDenoiser {

        private final Map<String, Tensor> promptEmbeds;
        private final PredictionType type;

        /** The prompts of the last call: those of the next are the same, as a rule. */
        private volatile Batch last = new Batch(List.of(), 0, null);

        Prompted(Map<String, Tensor> promptEmbeds, PredictionType type) {
            this.promptEmbeds = promptEmbeds;
            this.type = type;
        }

        @Override
        public Set<String> branches() {
            return promptEmbeds.keySet();
        }

        @Override
        public List<Prediction> predict(Tensor x, Level level, List<String> branches) {
            int pictures = x.shape()[0];
            Tensor prompts = prompts(branches, pictures);
            Tensor raw = model.run(inputs(repeat(x, branches.size()), level, prompts, type), OUT);
            Prediction[] answers = new Prediction[branches.size()];
            for (int i = 0; i < answers.length; i++) {
                answers[i] = prediction(raw.slice(i * pictures, (i + 1) * pictures), type, x, level);
            }
            return List.of(answers);
        }

        private Tensor prompts(List<String> branches, int pictures) {
            Batch batch = last;
            if (batch.pictures != pictures || !batch.branches.equals(branches)) {
                Tensor[] prompts = new Tensor[branches.size()];
                Arrays.setAll(prompts, i -> repeat(prompt(branches.get(i)), pictures));
                batch = new Batch(List.copyOf(branches), pictures, Tensor.concat(prompts));
                last = batch;
            }
            return batch.promptEmbeds;
        }

        private Tensor prompt(String branch) {
            Tensor prompt = promptEmbeds.get(branch);
            if (prompt == null) {
                throw new IllegalArgumentException("this model was given no prompt for '" + branch + "'. It has: "
                        + String.join(", ", promptEmbeds.keySet()) + ".");
            }
            return prompt;
        }

        private Tensor repeat(Tensor tensor, int times) {
            if (times == 1) {
                return tensor;
            }
            Tensor[] copies = new Tensor[times];
            Arrays.fill(copies, tensor);
            return Tensor.concat(copies);
        }
    }

    /** The prompts of some branches, one a picture: {@code [branches * pictures, tokens, dim]}. */
    private record Batch(List<String> branches, int pictures, Tensor promptEmbeds) {}

    private Prediction prediction(Tensor raw, PredictionType type, Tensor x, Level level) {
        int[] shape = raw.shape();
        if (shape[1] == channels) {
            return new Prediction(raw, type, x, level);
        }
        Tensor[] means = new Tensor[shape[0]];
        Tensor[] variances = new Tensor[shape[0]];
        for (int i = 0; i < shape[0]; i++) {
            Tensor rows = raw.slice(i).reshape(shape[1], shape[2], shape[3]);
            means[i] = rows.slice(0, channels).reshape(1, channels, shape[2], shape[3]);
            variances[i] = rows.slice(channels, 2 * channels).reshape(1, channels, shape[2], shape[3]);
        }
        return new Prediction(Tensor.concat(means), type, x, level, Map.of(), Tensor.concat(variances));
    }

    @Override
    public void close() {
        model.close();
    }
}
