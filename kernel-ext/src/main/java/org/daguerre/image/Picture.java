package org.daguerre.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.daguerre.tensor.Tensor;

/**
 * An RGB picture of 8 bits a channel with the parameters that made it, which travel in its PNG. Immutable; equal if its
 * pixels are.
 */
public final class Picture implements Graphic {

    /** What stands for a value that is not a number. */
    public static final int NAN_COLOUR = 0xff00ff;

    private static final long MAX_BYTES = 64L << 20;

    private final int width;
    private final int height;
    private final int[] rgb;
    private final Map<String, String> parameters;
    private final String altText;

    private Picture(int width, int height, int[] rgb, Map<String, String> parameters, String altText) {
        this.width = width;
        this.height = height;
        this.rgb = rgb;
        this.parameters = parameters;
        this.altText = altText;
    }

    /**
     * The picture of a tensor with values in [-1, 1], {@code [1, C, H, W]} or {@code [C, H, W]}, where C is 3 (red, green,
     * blue) or 1 (grey). Values are brought to bytes as diffusers does, {@code round(255 clamp(x / 2 + 0.5, 0, 1))} in
     * float32; NaN becomes {@link #NAN_COLOUR}, and the alt text tells of it.
     */
    public static Picture of(Tensor x) {
        int[] shape = x.shape();
        int rank = shape.length;
        if (!(rank == 3 || rank == 4 && shape[0] == 1)
                || !(shape[rank - 3] == 3 || shape[rank - 3] == 1)
                || x.size() == 0) {
            throw new IllegalArgumentException("a tensor of shape " + Arrays.toString(shape) + " is no picture. Give"
                    + " [1, 3, H, W] or [3, H, W] (grey: 1 in place of 3), values in -1 to 1;"
                    + " latents go through the decoder first.");
        }
        int height = shape[rank - 2];
        int width = shape[rank - 1];
        int area = height * width;
        int green = shape[rank - 3] == 3 ? area : 0;
        float[] values = x.toArray();
        int[] rgb = new int[area];
        int nans = 0;
        for (int i = 0; i < area; i++) {
            float r = values[i];
            float g = values[i + green];
            float b = values[i + 2 * green];
            boolean nan = Float.isNaN(r + g + b) && (Float.isNaN(r) || Float.isNaN(g) || Float.isNaN(b));
            nans += nan ? 1 : 0;
            rgb[i] = nan ? NAN_COLOUR : level(r) << 16 | level(g) << 8 | level(b);
        }
        String note = nans == 0 ? null : size(width, height) + ", " + nans + " of them not a number (shown magenta)";
        return new Picture(width, height, rgb, Map.of(), note);
    }

    private static int level(float v) {
        return (int) Math.rint(Math.max(0f, Math.min(1f, v / 2 + 0.5f)) * 255f);
    }

    /** The pictures of a batch {@code [N, C, H, W]}, in order. */
    public static List<Picture> all(Tensor batch) {
        if (batch.rank() != 4) {
            throw new IllegalArgumentException("a tensor of shape " + Arrays.toString(batch.shape())
                    + " is no batch of pictures. Give [N, 3, H, W].");
        }
        return IntStream.range(0, batch.shape()[0])
                .mapToObj(i -> of(batch.slice(i)))
                .toList();
    }

    /** A picture of pixels given row by row as 0xRRGGBB. */
    public static Picture of(int width, int height, int[] rgb) {
        if (width < 1 || height < 1 || (long) width * height != rgb.length) {
            throw new IllegalArgumentException(
                    rgb.length + " pixels do not make " + size(width, height) + ". Give width * height of them.");
        }
        return new Picture(
                width, height, Arrays.stream(rgb).map(p -> p & 0xffffff).toArray(), Map.of(), null);
    }

    static Picture of(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        return of(width, height, image.getRGB(0, 0, width, height, null, 0, width));
    }

    /**
     * Reads a PNG file with its parameters.
     *
     * @throws UncheckedIOException if there is no such file, it is no PNG, over 64 MB, over 33 million pixels or in part
     *     transparent; the message says which and what may help
     */
    public static Picture read(Path file) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new IOException("it is no file on disk");
            }
            if (Files.exists(file) && Files.size(file) > MAX_BYTES) {
                throw new IOException("it has " + Files.size(file) + " bytes, the most is " + MAX_BYTES);
            }
            Png.Decoded decoded = Png.decode(Files.readAllBytes(file));
            Picture picture = of(decoded.image());
            return new Picture(
                    picture.width, picture.height, picture.rgb, Collections.unmodifiableMap(decoded.text()), null);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read " + file + " (" + Png.reason(e)
                            + "). Give a PNG file that exists and has no transparent parts.",
                    e);
        }
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    /** The pixel in column x from the left and row y from the top, as 0xRRGGBB. */
    public int pixel(int x, int y) {
        if (x < 0 || x >= width || y < 0 || y >= height) {
            throw new IndexOutOfBoundsException("pixel (" + x + ", " + y + ") is outside " + size(width, height)
                    + ". Give x from 0 to " + (width - 1) + " and y from 0 to " + (height - 1) + ".");
        }
        return rgb[y * width + x];
    }

    /** All pixels row by row as 0xRRGGBB, a copy. */
    public int[] pixels() {
        return rgb.clone();
    }

    /** The picture as {@code [1, 3, H, W]} with values in [-1, 1], as an encoder takes it. */
    public Tensor toTensor() {
        int area = rgb.length;
        float[] values = new float[3 * area];
        for (int i = 0; i < area; i++) {
            for (int c = 0; c < 3; c++) {
                values[c * area + i] = (rgb[i] >> 16 - 8 * c & 255) / 255f * 2 - 1;
            }
        }
        return Tensor.wrap(values, 1, 3, height, width);
    }

    /** Every pixel as a square of {@code factor} by {@code factor}: bigger, no smoother. */
    public Picture enlarged(int factor) {
        if (factor < 1 || (long) width * factor * height * factor > 1 << 26) {
            throw new IllegalArgumentException("factor " + factor + " does not suit " + size(width, height)
                    + ". Give 1 or more, up to a picture of 67 million pixels.");
        }
        int[] big = new int[rgb.length * factor * factor];
        int stride = width * factor;
        for (int y = 0; y < height * factor; y++) {
            for (int x = 0; x < stride; x++) {
                big[y * stride + x] = rgb[y / factor * width + x / factor];
            }
        }
        return new Picture(stride, height * factor, big, parameters, altText);
    }

    /** Enlarged by the greatest whole factor that keeps both sides within {@code side}; never made smaller. */
    public Picture enlargedWithin(int side) {
        return enlarged(Math.max(1, side / Math.max(width, height)));
    }

    /** Reduced so that both sides are within {@code side}, every pixel the mean of those it stands for; never made bigger. */
    public Picture reducedWithin(int side) {
        int longest = Math.max(width, height);
        if (longest <= side) {
            return this;
        }
        int w = Math.max(1, (int) ((long) width * side / longest));
        int h = Math.max(1, (int) ((long) height * side / longest));
        int[] small = new int[w * h];
        for (int i = 0; i < small.length; i++) {
            small[i] = mean(
                    edge(i % w, w, width),
                    edge(i % w + 1, w, width),
                    edge(i / w, h, height),
                    edge(i / w + 1, h, height));
        }
        return new Picture(w, h, small, parameters, altText);
    }

    private static int edge(int i, int of, int pixels) {
        return (int) ((long) i * pixels / of);
    }

    private int mean(int left, int right, int top, int bottom) {
        long red = 0;
        long green = 0;
        long blue = 0;
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                int pixel = rgb[y * width + x];
                red += pixel >> 16 & 255;
                green += pixel >> 8 & 255;
                blue += pixel & 255;
            }
        }
        double area = (double) (right - left) * (bottom - top);
        return (int) Math.rint(red / area) << 16 | (int) Math.rint(green / area) << 8 | (int) Math.rint(blue / area);
    }

    /** What made the picture, by name, in the order given. */
    public Map<String, String> parameters() {
        return parameters;
    }

    /**
     * The picture with one more parameter, such as prompt, seed or steps.
     *
     * @param name 1 to 79 printable ASCII characters, no blank at either end, as PNG wants its keywords
     * @param value anything; its text is kept
     */
    public Picture with(String name, Object value) {
        Objects.requireNonNull(value, name);
        if (!name.matches("[!-~]([ -~]{0,77}[!-~])?")) {
            throw new IllegalArgumentException("parameter name '" + name + "' does not go into a PNG."
                    + " Give 1 to 79 ASCII characters without a blank at either end.");
        }
        Map<String, String> more = new LinkedHashMap<>(parameters);
        more.put(name, value.toString().replace('\0', '\ufffd'));
        return new Picture(width, height, rgb, Collections.unmodifiableMap(more), altText);
    }

    /** The picture with several more parameters. */
    public Picture with(Map<String, ?> more) {
        Picture picture = this;
        for (Map.Entry<String, ?> parameter : more.entrySet()) {
            picture = picture.with(parameter.getKey(), parameter.getValue());
        }
        return picture;
    }

    /** The picture with another text that says what is to be seen. */
    public Picture withAltText(String altText) {
        return new Picture(width, height, rgb, parameters, Objects.requireNonNull(altText, "altText"));
    }

    @Override
    public String altText() {
        if (altText != null) {
            return altText;
        }
        String prompt = parameters.get("prompt");
        String seed = parameters.get("seed");
        return (prompt == null ? "picture" : "picture for \"" + prompt + "\"")
                + (seed == null ? ", " : " with seed " + seed + ", ")
                + size(width, height);
    }

    private static String size(int width, int height) {
        return width + " x " + height + " pixels";
    }

    @Override
    public byte[] png() {
        return Png.encode(toImage(), parameters);
    }

    /** The picture as Java2D has it, a copy. */
    public BufferedImage toImage() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, width, height, rgb, 0, width);
        return image;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Picture p && width == p.width && Arrays.equals(rgb, p.rgb);
    }

    @Override
    public int hashCode() {
        return 31 * width + Arrays.hashCode(rgb);
    }

    @Override
    public String toString() {
        return "Picture[" + altText() + "]";
    }
}
