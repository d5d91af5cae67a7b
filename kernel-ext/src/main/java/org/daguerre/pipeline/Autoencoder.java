package org.daguerre.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.daguerre.image.Picture;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.ModelException;
import org.daguerre.onnx.OnnxModel;
import org.daguerre.onnx.Port;
import org.daguerre.tensor.Tensor;
import org.daguerre.vae.Vae;

/**
 * The autoencoder of a model folder on its own: {@code Daguerre.autoencoder("tray").roundTrip(picture)}. Of a text-to-image model
 * nothing else is loaded. Safe to use from any thread.
 */
public final class Autoencoder implements LoadedModel {

    private static final int USUAL_SIZE = 64; // of Stable Diffusion's latents

    private final ModelFolder folder;
    private final Vae vae;
    private final int channels;
    private final int scale;
    private final Port input;
    private final ModelCard card;
    private volatile boolean closed;

    private Autoencoder(ModelFolder folder, boolean verified, Vae vae, List<String> notes) {
        this.folder = folder;
        this.vae = vae;
        this.channels = channels();
        this.scale = Components.pixelsPerLatent(folder, vae, channels);
        this.input = vae.encoder() == null ? null : vae.encoder().input("sample", 4);
        this.card = card(verified, notes);
    }

    /**
     * Loads the vae_encoder and vae_decoder of a folder.
     *
     * @throws ModelException if it has none, a file is missing, damaged or of another model, or the device is not there; nothing
     *     stays open
     */
    public static Autoencoder load(Path path, Device device) {
        return load(ModelFolder.open(path), device);
    }

    static Autoencoder load(ModelFolder folder, Device device) {
        if (!folder.decodes()) {
            throw new ModelException("the folder of '" + folder.name() + "' has no vae_encoder and no vae_decoder."
                    + " Take a model that works on latents, such as tray.");
        }
        folder.requireMemory();
        boolean verified = folder.verify();
        List<String> notes = new ArrayList<>();
        Vae vae = Components.vae(folder, device, notes);
        try {
            return new Autoencoder(folder, verified, vae, notes);
        } catch (RuntimeException | Error e) {
            vae.close();
            throw e;
        }
    }

    private int channels() {
        int configured = folder.config("vae_decoder").path("latent_channels").asInt(4);
        return vae.decoder().input("latent_sample", 4).axisOr(1, configured);
    }

    private ModelCard card(boolean verified, List<String> notes) {
        Map<String, OnnxModel> networks = new LinkedHashMap<>();
        if (vae.encoder() != null) {
            networks.put("vae_encoder", vae.encoder());
        }
        networks.put("vae_decoder", vae.decoder());
        int usual = folder.config("vae_decoder").path("sample_size").asInt(USUAL_SIZE * scale);
        List<Integer> size = List.of(side(2, usual), side(3, usual));
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("latents", size.get(0) / scale + " x " + size.get(1) / scale + " x " + channels);
        facts.put(
                "values",
                String.format(Locale.ROOT, "%d times fewer than the picture's", 3 * scale * scale / channels));
        facts.put("scaling factor", Double.toString(vae.scalingFactor()));
        return ModelCard.of(folder, verified, facts, size, networks, notes);
    }

    /** Height or width of the pictures, where the graph says it. */
    private int side(int axis, int usual) {
        return input == null ? usual : input.axisOr(axis, usual);
    }

    /**
     * The latents of a picture, {@code [1, channels, height / f, width / f]}: the mean of the encoder's distribution.
     *
     * @throws IllegalArgumentException if it cannot read pictures of this size
     * @throws IllegalStateException if the folder has no vae_encoder
     */
    public Tensor encode(Picture picture) {
        vae.requireEncoder();
        boolean fits = picture.height() % scale == 0
                && picture.width() % scale == 0
                && side(2, picture.height()) == picture.height()
                && side(3, picture.width()) == picture.width();
        if (!fits) {
            throw new IllegalArgumentException("the picture is " + picture.height() + " x " + picture.width()
                    + " pixels. Give "
                    + (input.axis(2) > 0 ? input.axis(2) + " x " + input.axis(3) : "multiples of " + scale) + ".");
        }
        return vae.encode(picture.toTensor());
    }

    /** The picture of latents {@code [1, channels, h, w]}. */
    public Picture decode(Tensor latents) {
        return Picture.of(vae.decode(latents));
    }

    /** What is left of a picture after its way to latents and back. */
    public RoundTrip roundTrip(Picture picture) {
        Tensor latents = encode(picture);
        return new RoundTrip(name(), picture, latents, decode(latents));
    }

    /** Both halves, on tensors. */
    public Vae vae() {
        return vae;
    }

    /** Pixels a side for one value of the latents, the f of "f = 8". */
    public int scale() {
        return scale;
    }

    @Override
    public String fingerprint() {
        return folder.fingerprint();
    }

    @Override
    public ModelCard card() {
        return card;
    }

    @Override
    public Model toModel() {
        throw new IllegalStateException(folder.holds());
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        vae.close();
    }

    @Override
    public String toString() {
        return card.toString();
    }
}
