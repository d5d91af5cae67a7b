package org.daguerre.scene;

import static org.daguerre.scene.Scene.SIZE;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A picture split into the tray and the blobs on it.
 *
 * <p>A shadow only takes light away, so a pixel is ground when it lies near the ray of the tray's own colour, dark or light. What is left
 * falls into connected blobs; a blob with several peaks of the distance to its edge is several objects that touch.
 */
final class Segmentation {

    private static final double MARGIN = 7.5; // pixels from the edge that belong to cloth and rim
    private static final double CORNER = 14; // radius of that border's corners, pixels
    private static final double DARKEST = 0.45, LIGHTEST = 1.04; // light on the ground, relative to the tray's colour
    private static final double CONTRAST = 26; // least distance of an object's pixel to the ground's ray, of 255
    private static final double SAME = 26; // greatest distance of a tray's pixel to the tray's colour, of 255
    private static final int CLOTH = 3; // pixels a side of a corner that shows nothing but cloth
    private static final int HOLE = 40; // pixels of the largest hole that is filled: gloss, ring, handle
    private static final int LEAST = 70; // pixels of the smallest object
    private static final double APART = 16; // least distance of two objects' centres, pixels
    private static final double THICK = 3.3; // least distance of an object's centre to its edge, pixels

    private static final boolean[] INSIDE = inside();

    private final float[] light;
    private final Tray tray;
    private final Rgb floor;
    private final byte[] labels;
    private final double[] depths;
    private final List<Blob> blobs;

    /**
     * A connected piece, before it is known what it shows.
     *
     * @param label  its number in {@link #labels()}
     * @param area   pixels
     * @param x      centre of gravity
     * @param y      centre of gravity
     * @param left   first column
     * @param top    first row
     * @param right  last column
     * @param bottom last row
     */
    record Blob(int label, int area, double x, double y, int left, int top, int right, int bottom) {

        private static final int BORDER = 3; // pixels around a blob that are compared as well

        /** Where comparing begins for a blob that begins at this row or column. */
        int first(int edge) {
            return Math.max(0, edge - BORDER);
        }

        /** Where comparing ends for a blob that ends at this row or column. */
        int last(int edge) {
            return Math.min(SIZE - 1, edge + BORDER);
        }
    }

    /** Of a picture of {@code SIZE} x {@code SIZE} pixels. */
    Segmentation(Raster picture) {
        light = smooth(picture);
        tray = nearestTray();
        floor = measuredFloor();
        boolean[] object = new boolean[SIZE * SIZE];
        for (int i = 0; i < object.length; i++) {
            object[i] = INSIDE[i] && fromGround(i) > CONTRAST;
        }
        fillHoles(object);
        depths = depths(object);
        int[] pieces = split(components(object));
        labels = new byte[SIZE * SIZE];
        blobs = blobs(pieces);
    }

    /** The smoothed picture: {@code light[3 * (y * SIZE + x) + channel]}, 0..255. */
    float[] light() {
        return light;
    }

    /** The tray that is most like this one. */
    Tray tray() {
        return tray;
    }

    /** The cloth that is most like the picture's corners, which no tray reaches. */
    Cloth cloth() {
        Rgb sum = new Rgb(0, 0, 0);
        for (int corner = 0; corner < 4; corner++) {
            for (int i = 0; i < CLOTH * CLOTH; i++) {
                int x = i % CLOTH, y = i / CLOTH;
                int pixel = (corner < 2 ? y : SIZE - 1 - y) * SIZE + (corner % 2 == 0 ? x : SIZE - 1 - x);
                Rgb here = at(pixel).lit(1 / Canvas.falling(pixel / SIZE));
                sum = new Rgb(sum.red() + here.red(), sum.green() + here.green(), sum.blue() + here.blue());
            }
        }
        Rgb mean = sum.lit(1.0 / (4 * CLOTH * CLOTH));
        return Arrays.stream(Cloth.values())
                .min(Comparator.comparingDouble(cloth -> cloth.rgb().distance(mean)))
                .orElseThrow();
    }

    /** The tray's own colour in this picture, which a sampled picture does not hit exactly. */
    Rgb floor() {
        return floor;
    }

    private Tray nearestTray() {
        Tray best = null;
        int most = -1;
        for (Tray each : Tray.values()) {
            int pixels = 0;
            for (int i = 0; i < SIZE * SIZE; i += 5) { // every fifth pixel is enough for a vote
                pixels += INSIDE[i] && at(i).distance(each.rgb().lit(Canvas.falling(i / SIZE))) < SAME ? 1 : 0;
            }
            if (pixels > most) {
                most = pixels;
                best = each;
            }
        }
        return best;
    }

    /** For each pixel 0 for the ground or the number of its blob. */
    byte[] labels() {
        return labels;
    }

    /** The blobs, largest first. */
    List<Blob> blobs() {
        return blobs;
    }

    /** The median of each channel over the blob's pixels that are well inside it. */
    Rgb core(Blob blob) {
        int[] pixels = pixels(blob);
        double deepest = Arrays.stream(pixels).mapToDouble(i -> depths[i]).max().orElseThrow();
        double least = Math.min(2.5, 0.6 * deepest);
        return median(Arrays.stream(pixels).filter(i -> depths[i] >= least).toArray());
    }

    /** The median of each channel. */
    Rgb median(int[] pixels) {
        return new Rgb(median(pixels, 0), median(pixels, 1), median(pixels, 2));
    }

    private double median(int[] pixels, int channel) {
        return Arrays.stream(pixels)
                .mapToDouble(i -> light[3 * i + channel])
                .sorted()
                .skip(pixels.length / 2)
                .findFirst()
                .orElseThrow();
    }

    private int[] pixels(Blob blob) {
        int[] pixels = new int[blob.area()];
        int n = 0;
        for (int y = blob.top(); y <= blob.bottom(); y++) {
            for (int i = y * SIZE + blob.left(); i <= y * SIZE + blob.right(); i++) {
                if (labels[i] == blob.label()) {
                    pixels[n++] = i;
                }
            }
        }
        return pixels;
    }

    /** Squared difference of a blob to the bare tray. */
    double contrast(Blob blob) {
        double sum = 0;
        for (int i : pixels(blob)) {
            double far = at(i).distance(floor.lit(Canvas.falling(i / SIZE)));
            sum += far * far;
        }
        return sum;
    }

    private static boolean[] inside() {
        boolean[] inside = new boolean[SIZE * SIZE];
        double half = SIZE / 2.0, straight = half - MARGIN - CORNER;
        for (int i = 0; i < inside.length; i++) {
            double qx = Math.abs(i % SIZE + 0.5 - half) - straight, qy = Math.abs(i / SIZE + 0.5 - half) - straight;
            double outside = Math.hypot(Math.max(qx, 0), Math.max(qy, 0));
            inside[i] = outside + Math.min(Math.max(qx, qy), 0) <= CORNER;
        }
        return inside;
    }

    /** The picture under the kernel [1 2 1] / 4 in both directions, which takes five eighths of white noise away. */
    private static float[] smooth(Raster picture) {
        float[] across = new float[SIZE * SIZE * 3], both = new float[SIZE * SIZE * 3];
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                int before = Math.max(0, x - 1), after = Math.min(SIZE - 1, x + 1);
                for (int c = 0; c < 3; c++) {
                    across[3 * (y * SIZE + x) + c] =
                            (picture.at(before, y, c) + 2 * picture.at(x, y, c) + picture.at(after, y, c)) / 4f;
                }
            }
        }
        for (int y = 0; y < SIZE; y++) {
            int above = 3 * SIZE * Math.max(0, y - 1), below = 3 * SIZE * Math.min(SIZE - 1, y + 1), row = 3 * SIZE * y;
            for (int i = 0; i < 3 * SIZE; i++) {
                both[row + i] = (across[above + i] + 2 * across[row + i] + across[below + i]) / 4;
            }
        }
        return both;
    }

    private Rgb at(int pixel) {
        return new Rgb(light[3 * pixel], light[3 * pixel + 1], light[3 * pixel + 2]);
    }

    private Rgb measuredFloor() {
        double[] sum = new double[3];
        int n = 0;
        for (int i = 0; i < SIZE * SIZE; i++) {
            double falling = Canvas.falling(i / SIZE);
            if (INSIDE[i] && at(i).distance(tray.rgb().lit(falling)) < SAME) {
                for (int c = 0; c < 3; c++) {
                    sum[c] += light[3 * i + c] / falling;
                }
                n++;
            }
        }
        return n == 0 ? tray.rgb() : new Rgb(sum[0] / n, sum[1] / n, sum[2] / n);
    }

    /** How far a pixel's colour is from the tray's, in light or shadow, of 255; 0 on cloth and rim. */
    double contrast(int pixel) {
        return INSIDE[pixel] ? fromGround(pixel) : 0;
    }

    private double fromGround(int pixel) {
        Rgb lit = floor.lit(Canvas.falling(pixel / SIZE)), here = at(pixel);
        double along = lit.dot(here) / lit.dot(lit);
        return here.distance(lit.lit(Math.max(DARKEST, Math.min(LIGHTEST, along))));
    }

    private static void fillHoles(boolean[] object) {
        boolean[] ground = new boolean[object.length];
        for (int i = 0; i < ground.length; i++) {
            ground[i] = !object[i];
        }
        int[] pieces = components(ground);
        int[] areas = areas(pieces);
        for (int i = 0; i < object.length; i++) {
            object[i] |= areas[pieces[i]] <= HOLE && pieces[i] > 0;
        }
    }

    /** Numbers the pieces that hang together by their edges from 1 on. */
    static int[] components(boolean[] object) {
        int[] pieces = new int[object.length];
        int count = 0;
        ArrayDeque<Integer> open = new ArrayDeque<>();
        for (int start = 0; start < object.length; start++) {
            if (object[start] && pieces[start] == 0) {
                pieces[start] = ++count;
                open.add(start);
                while (!open.isEmpty()) {
                    int i = open.remove(), x = i % SIZE, y = i / SIZE;
                    int[] around = {
                        x > 0 ? i - 1 : i, x < SIZE - 1 ? i + 1 : i, y > 0 ? i - SIZE : i, y < SIZE - 1 ? i + SIZE : i
                    };
                    for (int next : around) {
                        if (object[next] && pieces[next] == 0) {
                            pieces[next] = count;
                            open.add(next);
                        }
                    }
                }
            }
        }
        return pieces;
    }

    static int[] areas(int[] pieces) {
        int[] areas = new int[Arrays.stream(pieces).max().orElse(0) + 1];
        for (int piece : pieces) {
            areas[piece]++;
        }
        return areas;
    }

    /** Distance of each object's pixel to the nearest ground, by the 3-4 chamfer (Borgefors 1986). */
    static double[] depths(boolean[] object) {
        int[] thirds = new int[object.length];
        for (int i = 0; i < thirds.length; i++) {
            thirds[i] = object[i] ? 1 << 20 : 0;
        }
        for (int y = 1; y < SIZE - 1; y++) {
            for (int x = 1; x < SIZE - 1; x++) {
                int i = y * SIZE + x;
                int before = Math.min(thirds[i - SIZE - 1] + 4, thirds[i - SIZE + 1] + 4);
                thirds[i] = Math.min(Math.min(thirds[i], before), Math.min(thirds[i - SIZE] + 3, thirds[i - 1] + 3));
            }
        }
        double[] depths = new double[object.length];
        for (int y = SIZE - 2; y > 0; y--) {
            for (int x = SIZE - 2; x > 0; x--) {
                int i = y * SIZE + x;
                int after = Math.min(thirds[i + SIZE - 1] + 4, thirds[i + SIZE + 1] + 4);
                thirds[i] = Math.min(Math.min(thirds[i], after), Math.min(thirds[i + SIZE] + 3, thirds[i + 1] + 3));
                depths[i] = thirds[i] / 3.0;
            }
        }
        return depths;
    }

    /** Cuts pieces with several centres: each pixel goes to the centre whose edge is nearest. */
    private int[] split(int[] pieces) {
        List<Integer> peaks = new ArrayList<>();
        for (int i = 0; i < pieces.length; i++) {
            if (depths[i] >= THICK && isPeak(i)) {
                peaks.add(i);
            }
        }
        peaks.sort(Comparator.comparingDouble(i -> -depths[i]));
        List<Integer> centres = new ArrayList<>();
        for (int peak : peaks) {
            if (centres.stream().noneMatch(c -> pieces[c] == pieces[peak] && apart(c, peak) < APART)) {
                centres.add(peak);
            }
        }
        int[] parts = new int[pieces.length];
        for (int i = 0; i < pieces.length; i++) {
            double nearest = Double.MAX_VALUE;
            for (int c = 0; pieces[i] > 0 && c < centres.size(); c++) {
                int centre = centres.get(c);
                double edge = apart(i, centre) - depths[centre];
                if (pieces[centre] == pieces[i] && edge < nearest) {
                    nearest = edge;
                    parts[i] = c + 1;
                }
            }
        }
        return parts;
    }

    private boolean isPeak(int i) {
        for (int dy = -2; dy <= 2; dy++) {
            for (int dx = -2; dx <= 2; dx++) {
                if (depths[i + dy * SIZE + dx] > depths[i]) {
                    return false;
                }
            }
        }
        return true;
    }

    private static double apart(int i, int j) {
        return Math.hypot(i % SIZE - j % SIZE, i / SIZE - j / SIZE);
    }

    /** Keeps the parts that are large enough and writes their numbers into {@link #labels}. */
    private List<Blob> blobs(int[] parts) {
        int[] areas = areas(parts);
        List<Integer> large = new ArrayList<>();
        for (int part = 1; part < areas.length; part++) {
            if (areas[part] >= LEAST) {
                large.add(part);
            }
        }
        large.sort(Comparator.comparingInt(part -> -areas[part]));
        List<Blob> found = new ArrayList<>();
        for (int part : large.subList(0, Math.min(large.size(), Byte.MAX_VALUE))) {
            int left = SIZE, top = SIZE, right = 0, bottom = 0, label = found.size() + 1;
            double x = 0, y = 0;
            for (int i = 0; i < parts.length; i++) {
                if (parts[i] == part) {
                    labels[i] = (byte) label;
                    x += i % SIZE + 0.5;
                    y += i / SIZE + 0.5;
                    left = Math.min(left, i % SIZE);
                    right = Math.max(right, i % SIZE);
                    top = Math.min(top, i / SIZE);
                    bottom = Math.max(bottom, i / SIZE);
                }
            }
            found.add(new Blob(label, areas[part], x / areas[part], y / areas[part], left, top, right, bottom));
        }
        return found;
    }
}
