package org.daguerre.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.daguerre.backbone.Backbone;
import org.daguerre.name.Names;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.ModelException;
import org.daguerre.onnx.OnnxModel;
import org.daguerre.onnx.Port;
import org.daguerre.tensor.Tensor;
import org.daguerre.text.ClipTokenizer;
import org.daguerre.text.TextEncoder;
import org.daguerre.text.Tokenizer;
import org.daguerre.text.UnigramTokenizer;
import org.daguerre.text.WordTokenizer;
import org.daguerre.vae.Vae;

/** The networks of a model folder, open. */
final class Components implements AutoCloseable {

    /** What follows a component's name if there are several of its kind. */
    private static final List<String> NUMBERS = List.of("", "_2", "_3");

    /** Height and width of the latents that are decoded to see by how much the VAE enlarges, where its graph leaves them open. */
    private static final int PROBE = 8;

    /** Stable Diffusion's has 4: the picture is 8 times as large as the latents. */
    private static final int MOST_LEVELS = 8;

    private static final String POSITION_NET = "position_net";

    private static final String SCALING_FACTOR = "scaling_factor";

    /** Stable Diffusion's, which diffusers takes where a configuration does not say it. */
    private static final double USUAL_SCALING_FACTOR = 0.18215;

    private final ModelFolder folder;
    private final Map<String, TextEncoder> textEncoders = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private Backbone backbone;
    private long backboneWritten;
    private Vae vae;
    private PositionNet positionNet;

    private Components(ModelFolder folder) {
        this.folder = folder;
    }

    /** @throws ModelException if one of them is missing, damaged or of another model; nothing stays open */
    static Components load(ModelFolder folder, Device device, Scheduler scheduler) {
        Components components = new Components(folder);
        try {
            components.open(device, scheduler);
            return components;
        } catch (RuntimeException | Error e) {
            components.close();
            throw e;
        }
    }

    private void open(Device device, Scheduler scheduler) {
        Path graph = folder.graph(folder.backbone());
        backboneWritten = written(graph);
        backbone = Backbone.load(graph, device, scheduler.config().predictionType());
        for (String number : NUMBERS) {
            String encoder = "text_encoder" + number;
            if (number.isEmpty() || folder.components().containsKey(encoder) || folder.has(encoder)) {
                textEncoders.put(encoder, textEncoder(folder, device, number, backbone.patched()));
            }
        }
        if (folder.components().containsKey(POSITION_NET)) {
            positionNet = PositionNet.load(folder.graph(POSITION_NET), device);
        }
        if (folder.decodes()) {
            vae = vae(folder, device, notes);
        }
    }

    /** The autoencoder of a folder; what was taken for granted is added to the notes. */
    static Vae vae(ModelFolder folder, Device device, List<String> notes) {
        ObjectNode config = folder.config("vae_decoder");
        return Vae.load(
                folder.graph("vae_decoder"),
                folder.has("vae_encoder") ? folder.graph("vae_encoder") : null,
                device,
                scalingFactor(folder, config, notes),
                factor(folder, config, "shift_factor", 0));
    }

    /** Pixels a side for one value of the latents: the VAE halves once less than it has levels. */
    static int pixelsPerLatent(ModelFolder folder, Vae vae, int channels) {
        int levels = folder.config("vae_decoder").path("block_out_channels").size();
        if (levels > MOST_LEVELS) {
            throw new ModelException("vae_decoder/config.json of model '" + folder.name() + "' has " + levels
                    + " block_out_channels, and a VAE up to " + MOST_LEVELS + ". Put the VAE's own there.");
        }
        if (levels > 0) {
            return 1 << levels - 1;
        }
        Port latents = vae.decoder().input("latent_sample", 4);
        int height = latents.axisOr(2, PROBE);
        int width = latents.axisOr(3, PROBE);
        int[] picture = vae.decode(Tensor.zeros(1, channels, height, width)).shape();
        int scale = picture[2] / height;
        if (scale < 1 || scale * height != picture[2] || scale * width != picture[3]) {
            throw new ModelException(vae.decoder().label() + " of model '" + folder.name() + "' makes " + picture[2]
                    + " x " + picture[3] + " pixels of " + height + " x " + width
                    + " latents. Take a VAE that enlarges both sides by the same whole number.");
        }
        return scale;
    }

    /**
     * A text encoder with its tokenizer.
     *
     * @param number "", "_2" or "_3"
     * @param whole  whether T5 is read with all tokens that its tokenizer makes, as Flux does
     */
    static TextEncoder textEncoder(ModelFolder folder, Device device, String number, boolean whole) {
        return TextEncoder.load(folder.graph("text_encoder" + number), device, tokenizer(folder, number, whole));
    }

    private static Tokenizer tokenizer(ModelFolder folder, String number, boolean whole) {
        String name = folder.components().getOrDefault("tokenizer" + number, "");
        Path files = folder.folder("tokenizer" + number);
        Tokenizer tokenizer = switch (name) {
            case "WordTokenizer", "PreTrainedTokenizerFast" -> WordTokenizer.read(files);
            case "CLIPTokenizer", "CLIPTokenizerFast" -> ClipTokenizer.read(files);
            case "T5Tokenizer", "T5TokenizerFast" ->
                whole ? UnigramTokenizer.read(files) : UnigramTokenizer.read(files, Conditioner.SD3_T5_TOKENS);
            default ->
                throw new ModelException(
                        "model '" + folder.name() + "' has the tokenizer" + number + " " + Names.quoted(name)
                                + ", which is not known here. Known are: WordTokenizer, CLIPTokenizer, T5Tokenizer.");
        };
        int rows = folder.config("text_encoder" + number).path("vocab_size").asInt(tokenizer.vocabularySize());
        boolean fits = tokenizer instanceof WordTokenizer
                ? rows == tokenizer.vocabularySize()
                : rows >= tokenizer.vocabularySize();
        if (!fits) {
            throw new ModelException("tokenizer" + number + " of model '" + folder.name() + "' has "
                    + tokenizer.vocabularySize() + " pieces, its text_encoder" + number + " was trained with " + rows
                    + ". Put the tokenizer there that the encoder was trained with.");
        }
        return tokenizer;
    }

    private static double scalingFactor(ModelFolder folder, ObjectNode config, List<String> notes) {
        String kind = folder.components()
                .getOrDefault("vae_decoder", folder.components().getOrDefault("vae", ""));
        boolean usual = List.of("AutoencoderKL", "OnnxRuntimeModel").contains(kind);
        if (usual && config.path(SCALING_FACTOR).isMissingNode()) {
            notes.add("vae_decoder/config.json does not say its scaling_factor: " + USUAL_SCALING_FACTOR
                    + ", Stable Diffusion's, is taken");
        }
        for (String name : List.of("latents_mean", "latents_std")) {
            if (config.path(name).isArray()) {
                throw new ModelException("vae_decoder/config.json of model '" + folder.name() + "' has " + name
                        + ", a factor for every channel, which is not supported. Take a model whose VAE has one"
                        + " scaling_factor.");
            }
        }
        return factor(folder, config, SCALING_FACTOR, usual ? USUAL_SCALING_FACTOR : 1);
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

    /** When a file was last written, in milliseconds; 0 if it is not there. */
    private static long written(Path file) {
        return file.toFile().lastModified();
    }

    /** True if the backbone's file is no longer the one that was opened. */
    boolean backboneChanged() {
        return written(folder.graph(folder.backbone())) != backboneWritten;
    }

    /** text_encoder, text_encoder_2 and text_encoder_3, as far as there are. */
    List<TextEncoder> textEncoders() {
        return List.copyOf(textEncoders.values());
    }

    /** Their names, in the same order. */
    Set<String> textEncoderNames() {
        return textEncoders.keySet();
    }

    Backbone backbone() {
        return backbone;
    }

    /** Null for a model that reads no boxes. */
    PositionNet positionNet() {
        return positionNet;
    }

    /** Null for a model that works on pixels. */
    Vae vae() {
        return vae;
    }

    /** The graphs by the names of their components, in the order a prompt travels. */
    Map<String, OnnxModel> networks() {
        Map<String, OnnxModel> networks = new LinkedHashMap<>();
        textEncoders.forEach((name, encoder) -> networks.put(name, encoder.model()));
        if (positionNet != null) {
            networks.put(POSITION_NET, positionNet.model());
        }
        networks.put(folder.backbone(), backbone.model());
        if (vae != null) {
            networks.put("vae_decoder", vae.decoder());
            if (vae.encoder() != null) {
                networks.put("vae_encoder", vae.encoder());
            }
        }
        return networks;
    }

    /** Sentences about what was taken for granted. */
    List<String> notes() {
        return notes;
    }

    @Override
    public void close() {
        textEncoders.values().forEach(TextEncoder::close);
        if (backbone != null) {
            backbone.close();
        }
        if (vae != null) {
            vae.close();
        }
        if (positionNet != null) {
            positionNet.close();
        }
    }
}
