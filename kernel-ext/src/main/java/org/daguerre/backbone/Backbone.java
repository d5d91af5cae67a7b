package org.daguerre.backbone;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
 * The network that denoises, a U-Net or a transformer, in either dialect of diffusers' and optimum's exports. What family it
 * is of, its graph says by what it takes:
 *
 * <table>
 * <caption>Inputs</caption>
 * <tr><td>{@code sample [b, c, h, w]} to {@code out_sample}</td><td>a U-Net</td></tr>
 * <tr><td>{@code hidden_states [b, c, h, w]} to {@code out_hidden_states}</td><td>a transformer, such as SD 3's</td></tr>
 * <tr><td>{@code hidden_states [b, patches, 4c], img_ids, txt_ids}</td><td>Flux: patches of 2 x 2 and their places</td></tr>
 * <tr><td>{@code timestep}, a scalar, {@code [1]} or {@code [b]}, float or whole</td><td>t; over 1000 in Flux</td></tr>
 * <tr><td>{@code guidance} or {@code timestep_cond}</td><td>distilled under guidance: Flux dev, LCM</td></tr>
 * <tr><td>any other</td><td>comes with the {@link Conditioning}</td></tr>
 * </table>
 */
public final class Backbone implements AutoCloseable {

    private static final String TIMESTEP = "timestep";
    private static final String IMAGE_PLACES = "img_ids";
    private static final String TEXT_PLACES = "txt_ids";

    /** Flux's transformer multiplies its timestep by as much. */
    private static final double PATCHES_TIME = 1000;

    private final OnnxModel model;
    private final PredictionType predictionType;
    private final String state;
    private final String out;
    private final LatentLayout layout;
    private final GuidanceInput guidance;
    private final Map<String, Port> conditions;
    private final int channels;

    /** Whether branches and pictures are asked about one after the other, for the graph takes no more at once. */
    private final boolean single;

    private Backbone(OnnxModel model, PredictionType predictionType) {
        this.model = model;
        this.predictionType = predictionType;
        Map<String, Port> inputs = model.inputs();
        this.state = inputs.containsKey("hidden_states") ? "hidden_states" : "sample";
        this.out = "out_" + state;
        this.layout = inputs.containsKey(IMAGE_PLACES) ? LatentLayout.PATCHES : LatentLayout.PLANES;
        this.guidance = GuidanceInput.of(inputs);
        this.conditions = conditions(inputs);
        int rank = layout == LatentLayout.PATCHES ? 3 : 4;
        Port x = model.input(state, rank);
        Port y = model.output(out, rank);
        if (!inputs.containsKey(TIMESTEP) || !conditions.containsKey(Conditioning.PROMPT)) {
            throw new ModelException(model.label() + " takes " + String.join(", ", inputs.keySet())
                    + ". Put a U-Net or transformer there, which takes a state, timestep and encoder_hidden_states.");
        }
        int axis = rank == 3 ? 2 : 1;
        int answered = y.axis(axis);
        int width = x.axisOr(axis, answered); // diffusers' old script leaves all axes of the input open
        this.channels = rank == 3 ? width / 4 : width;
        if (rank == 4 && answered > 0 && width == 2 * answered + 1) {
            throw new ModelException(model.label() + " takes " + x + " and answers " + y
                    + ", as U-Nets for inpainting do, which are not supported. Take the one for text to image: a masked picture"
                    + " needs no other.");
        }
        if (channels < 1 || answered >= 0 && answered != width && (rank == 3 || answered != 2 * width)) {
            throw new ModelException(
                    model.label() + " answers " + y + " to " + x
                            + ". Export it with a fixed number of channels, as many out as in (or twice, with a learned variance).");
        }
        for (int i = 2; i < rank && rank == 4; i++) {
            if (x.axis(i) >= 0 && y.axis(i) >= 0 && x.axis(i) != y.axis(i)) {
                throw new ModelException(model.label() + " answers " + y + " to " + x
                        + ". Put a U-Net or transformer there, which answers a state with one of its size.");
            }
        }
        if (inputs.get(TIMESTEP).rank() > 1) {
            throw new ModelException(model.label() + " takes " + inputs.get(TIMESTEP)
                    + ". Export it with the timestep as a scalar or as one number a picture.");
        }
        this.single = batch() == 1;
        if (guidance == GuidanceInput.EMBEDDING
                && model.input(guidance.input(), 2).axis(1) < 4) {
            throw new ModelException(model.label() + " takes " + inputs.get(guidance.input())
                    + ". Export it with a fixed length of that embedding, 4 or more.");
        }
    }

    /** The states that the graph takes at once, -1 for any number. */
    private int batch() {
        int batch = -1;
        for (Port port : model.inputs().values()) {
            boolean perPicture = port.rank()
                    > (port.name().equals(IMAGE_PLACES) || port.name().equals(TEXT_PLACES) ? 2 : 0);
            boolean shared = port.name().equals(TIMESTEP) && port.rank() == 1 && port.axis(0) == 1;
            if (!perPicture || shared || port.axis(0) < 0) {
                continue;
            }
            if (port.axis(0) != 1) {
                throw new ModelException(
                        model.label() + " takes " + port
                                + ", and is asked about one picture or any number. Export it with a dynamic batch axis, or with batch 1.");
            }
            batch = 1;
        }
        return batch;
    }

    private Map<String, Port> conditions(Map<String, Port> inputs) {
        Map<String, Port> left = new LinkedHashMap<>(inputs);
        left.keySet().removeAll(Set.of(state, TIMESTEP, IMAGE_PLACES, TEXT_PLACES));
        if (guidance != null) {
            left.remove(guidance.input());
        }
        return left;
    }

    /**
     * Loads a backbone and checks its inputs and outputs.
     *
     * @param predictionType what its output stands for, from scheduler_config.json
     * @throws ModelException if the file is no backbone or cannot run here
     */
    public static Backbone load(Path file, Device device, PredictionType predictionType) {
        return load(file, device, predictionType, List.of());
    }

    /**
     * Loads a backbone that can be asked for inner values besides; throws as {@link #load(Path, Device, PredictionType)} does.
     *
     * @param extraOutputs names of values inside the graph, such as attention weights
     */
    public static Backbone load(Path file, Device device, PredictionType predictionType, List<String> extraOutputs) {
        OnnxModel model = OnnxModel.load(file, device, extraOutputs);
        try {
            return new Backbone(model, predictionType);
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
        return patched() ? -1 : model.inputs().get(state).axis(2);
    }

    /** Width of the state if the graph fixes it, else -1. */
    public int width() {
        return patched() ? -1 : model.inputs().get(state).axis(3);
    }

    /** True if it takes the state in patches of 2 x 2, as Flux does. */
    public boolean patched() {
        return layout == LatentLayout.PATCHES;
    }

    /** True if it was distilled under guidance and takes the guidance scale as an input. */
    public boolean guidanceDistilled() {
        return guidance != null;
    }

    /** The inputs that a {@link Conditioning} must have, by name. */
    public Map<String, Port> conditions() {
        return conditions;
    }

    /**
     * Passes if it takes what a conditioning has.
     *
     * @throws IllegalArgumentException with what it takes instead
     */
    public void require(Conditioning conditioning) {
        Map<String, Tensor> values = conditioning.values();
        boolean fits = values.keySet().equals(conditions.keySet())
                && values.entrySet().stream()
                        .allMatch(value -> conditions
                                .get(value.getKey())
                                .fits(value.getValue().shape()));
        if (!fits) {
            throw new IllegalArgumentException("the conditioning has "
                    + values.entrySet().stream()
                            .map(value -> value.getKey() + " "
                                    + Arrays.toString(value.getValue().shape()))
                            .collect(Collectors.joining(", "))
                    + ", and the network takes "
                    + conditions.values().stream().map(Port::toString).collect(Collectors.joining(", "))
                    + ". Give one of this model: model.conditioning(prompt).");
        }
    }

    /** The graph it runs. */
    public OnnxModel model() {
        return model;
    }

    /** The name of the output. */
    public String output() {
        return out;
    }

    /**
     * The network under one or more conditions; the branches asked for are answered in one batch, or one after the other by a
     * graph that takes one state at once.
     *
     * @param conditionings by branch ("cond", "uncond")
     */
    public ConditionalDenoiser under(Map<String, Conditioning> conditionings) {
        return under(conditionings, predictionType);
    }

    /** The same with the output read as something else than the network was loaded with. */
    public ConditionalDenoiser under(Map<String, Conditioning> conditionings, PredictionType type) {
        return new Conditioned(Map.copyOf(conditionings), type, 1);
    }

    /** Everything it answers to one state under one condition, without guidance: the named outputs, for x of batch 1. */
    public Map<String, Tensor> outputs(Tensor x, Level level, Conditioning conditioning, List<String> names) {
        return model.run(inputs(x, level, conditioning), names);
    }

    /**
     * What the graph takes, by name, without guidance.
     *
     * @param x the states, {@code [b, c, h, w]}
     * @param conditioning one of each value a state, {@code [b, ...]}
     */
    public Map<String, Tensor> inputs(Tensor x, Level level, Conditioning conditioning) {
        return inputs(x, level, conditioning, predictionType, 1);
    }

    private Map<String, Tensor> inputs(
            Tensor x, Level level, Conditioning conditioning, PredictionType type, double guidanceScale) {
        int batch = x.shape()[0];
        Map<String, Tensor> inputs = new LinkedHashMap<>(conditioning.values());
        inputs.put(state, layout.pack(type.input(x, level)));
        inputs.put(TIMESTEP, timestep(level, batch));
        if (guidance != null) {
            Port port = model.inputs().get(guidance.input());
            inputs.put(guidance.input(), guidance.value(guidanceScale, port, batch));
        }
        if (patched()) {
            int[] shape = x.shape();
            int tokens = conditioning.values().get(Conditioning.PROMPT).shape()[1];
            inputs.put(IMAGE_PLACES, places(IMAGE_PLACES, shape[2] / 2, shape[3] / 2, batch));
            if (model.inputs().containsKey(TEXT_PLACES)) {
                inputs.put(TEXT_PLACES, places(TEXT_PLACES, 1, tokens, batch).times(0));
            }
        }
        return inputs;
    }

    private Tensor timestep(Level level, int batch) {
        Port port = model.inputs().get(TIMESTEP);
        double t = patched() ? level.t() / PATCHES_TIME : level.t();
        if (port.rank() == 0) {
            return Tensor.filled(t);
        }
        return Tensor.filled(t, port.axis(0) == 1 ? 1 : batch);
    }

    /** (0, row, column) of every token; exports before diffusers 0.31 want them once a picture. */
    private Tensor places(String input, int rows, int columns, int batch) {
        float[] places = new float[3 * rows * columns];
        for (int i = 0; i < rows * columns; i++) {
            places[3 * i + 1] = i / columns;
            places[3 * i + 2] = i % columns;
        }
        return model.inputs().get(input).rank() == 2
                ? Tensor.wrap(places, rows * columns, 3)
                : Conditioning.repeat(Tensor.wrap(places, 1, rows * columns, 3), batch);
    }

    private final class Conditioned implements ConditionalDenoiser {

        private final Map<String, Conditioning> conditionings;
        private final PredictionType type;
        private final double guidanceScale;

        /** The conditions of the last call: those of the next are the same, as a rule. */
        private volatile Batch last = new Batch(List.of(), 0, null);

        Conditioned(Map<String, Conditioning> conditionings, PredictionType type, double guidanceScale) {
            this.conditionings = conditionings;
            this.type = type;
            this.guidanceScale = guidanceScale;
        }

        /** Asked the same of the same network, it answers the same: a comparison solves its equation once. */
        @Override
        public boolean equals(Object o) {
            return o instanceof Conditioned other
                    && model == other.network()
                    && type.equals(other.type)
                    && guidanceScale == other.guidanceScale
                    && conditionings.equals(other.conditionings);
        }

        @Override
        public int hashCode() {
            return Objects.hash(model, type, guidanceScale, conditionings);
        }

        private OnnxModel network() {
            return model;
        }

        @Override
        public Set<String> branches() {
            return conditionings.keySet();
        }

        @Override
        public Optional<ConditionalDenoiser> distilledAt(double guidanceScale) {
            return guidance == null
                    ? Optional.empty()
                    : Optional.of(new Conditioned(conditionings, type, guidanceScale));
        }

        @Override
        public List<Prediction> predict(Tensor x, Level level, List<String> branches) {
            int[] shape = x.shape();
            int pictures = shape[0];
            Tensor states = Conditioning.repeat(x, branches.size());
            Conditioning batch = batch(branches, pictures);
            Tensor answer = single ? oneByOne(states, level, batch) : ask(states, level, batch);
            Tensor raw = layout.unpack(answer, shape[2], shape[3]);
            Prediction[] answers = new Prediction[branches.size()];
            for (int i = 0; i < answers.length; i++) {
                answers[i] = prediction(raw.slice(i * pictures, (i + 1) * pictures), type, x, level);
            }
            return List.of(answers);
        }

        private Tensor ask(Tensor states, Level level, Conditioning batch) {
            return model.run(inputs(states, level, batch, type, guidanceScale), out);
        }

        private Tensor oneByOne(Tensor states, Level level, Conditioning batch) {
            return Tensor.concat(IntStream.range(0, states.shape()[0])
                    .mapToObj(i -> ask(states.slice(i), level, batch.row(i)))
                    .toArray(Tensor[]::new));
        }

        private Conditioning batch(List<String> branches, int pictures) {
            Batch batch = last;
            if (batch.pictures != pictures || !batch.branches.equals(branches)) {
                List<Conditioning> parts =
                        branches.stream().map(this::conditioning).toList();
                batch = new Batch(List.copyOf(branches), pictures, Conditioning.batch(parts, pictures));
                last = batch;
            }
            return batch.conditioning;
        }

        private Conditioning conditioning(String branch) {
            Conditioning conditioning = conditionings.get(branch);
            if (conditioning == null) {
                throw new IllegalArgumentException("this model was given no prompt for '" + branch + "'. It has: "
                        + conditionings.keySet().stream().sorted().collect(Collectors.joining(", ")) + ".");
            }
            return conditioning;
        }
    }

    /** The conditions of some branches, one a picture: {@code [branches * pictures, ...]}. */
    private record Batch(List<String> branches, int pictures, Conditioning conditioning) {}

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
