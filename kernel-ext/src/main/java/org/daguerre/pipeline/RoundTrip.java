package org.daguerre.pipeline;

import java.util.Locale;
import org.daguerre.image.Picture;
import org.daguerre.tensor.Tensor;

/**
 * A picture before and after its way through an autoencoder.
 *
 * @param autoencoder the name of the model
 * @param original    what was encoded
 * @param latents     what it was encoded to
 * @param picture     what they were decoded to
 */
public record RoundTrip(String autoencoder, Picture original, Tensor latents, Picture picture) {

    private static final double MOST = 255;

    /** Values of the picture for one of the latents. */
    public double compression() {
        return 3.0 * original.width() * original.height() / latents.size();
    }

    /**
     * The peak signal-to-noise ratio in dB, 10 log10(255^2 / mean squared error) over red, green and blue of all pixels; infinite
     * if nothing was lost. A flat background flatters it.
     */
    public double psnr() {
        int[] before = original.pixels(), after = picture.pixels();
        double squares = 0;
        for (int i = 0; i < before.length; i++) {
            for (int shift = 0; shift <= 16; shift += 8) {
                double error = (before[i] >> shift & 0xff) - (after[i] >> shift & 0xff);
                squares += error * error;
            }
        }
        return 10 * Math.log10(MOST * MOST * 3 * before.length / squares);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "through %s: %.0f times fewer values, PSNR %.1f dB", autoencoder, compression(), psnr());
    }
}
