package org.daguerre.vae;

import java.nio.file.Path;
import java.util.Map;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.OnnxModel;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * The autoencoder between pictures {@code [b, 3, H, W]} in -1..1 and the latents that the denoiser works on.
 *
 * <p>Latents are scaled to about unit variance: {@code latents = scalingFactor (z - shiftFactor)} (Rombach et al. 2022, arXiv
 * 2112.10752, appendix G), with both factors from the VAE's config.json.
 */
public final class Vae implements AutoCloseable {

    private static final String LATENTS = "latent_sample";
    private static final String PARAMETERS = "latent_parameters";
    private static final String SAMPLE = "sample";

    private final OnnxModel decoder;
    private final OnnxModel encoder;
    private final double scalingFactor;
    private final double shiftFactor;

    private Vae(OnnxModel decoder, OnnxModel encoder, double scalingFactor, double shiftFactor) {
        this.decoder = decoder;
        this.encoder = encoder;
        this.scalingFactor = scalingFactor;
        this.shiftFactor = shiftFactor;
    }

    /**
     * Loads both halves and checks their inputs and outputs.
     *
     * @param encoder the encoder's file, or null where there is none
     * @throws org.daguerre.onnx.ModelException if a file is no VAE half or cannot run here
     */
    public static Vae load(Path decoder, Path encoder, Device device, double scalingFactor, double shiftFactor) {
        OnnxModel decoding = OnnxModel.load(decoder, device);
        OnnxModel encoding = null;
        try {
            decoding.input(LATENTS, 4);
            decoding.output(SAMPLE, 4);
            if (encoder != null) {
                encoding = OnnxModel.load(encoder, device);
                encoding.input(SAMPLE, 4);
                encoding.output(encoding.outputs().containsKey(LATENTS) ? LATENTS : PARAMETERS, 4);
            }
            return new Vae(decoding, encoding, scalingFactor, shiftFactor);
        } catch (RuntimeException e) {
            decoding.close();
            if (encoding != null) {
                encoding.close();
            }
            throw e;
        }
    }

    /** The picture of latents, in -1..1 but not clamped. */
    public Tensor decode(Tensor latents) {
        Tensor z = latents.map(v -> v / scalingFactor + shiftFactor);
        return decoder.run(Map.of(LATENTS, z), SAMPLE);
    }

    /**
     * The latents of a picture: the mean of the encoder's distribution. Exports of diffusers' old script draw from it inside
     * their graph ({@link #samplesInside}), each time anew.
     *
     * @throws IllegalStateException if the model came without an encoder
     */
    public Tensor encode(Tensor picture) {
        requireEncoder();
        return samplesInside()
                ? scaled(encoder.run(Map.of(SAMPLE, picture), LATENTS))
                : scaled(half(encoder.run(Map.of(SAMPLE, picture), PARAMETERS), 0));
    }

    /**
     * Latents drawn from the encoder's distribution, mean + exp(logvar / 2) eps with eps from the noise, as diffusers draws
     * them for image-to-image; with the noise that follows. An encoder that draws inside its graph takes none.
     *
     * @param picture one picture, {@code [1, 3, H, W]}
     * @throws IllegalStateException if the model came without an encoder
     */
    public Noise.Draw encode(Tensor picture, Noise noise) {
        requireEncoder();
        if (samplesInside()) {
            return new Noise.Draw(encode(picture), noise);
        }
        Tensor parameters = encoder.run(Map.of(SAMPLE, picture), PARAMETERS);
        Tensor mean = half(parameters, 0);
        Tensor std = half(parameters, 1).clamp(-30, 20).map(logvar -> StrictMath.exp(logvar / 2));
        Noise.Draw eps = noise.draw(mean.shape());
        return new Noise.Draw(scaled(mean.plus(std.times(eps.tensor()))), eps.after());
    }

    /** True if the encoder answers latents that were drawn inside its graph, which no seed can repeat. */
    public boolean samplesInside() {
        return encoder != null && encoder.outputs().containsKey(LATENTS);
    }

    /**
     * Passes if pictures can be encoded.
     *
     * @throws IllegalStateException if the model came without an encoder
     */
    public void requireEncoder() {
        if (encoder == null) {
            throw new IllegalStateException(
                    "this model has no vae_encoder. Use one that has, to start from a picture.");
        }
    }

    private Tensor scaled(Tensor z) {
        return z.map(v -> scalingFactor * (v - shiftFactor));
    }

    /** The means or, as the second half, the log-variances of {@code [b, mean | logvar, h, w]}. */
    private static Tensor half(Tensor parameters, int which) {
        int[] shape = parameters.shape();
        int channels = shape[1] / 2;
        Tensor[] halves = new Tensor[shape[0]];
        for (int i = 0; i < shape[0]; i++) {
            halves[i] = parameters
                    .slice(i)
                    .reshape(shape[1], shape[2], shape[3])
                    .slice(which * channels, (which + 1) * channels)
                    .reshape(1, channels, shape[2], shape[3]);
        }
        return Tensor.concat(halves);
    }

    /** What latents are multiplied by. */
    public double scalingFactor() {
        return scalingFactor;
    }

    /** What is taken from latents before. */
    public double shiftFactor() {
        return shiftFactor;
    }

    /** The graph that decodes. */
    public OnnxModel decoder() {
        return decoder;
    }

    /** The graph that encodes, or null. */
    public OnnxModel encoder() {
        return encoder;
    }

    @Override
    public void close() {
        decoder.close();
        if (encoder != null) {
            encoder.close();
        }
    }
}
