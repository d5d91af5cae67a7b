package org.daguerre.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daguerre.attention.AttentionLayer;
import org.daguerre.attention.AttentionMaps;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.name.Names;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.ModelException;
import org.daguerre.onnx.Port;
import org.daguerre.sampler.SchedulerConfig;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;
import org.daguerre.text.ClipTokenizer;
import org.daguerre.text.TextEncoder;
import org.daguerre.text.Tokenizer;
import org.daguerre.text.Tokens;
import org.daguerre.text.UnigramTokenizer;
import org.daguerre.text.WordTokenizer;
import org.daguerre.unet.UNet;
import org.daguerre.vae.Vae;

/**
 * A text-to-image model, loaded: tokenizer, text_encoder, unet, scheduler and, unless it works on pixels, vae_decoder and
 * vae_encoder. Safe to use from any thread. Closing it frees the native memory; afterwards it answers with an {@link
 * IllegalStateException}.
 */
public final class Model implements AutoCloseable {

    private static final int DEFAULT_SAMPLE_SIZE = 64;
    private static final String SCALING_FACTOR = "scaling_factor";

    private final ModelFolder folder;
    private final Scheduler scheduler;
    private final Tokenizer tokenizer;
    private final TextEncoder textEncoder;
    private final UNet unet;
    private final long unetWritten;
    private final Vae vae;
    private final List<AttentionLayer> attentionLayers;
    private final int scale;
    private final int[] shape;
    private final ModelCard card;
    private volatile boolean closed;

    /** The U-Net once more, with its attention weights as outputs; null until they are asked for. */
    private volatile UNet attending;

    private Model(ModelFolder folder, boolean verified, Scheduler scheduler, Tokenizer tokenizer, Networks networks) {
        this.folder = folder;
        this.scheduler = scheduler;
        this.tokenizer = tokenizer;
        this.textEncoder = networks.textEncoder;
        this.unet = networks.unet;
        this.unetWritten = networks.unetWritten;
        this.vae = networks.vae;
        this.attentionLayers = AttentionLayer.find(unet.model().graph());
        ObjectNode vaeConfig = folder.config("vae_decoder");
        this.scale = vae == null
                ? 1
                : 1 << Math.max(0, vaeConfig.path("block_out_channels").size() - 1);
        int size = sampleSize(folder, scale);
        this.shape = new int[] {
            1, unet.channels(), unet.height() > 0 ? unet.height() : size, unet.width() > 0 ? unet.width() : size
        };
        checkFit();
        this.card = card(verified);
    }

    /** Height and width of the state where the graph leaves them open. */
    private static int sampleSize(ModelFolder folder, int scale) {
        JsonNode given = folder.config("unet").path("sample_size");
        int most = Request.MAX_PIXELS / scale;
        if (given.isMissingNode() || given.isNull()) {
            return Math.min(DEFAULT_SAMPLE_SIZE, most);
        }
        if (!given.canConvertToInt() || !given.isIntegralNumber() || given.asInt() < 1 || given.asInt() > most) {
            throw new ModelException("unet/config.json of model '" + folder.name() + "' has the sample_size "
                    + Names.quoted(given.isContainerNode() ? given.toString() : given.asText())
                    + ". Give a whole number from 1 to " + most + ".");
        }
        return given.asInt();
    }

    /** A number of the VAE's config.json that latents are multiplied or shifted by. */
    private static double factor(ModelFolder folder, ObjectNode config, String name, double fallback) {
        JsonNode given = config.path(name);
        if (given.isMissingNode() || given.isNull()) {
            return fallback;
        }
        boolean divides = name.equals(SCALING_FACTOR);
        if (!given.isNumber() || !Double.isFinite(given.asDouble()) || divides && given.asDouble() == 0) {
            throw new ModelException("vae_decoder/config.json of model '" + folder.name() + "' has the " + name + " "
                    + Names.quoted(given.asText()) + ". Give a finite number" + (divides ? " other than 0." : "."));
        }
        return given.asDouble();
    }

    /** What has been opened so far, so that a failure can close it. */
    private static final class Networks {
        private TextEncoder textEncoder;
        private UNet unet;
        private long unetWritten;
        private Vae vae;

        void close() {
            for (AutoCloseable open : new AutoCloseable[] {textEncoder, unet, vae}) {
                try {
                    if (open != null) {
                        open.close();
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    /**
     * Loads a model folder. Files are compared with SHA256SUMS where there is one, and components with each other.
     *
     * @throws ModelException if a file is missing, damaged or of another model, or the device is not there; nothing stays open
     */
    public static Model load(Path path, Device device) {
        return load(ModelFolder.open(path), device);
    }

    static Model load(ModelFolder folder, Device device) {
        boolean verified = folder.verify();
        Scheduler scheduler = Scheduler.read(folder.folder("scheduler").resolve("scheduler_config.json"));
        Tokenizer tokenizer = tokenizer(folder);
        Networks networks = new Networks();
        try {
            networks.textEncoder = TextEncoder.load(folder.graph("text_encoder"), device, tokenizer);
            networks.unetWritten = written(folder.graph("unet"));
            networks.unet =
                    UNet.load(folder.graph("unet"), device, scheduler.config().predictionType());
            if (folder.components().containsKey("vae_decoder") || folder.has("vae_decoder")) {
                ObjectNode config = folder.config("vae_decoder");
                networks.vae = Vae.load(
                        folder.graph("vae_decoder"),
                        folder.has("vae_encoder") ? folder.graph("vae_encoder") : null,
                        device,
                        factor(folder, config, SCALING_FACTOR, 1),
                        factor(folder, config, "shift_factor", 0));
            }
            return new Model(folder, verified, scheduler, tokenizer, networks);
        } catch (RuntimeException | Error e) {
            networks.close();
            throw e;
        }
    }

    /** When a file was last written, in milliseconds; 0 if it is not there. */
    private static long written(Path file) {
        return file.toFile().lastModified();
    }

    private static Tokenizer tokenizer(ModelFolder folder) {
        String name = folder.components().getOrDefault("tokenizer", "");
        Path files = folder.folder("tokenizer");
        Tokenizer tokenizer = switch (name) {
            case "WordTokenizer", "PreTrainedTokenizerFast" -> WordTokenizer.read(files);
            case "CLIPTokenizer", "CLIPTokenizerFast" -> ClipTokenizer.read(files);
            case "T5Tokenizer", "T5TokenizerFast" -> UnigramTokenizer.read(files);
            default ->
                throw new ModelException("model '" + folder.name() + "' has the tokenizer '" + name
                        + "', which is not known here. Known are: WordTokenizer, CLIPTokenizer, T5Tokenizer.");
        };
        int rows = folder.config("text_encoder").path("vocab_size").asInt(tokenizer.vocabularySize());
        boolean fits = tokenizer instanceof WordTokenizer
                ? rows == tokenizer.vocabularySize()
                : rows >= tokenizer.vocabularySize();
        if (!fits) {
            throw new ModelException("tokenizer of model '" + folder.name() + "' has " + tokenizer.vocabularySize()
                    + " pieces, its text_encoder was trained with " + rows
                    + ". Put the tokenizer there that the encoder was trained with.");
        }
        return tokenizer;
    }

    /** The components must be of one model: a swapped file is found here and not in the middle of a run. */
    private void checkFit() {
        Port states = textEncoder.model().output("last_hidden_state", 3);
        if (unet.crossAttentionDim() > 0 && states.axis(2) > 0 && states.axis(2) != unet.crossAttentionDim()) {
            throw new ModelException("unet/model.onnx of model '" + folder.name() + "' reads prompts of "
                    + unet.crossAttentionDim() + " values a token, its text_encoder gives " + states.axis(2)
                    + ". Take both from one model.");
        }
        if (vae != null) {
            int latents = vae.decoder().input("latent_sample", 4).axis(1);
            if (latents > 0 && latents != unet.channels()) {
                throw new ModelException("vae_decoder/model.onnx of model '" + folder.name() + "' reads latents of "
                        + latents + " channels, its unet makes " + unet.channels() + ". Take both from one model.");
            }
        } else if (unet.channels() != 3 && unet.channels() != 1) {
            throw new ModelException("model '" + folder.name() + "' has no vae_decoder, and its unet makes "
                    + unet.channels() + " channels, which is no picture. Add the vae_decoder.");
        }
    }

    private ModelCard card(boolean verified) {
        List<ModelCard.Component> components = new ArrayList<>();
        components.add(ModelCard.Component.of("text_encoder", folder, textEncoder.model()));
        components.add(ModelCard.Component.of("unet", folder, unet.model()));
        if (vae != null) {
            components.add(ModelCard.Component.of("vae_decoder", folder, vae.decoder()));
            if (vae.encoder() != null) {
                components.add(ModelCard.Component.of("vae_encoder", folder, vae.encoder()));
            }
        }
        List<String> notes = new ArrayList<>(scheduler.config().ignored());
        if (attentionLayers.isEmpty()) {
            notes.add("no attention maps: " + whyNoAttention());
        }
        SchedulerConfig config = scheduler.config();
        return new ModelCard(
                folder.name(),
                folder.title(),
                folder.licence(),
                unet.model().provider(),
                verified,
                config.className(),
                config.predictionType().toString(),
                config.schedule().toString(),
                List.of(shape[2] * scale, shape[3] * scale),
                components,
                notes);
    }

    private String whyNoAttention() {
        String fused = AttentionLayer.hiddenBy(unet.model().graph());
        return fused.isEmpty()
                ? "its unet has no cross-attention; take a model that reads its prompt by attention."
                : "attention maps are hidden in fused operations (" + fused
                        + "); export the unet without optimisation.";
    }

    /** The folder's name, such as tray. */
    public String name() {
        return folder.name();
    }

    /** What tells it from one retrained under its name: {@link ModelFolder#fingerprint()}. */
    public String fingerprint() {
        return folder.fingerprint();
    }

    /** What is known of it. */
    public ModelCard card() {
        return card;
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    public TextEncoder textEncoder() {
        return textEncoder;
    }

    public UNet unet() {
        return unet;
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

    /** The prompt as the text encoder reads it. */
    public Tokens tokens(String prompt) {
        return tokenizer.tokenize(prompt);
    }

    /** Prompt embeddings, {@code [1, tokens, dim]}. */
    public Tensor promptEmbeds(String prompt) {
        return textEncoder.encode(tokenizer.tokenize(prompt));
    }

    /** The network under a prompt and a negative prompt; "" is the empty prompt that guidance leads away from. */
    public ConditionalDenoiser denoiser(String prompt, String negative) {
        return denoiser(prompt, negative, scheduler.config().predictionType());
    }

    /** The same with the network's output read as something else than scheduler_config.json says. */
    public ConditionalDenoiser denoiser(String prompt, String negative, PredictionType type) {
        Map<String, Tensor> embeds = new LinkedHashMap<>();
        embeds.put(ConditionalDenoiser.COND, promptEmbeds(prompt));
        embeds.put(ConditionalDenoiser.UNCOND, promptEmbeds(negative));
        return unet.prompted(embeds, type);
    }

    /** The picture {@code [b, 3, H, W]} in -1..1 of a state, not clamped. */
    public Tensor decode(Tensor x) {
        return vae == null ? x : vae.decode(x);
    }

    /** The state of a picture {@code [b, 3, H, W]} in -1..1. */
    public Tensor encode(Tensor picture) {
        return vae == null ? picture : vae.encode(picture);
    }

    /** The cross-attentions whose maps can be read, in the order of the graph; empty if it shows none. */
    public List<AttentionLayer> attentionLayers() {
        return attentionLayers;
    }

    /**
     * The attention of one call, for a state of batch 1 under one prompt. The first time it loads the U-Net once more.
     *
     * @throws IllegalStateException if the graph does not show its attention; the message says why
     * @throws ModelException if the file of the U-Net can no longer be loaded, or is over 1 GB in one piece
     */
    public AttentionMaps attention(Tensor x, Level level, Tensor promptEmbeds) {
        requireAttention();
        List<String> outputs =
                attentionLayers.stream().map(AttentionLayer::output).toList();
        return AttentionMaps.of(attentionLayers, attending(outputs).outputs(x, level, promptEmbeds, outputs));
    }

    /** A session of its own, so that sampling goes on with the graph as it is in the file. */
    private synchronized UNet attending(List<String> outputs) {
        if (attending == null) {
            Path file = folder.graph("unet");
            if (closed) {
                throw new IllegalStateException("model '" + name() + "' is closed. Load the model again.");
            }
            if (written(file) != unetWritten) {
                throw new ModelException("unet/model.onnx of model '" + name()
                        + "' was changed after it was loaded, so it cannot tell what the network in memory attends to."
                        + " Close the model and load it again.");
            }
            attending = UNet.load(
                    file, unet.model().provider().device(), scheduler.config().predictionType(), outputs);
        }
        return attending;
    }

    /** Size on disk of the networks in memory: a U-Net that has been asked for its attention is there twice. */
    public long bytes() {
        return card.bytes() + (attending == null ? 0 : folder.bytes("unet"));
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

    public boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        textEncoder.close();
        unet.close();
        if (attending != null) {
            attending.close();
        }
        if (vae != null) {
            vae.close();
        }
    }

    @Override
    public String toString() {
        return card.toString();
    }
}
