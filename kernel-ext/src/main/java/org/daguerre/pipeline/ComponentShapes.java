package org.daguerre.pipeline;

import java.util.Set;
import org.daguerre.backbone.Backbone;
import org.daguerre.onnx.ModelException;
import org.daguerre.onnx.OnnxModel;
import org.daguerre.onnx.Port;
import org.daguerre.vae.Vae;

/**
 * Whether backbone and VAE are of one model, as far as their graphs fix the lengths of axes: a swapped file is found here and
 * not in the middle of a run.
 */
final class ComponentShapes {

    private static final Set<Integer> PICTURE_CHANNELS = Set.of(1, 3);

    private final ModelFolder folder;
    private final Backbone backbone;
    private final Vae vae;

    private ComponentShapes(ModelFolder folder, Backbone backbone, Vae vae) {
        this.folder = folder;
        this.backbone = backbone;
        this.vae = vae;
    }

    /**
     * Passes if the components go together.
     *
     * @param vae null for a model that works on pixels
     * @throws ModelException with what is expected, what was found and in which file
     */
    static void check(ModelFolder folder, Backbone backbone, Vae vae) {
        new ComponentShapes(folder, backbone, vae).check();
    }

    private void check() {
        if (vae == null) {
            if (!PICTURE_CHANNELS.contains(backbone.channels())) {
                throw new ModelException("model '" + folder.name() + "' has no vae_decoder, and its "
                        + folder.backbone() + " makes " + backbone.channels()
                        + " channels, which is no picture. Add the vae_decoder.");
            }
            return;
        }
        Port latents = vae.decoder().input("latent_sample", 4);
        Port picture = vae.decoder().output("sample", 4);
        require(vae.decoder(), latents, 1, backbone.channels(), folder.backbone() + " makes");
        require(vae.decoder(), latents, 2, backbone.height(), folder.backbone() + " makes");
        require(vae.decoder(), latents, 3, backbone.width(), folder.backbone() + " makes");
        require(vae.decoder(), latents, 0, 1, "Daguerre gives");
        if (picture.axis(1) >= 0 && !PICTURE_CHANNELS.contains(picture.axis(1))) {
            throw refused(vae.decoder(), picture, "a picture has 3 channels, or 1");
        }
        if (vae.encoder() != null) {
            encoder(picture);
        }
    }

    private void encoder(Port picture) {
        OnnxModel encoder = vae.encoder();
        Port sample = encoder.input("sample", 4);
        require(encoder, sample, 0, 1, "Daguerre gives");
        for (int axis = 1; axis < 4; axis++) {
            require(encoder, sample, axis, picture.axis(axis), "vae_decoder makes");
        }
        if (vae.samplesInside()) {
            require(encoder, encoder.output("latent_sample", 4), 1, backbone.channels(), folder.backbone() + " takes");
        } else {
            Port parameters = encoder.output("latent_parameters", 4);
            require(encoder, parameters, 1, 2 * backbone.channels(), "means and variances of the latents are");
        }
    }

    /** Passes if an axis is open on either side, or of that length. */
    private void require(OnnxModel model, Port port, int axis, int length, String whose) {
        int found = port.axis(axis);
        if (found >= 0 && length >= 0 && found != length) {
            throw refused(model, port, whose + " " + length + " on axis " + axis);
        }
    }

    private ModelException refused(OnnxModel model, Port port, String expected) {
        return new ModelException(model.label() + " of model '" + folder.name() + "' has " + port + ", and " + expected
                + ". Take all components from one export of one model.");
    }
}
