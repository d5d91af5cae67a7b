package org.daguerre.scene;

import java.util.Random;

/** Pictures made worse, as a decoder and a sampler make them. */
final class Degraded {

    private Degraded() {}

    /** The picture under a Gaussian of {@code sigma} pixels, with white noise of {@code noise} levels of 255 that {@code seed} draws. */
    static Raster of(Raster picture, double sigma, double noise, long seed) {
        Raster blurred = sigma == 0 ? picture : across(across(picture, sigma), sigma);
        Random random = new Random(seed);
        byte[] worse = new byte[picture.rgb().length];
        for (int i = 0; i < worse.length; i++) {
            worse[i] = clipped((blurred.rgb()[i] & 0xff) + noise * random.nextGaussian());
        }
        return new Raster(picture.width(), picture.height(), worse);
    }

    /** Blurred along the rows, and turned over its diagonal, so that twice blurs both ways. */
    private static Raster across(Raster picture, double sigma) {
        int side = picture.width(), reach = (int) Math.ceil(2.5 * sigma);
        double[] kernel = new double[2 * reach + 1];
        double sum = 0;
        for (int k = -reach; k <= reach; k++) {
            kernel[k + reach] = StrictMath.exp(-k * k / (2 * sigma * sigma));
            sum += kernel[k + reach];
        }
        byte[] turned = new byte[picture.rgb().length];
        for (int i = 0; i < turned.length; i++) {
            int x = i / 3 % side, y = i / 3 / side;
            double light = 0;
            for (int k = -reach; k <= reach; k++) {
                light += kernel[k + reach] * picture.at(Math.max(0, Math.min(side - 1, x + k)), y, i % 3);
            }
            turned[3 * (x * side + y) + i % 3] = clipped(light / sum);
        }
        return new Raster(side, side, turned);
    }

    private static byte clipped(double light) {
        return (byte) Math.max(0, Math.min(255, Math.round(light)));
    }
}
