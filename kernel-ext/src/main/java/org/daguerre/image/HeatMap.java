package org.daguerre.image;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.daguerre.tensor.Tensor;

/**
 * A field of numbers {@code [H, W]} as colours: an attention map, one channel of latents, a difference.
 *
 * @param values the numbers, {@code [H, W]}
 * @param low the number at the foot of the colormap
 * @param high the number at its head, above low
 * @param colormap the colours
 */
public record HeatMap(Tensor values, double low, double high, Colormap colormap) {

    public HeatMap {
        int[] shape = values.shape();
        while (shape.length > 2 && shape[0] == 1) {
            shape = Arrays.copyOfRange(shape, 1, shape.length);
        }
        if (shape.length != 2 || values.size() == 0) {
            throw new IllegalArgumentException("a tensor of shape " + Arrays.toString(values.shape())
                    + " is no field of numbers. Give [H, W]; of latents [1, C, H, W] use HeatMap.channels.");
        }
        if (!(low < high) || Double.isInfinite(high - low)) {
            throw new IllegalArgumentException(
                    "the range " + low + " to " + high + " is empty or endless. Give low below high.");
        }
        values = values.reshape(shape);
    }

    /** From 0 to the greatest value in viridis: for weights, such as attention. */
    public static HeatMap of(Tensor weights) {
        return new HeatMap(weights, 0, greatest(weights), Colormap.VIRIDIS);
    }

    /** Zero in the middle of a diverging map: for values with a sign. */
    public static HeatMap signed(Tensor values) {
        double extreme = greatest(values);
        return new HeatMap(values, -extreme, extreme, Colormap.DIVERGING);
    }

    /** The channels of latents {@code [1, C, H, W]}, all on one signed scale so that they can be compared. */
    public static List<HeatMap> channels(Tensor latents) {
        int[] shape = latents.shape();
        if (shape.length != 4 || shape[0] != 1 || latents.size() == 0) {
            throw new IllegalArgumentException("a tensor of shape " + Arrays.toString(shape)
                    + " is no single set of latents. Give [1, C, H, W]; slice(i) takes one out of a batch.");
        }
        double extreme = greatest(latents);
        Tensor channels = latents.reshape(shape[1], shape[2], shape[3]);
        return IntStream.range(0, shape[1])
                .mapToObj(c -> new HeatMap(channels.slice(c), -extreme, extreme, Colormap.DIVERGING))
                .toList();
    }

    /** The greatest finite magnitude; 1 where there is none, so that a range can be made of it. */
    private static double greatest(Tensor values) {
        double greatest = 0;
        for (float v : values.toArray()) {
            greatest = Float.isFinite(v) ? Math.max(greatest, Math.abs(v)) : greatest;
        }
        return greatest > 0 ? greatest : 1;
    }

    /** The same numbers in other colours. */
    public HeatMap with(Colormap colormap) {
        return new HeatMap(values, low, high, colormap);
    }

    /** The same numbers on another scale; what lies outside takes the end's colour. */
    public HeatMap range(double low, double high) {
        return new HeatMap(values, low, high, colormap);
    }

    /** One pixel a number, the first row on top. */
    public Picture picture() {
        int[] shape = values.shape();
        float[] v = values.toArray();
        int[] rgb = new int[v.length];
        for (int i = 0; i < v.length; i++) {
            rgb[i] = Float.isNaN(v[i]) ? Picture.NAN_COLOUR : colormap.rgb(fraction(v[i]));
        }
        return Picture.of(shape[1], shape[0], rgb).withAltText(altText());
    }

    /**
     * Laid over a picture: stretched smoothly (bilinearly) to its size, and stronger where the numbers are greater, so that
     * the picture shows through where they are low.
     *
     * @param opacity of the greatest number, in [0, 1]
     */
    public Picture over(Picture picture, double opacity) {
        if (!(opacity >= 0 && opacity <= 1)) {
            throw new IllegalArgumentException("opacity is " + opacity + ". Give 0 (picture alone) to 1.");
        }
        int width = picture.width();
        int height = picture.height();
        int[] shape = values.shape();
        float[] v = values.toArray();
        int[] rgb = picture.pixels();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double value = bilinear(v, shape[0], shape[1], (x + 0.5) / width, (y + 0.5) / height);
                int i = y * width + x;
                rgb[i] = Double.isNaN(value)
                        ? Picture.NAN_COLOUR
                        : Colormap.blend(rgb[i], colormap.rgb(fraction(value)), opacity * Math.sqrt(fraction(value)));
            }
        }
        return Picture.of(width, height, rgb)
                .with(picture.parameters())
                .withAltText(altText() + ", laid over: " + picture.altText());
    }

    private static double bilinear(float[] v, int rows, int columns, double across, double down) {
        double y = Math.max(0, Math.min(rows - 1, down * rows - 0.5));
        double x = Math.max(0, Math.min(columns - 1, across * columns - 0.5));
        int y0 = (int) y * columns;
        int y1 = Math.min((int) y + 1, rows - 1) * columns;
        int x0 = (int) x;
        int x1 = Math.min(x0 + 1, columns - 1);
        double upper = v[y0 + x0] + (x - x0) * (v[y0 + x1] - v[y0 + x0]);
        double lower = v[y1 + x0] + (x - x0) * (v[y1 + x1] - v[y1 + x0]);
        return upper + (y - (int) y) * (lower - upper);
    }

    private double fraction(double value) {
        return Math.max(0, Math.min(1, (value - low) / (high - low)));
    }

    private String altText() {
        int[] shape = values.shape();
        float[] v = values.toArray();
        int peak = 0;
        for (int i = 0; i < v.length; i++) {
            peak = v[i] > v[peak] ? i : peak;
        }
        return String.format(
                Locale.ROOT,
                "heat map of %d x %d numbers from %.3g to %.3g, greatest in row %d of %d, column %d of %d",
                shape[1],
                shape[0],
                values.min(),
                values.max(),
                peak / shape[1] + 1,
                shape[0],
                peak % shape[1] + 1,
                shape[1]);
    }
}
