package org.daguerre.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daguerre.attention.AttentionLayer;
import org.daguerre.attention.AttentionMaps;
import org.daguerre.attention.ZeroedKeys;
import org.daguerre.backbone.Backbone;
import org.daguerre.backbone.Conditioning;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.name.Names;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.ModelException;
import org.daguerre.sampler.SchedulerConfig;
import org.daguerre.schedule.DynamicShiftSpacing;
import org.daguerre.schedule.FlowSpacing;
import org.daguerre.schedule.FlowSpacing.Points;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Spacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.daguerre.text.TextEncoder;
import org.daguerre.text.Tokens;
import org.daguerre.vae.Vae;

/**
 * A text-to-image model, loaded: its tokenizers and text encoders, unet or transformer, scheduler and, unless it works on
 * pixels, vae_decoder and vae_encoder. Safe to use from any thread. Closing it frees the native memory; afterwards it answers with an {@link
 * IllegalStateException}.
 */
public final class Model implements LoadedModel {

    /** Height and width of the state where neither graph nor configuration says them: Flux's as in diffusers. */
    private static final int DEFAULT_SAMPLE_SIZE = 64;

    private static final int DEFAULT_PATCHED_SIZE = 128;

    private final ModelFolder folder;
    private final Scheduler scheduler;
    private final Components components;
    private final Backbone backbone;
    private final Vae vae;
    private final Conditioner conditioner;
    private final List<AttentionLayer> attentionLayers;
    private final int scale;
    private final int[] shape;
    private final ModelCard card;
    private volatile boolean closed;

    /** The backbone once more, with its attention weights as outputs; null until they are asked for. */
    private volatile Backbone attending;

    private Model(ModelFolder folder, boolean verified, Scheduler scheduler, Components components) {
        this.folder = folder;
        this.scheduler = scheduler;
        this.components = components;
        this.backbone = components.backbone();
        this.vae = components.vae();
        ComponentShapes.check(folder, backbone, vae);
        this.attentionLayers = AttentionLayer.find(backbone.model().graph());
        this.scale = vae == null ? 1 : Components.pixelsPerLatent(folder, vae, backbone.channels());
        int size = sampleSize();
        this.shape =
                new int[] {1, backbone.channels(), side(2, backbone.height(), size), side(3, backbone.width(), size)};
        if (Math.max(shape[2], shape[3]) > Request.MAX_PIXELS / scale) {
            throw new ModelException(backbone.model().label() + " of model '" + folder.name() + "' makes "
                    + shape[2] + " x " + shape[3] + " values, " + scale
                    + " pixels a side each. Take a model of at most "
                    + Request.MAX_PIXELS + " x " + Request.MAX_PIXELS + " pixels.");
        }
        this.conditioner = new Conditioner(folder, components);
        conditioner.check(shape[2] * scale, shape[3] * scale);
        this.card = card(verified);
    }

    /** Height or width of the state, where backbone or VAE fixes it. */
    private int side(int axis, int ofBackbone, int usual) {
        int ofVae = vae == null ? -1 : vae.decoder().input("latent_sample", 4).axis(axis);
        return ofBackbone > 0 ? ofBackbone : ofVae > 0 ? ofVae : usual;
    }

    /** True if the graphs make pictures of one size only. */
    boolean fixedSize() {
        return side(2, backbone.height(), -1) > 0;
    }

    /** Height and width of the state where the graphs leave them open. */
    private int sampleSize() {
        JsonNode given = folder.config(folder.backbone()).path("sample_size");
        int most = Request.MAX_PIXELS / scale;
        if (given.isMissingNode() || given.isNull()) {
            return Math.min(backbone.patched() ? DEFAULT_PATCHED_SIZE : DEFAULT_SAMPLE_SIZE, most);
        }
        if (!given.canConvertToInt() || !given.isIntegralNumber() || given.asInt() < 1 || given.asInt() > most) {
            throw new ModelException(folder.backbone() + "/config.json of model '" + folder.name()
                    + "' has the sample_size "
                    + Names.quoted(given.isContainerNode() ? given.toString() : given.asText())
                    + ". Give a whole number from 1 to " + most + ".");
        }
        return given.asInt();
    }

    /**
     * Loads a model folder. Files are compared with SHA256SUMS where there is one, and components with each other.
     *
     * @throws ModelException if it holds no text-to-image model, a file is missing, damaged or of another model, or the device is
     *     not there; nothing stays open
     */
    public static Model load(Path path, Device device) {
        return load(ModelFolder.open(path), device);
    }

    static Model load(ModelFolder folder, Device device) {
        folder.require(ModelFolder.Kind.TEXT_TO_IMAGE);
        folder.requireMemory();
        boolean verified = folder.verify();
        Scheduler scheduler = Scheduler.read(folder.folder("scheduler").resolve("scheduler_config.json"));
        Components components = Components.load(folder, device, scheduler);
        try {
            return new Model(folder, verified, scheduler, components);
        } catch (RuntimeException | Error e) {
            components.close();
            throw e;
        }
    }

    private ModelCard card(boolean verified) {
        List<String> notes = new ArrayList<>(components.notes());
        notes.addAll(scheduler.config().ignored());
        if (attentionLayers.isEmpty()) {
            notes.add("no attention maps: " + whyNoAttention());
        }
        SchedulerConfig config = scheduler.config();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("predicts", config.predictionType().toString());
        facts.put("schedule", config.schedule().toString());
        facts.put("scheduler", config.className());
        List<Integer> size = List.of(shape[2] * scale, shape[3] * scale);
        return ModelCard.of(folder, verified, facts, size, components.networks(), notes);
    }

    private String whyNoAttention() {
        String fused = AttentionLayer.hiddenBy(backbone.model().graph());
        return fused.isEmpty()
                ? "its " + folder.backbone()
                        + " has no cross-attention; take a model that reads its prompt by attention."
                : "attention maps are hidden in fused operations (" + fused + "); export the " + folder.backbone()
                        + " without optimisation.";
    }

    @Override
    public String fingerprint() {
        return folder.fingerprint();
    }

    @Override
    public ModelCard card() {
        return card;
    }

    /** text_encoder, text_encoder_2 and text_encoder_3, as far as there are. */
    public List<TextEncoder> textEncoders() {
        return List.copyOf(components.textEncoders());
    }

    /** The unet or transformer. */
    public Backbone backbone() {
        return backbone;
    }

    /** Empty for a model that works on pixels. */
    public Optional<Vae> vae() {
        return Optional.ofNullable(vae);
    }

    /** What its scheduler_config.json says. */
    public SchedulerConfig scheduler() {
        return scheduler.config();
    }

    ModelFolder folder() {
        return folder;
    }

    Scheduler schedulerJson() {
        return scheduler;
    }

    /** Pixels a side for one value of the state: 8 with Stable Diffusion's VAE, 1 without a VAE. */
    public int scale() {
        return scale;
    }

    /** The shape of the state that a run begins with, {@code [1, channels, height, width]}. */
    public int[] shape() {
        return shape.clone();
    }

    /** The prompt as the text encoder reads it whose tokens the network attends to (CLIP's first, or Flux's T5). */
    public Tokens tokens(String prompt) {
        return conditioner.tokens(prompt);
    }

    /** What the network is told of a prompt, for a picture of the model's own size. */
    public Conditioning conditioning(String prompt) {
        return conditioning(prompt, shape[2] * scale, shape[3] * scale);
    }

    /** What the network is told of a prompt, for a picture of this height and width in pixels. */
    public Conditioning conditioning(String prompt, int height, int width) {
        return conditioning(prompt, List.of(), height, width);
    }

    Conditioning conditioning(String prompt, List<Box> boxes, int height, int width) {
        return conditioner.condition(prompt, boxes, height, width);
    }

    void requireBoxes(List<Box> boxes) {
        conditioner.requireBoxes(boxes);
    }

    /** The network under a prompt and a negative prompt, "" for none, for a picture of the model's own size. */
    public ConditionalDenoiser denoiser(String prompt, String negative) {
        return backbone.under(Map.of(
                ConditionalDenoiser.COND,
                conditioning(prompt),
                ConditionalDenoiser.UNCOND,
                conditioningAway(negative, shape[2] * scale, shape[3] * scale)));
    }

    /** What guidance leads away from: a negative prompt, "" for none. */
    Conditioning conditioningAway(String negative, int height, int width) {
        return conditioner.conditionAway(negative, height, width);
    }

    /** A scheduler's spacing; Flux's steps are even whatever its scheduler's own are, as in diffusers' pipeline. */
    Spacing spacing(Spacing ofScheduler) {
        if (!backbone.patched()) {
            return ofScheduler;
        }
        if (ofScheduler instanceof DynamicShiftSpacing dynamic) {
            return dynamic.of(spacing(dynamic.steps()));
        }
        boolean flow = ofScheduler instanceof FlowSpacing steps
                && (steps.points() == Points.TO_SHIFTED_LEAST || steps.points() == Points.TO_LEAST);
        return flow ? ((FlowSpacing) ofScheduler).with(Points.TO_ZERO) : ofScheduler;
    }

    /** The picture {@code [b, 3, H, W]} in -1..1 of a state, not clamped. */
    public Tensor decode(Tensor x) {
        return vae == null ? x : vae.decode(x);
    }

    /** The state of a picture {@code [b, 3, H, W]} in -1..1. */
    public Tensor encode(Tensor picture) {
        return vae == null ? picture : vae.encode(picture);
    }

    /** The state of one picture {@code [1, 3, H, W]} as diffusers draws it for image-to-image, with the noise that follows. */
    Noise.Draw encode(Tensor picture, Noise noise) {
        return vae == null ? new Noise.Draw(picture, noise) : vae.encode(picture, noise);
    }

    /** The attentions to the prompt whose maps can be read, in the order of the graph; empty if it shows none. */
    public List<AttentionLayer> attentionLayers() {
        return attentionLayers;
    }

    /**
     * The attention of one call, for a state of batch 1 under one prompt. The first time it loads the backbone once more.
     *
     * @throws IllegalStateException if the graph does not show its attention; the message says why
     * @throws ModelException if the file of the backbone can no longer be loaded, or is over 1 GB in one piece
     */
    public AttentionMaps attention(Tensor x, Level level, Conditioning conditioning) {
        requireAttention();
        List<String> outputs =
                attentionLayers.stream().map(AttentionLayer::output).toList();
        int tokens = conditioning.values().get(Conditioning.PROMPT).shape()[1];
        return AttentionMaps.of(attentionLayers, attending(outputs).outputs(x, level, conditioning, outputs), tokens);
    }

    /** A session of its own, so that sampling goes on with the graph as it is in the file. */
    private synchronized Backbone attending(List<String> outputs) {
        if (attending == null) {
            Path file = folder.graph(folder.backbone());
            if (closed) {
                throw new IllegalStateException("model '" + name() + "' is closed. Load the model again.");
            }
            if (components.backboneChanged()) {
                throw new ModelException(backbone.model().label() + " of model '" + name()
                        + "' was changed after it was loaded, so it cannot tell what the network in memory attends to."
                        + " Close the model and load it again.");
            }
            attending = Backbone.load(
                    file,
                    backbone.model().provider().device(),
                    scheduler.config().predictionType(),
                    outputs);
        }
        return attending;
    }

    /** A backbone that has been asked for its attention is in memory twice. */
    @Override
    public long bytes() {
        return card.bytes() + (attending == null ? 0 : folder.bytes(folder.backbone()));
    }

    /**
     * This model with the keys of one cross-attention at zero, so that every pixel attends to all tokens alike there.
     *
     * @param folder new or empty: the model is written there, and must stay while it is in use
     * @throws ModelException if no stored weights make these keys
     */
    public Model withZeroedKeys(AttentionLayer layer, Path folder) throws IOException {
        SelfContained.write(this.folder, folder);
        Files.delete(folder.resolve(ModelFolder.SUMS)); // no longer those of the files
        ModelFolder copy = ModelFolder.open(folder);
        Path graph = copy.graph(copy.backbone());
        ZeroedKeys.write(graph, layer, graph);
        return load(copy, backbone.model().provider().device());
    }

    void requireAttention() {
        if (attentionLayers.isEmpty()) {
            throw new IllegalStateException("model '" + name() + "' shows no attention: " + whyNoAttention());
        }
    }

    /** A picture of this prompt, still to be described and started. */
    public Request prompt(String prompt) {
        return Request.of(this, prompt);
    }

    @Override
    public Model toModel() {
        return this;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        components.close();
        if (attending != null) {
            attending.close();
        }
    }

    @Override
    public String toString() {
        return card.toString();
    }
}
