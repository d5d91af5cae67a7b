package org.daguerre.scene;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Says what is in a picture and whether a caption is true of it. No neural net: the picture is cut into tray and objects by colour, and
 * each object is the shape whose rendering by our own {@link Renderer} is nearest to it (analysis by synthesis).
 *
 * <p>Meant for rendered scenes, their reconstructions and sampled pictures: it stands some blur, noise and a shift of colour.
 * {@code docs/judge.md} has its error rates.
 */
public final class Judge {

    /** Light that a colour may have more or less than in the palette before it counts as farther away. */
    private static final double DIMMEST = 0.80, BRIGHTEST = 1.15;

    /** Times that a template's area may differ from a blob's to be compared; the middle radius is compared with any. */
    private static final double MOST = 1.35;

    private static final int REFERENCE = 12;

    private Judge() {}

    /**
     * What is in a picture.
     *
     * @throws IllegalArgumentException if it has not {@value Scene#SIZE} x {@value Scene#SIZE} pixels
     */
    public static Findings find(Raster picture) {
        checkSize(picture);
        Segmentation seen = new Segmentation(picture);
        List<Found> objects = new ArrayList<>();
        for (Segmentation.Blob blob : seen.blobs()) {
            Colour colour = nearest(seen.core(blob));
            objects.add(match(seen, blob, colour));
        }
        return new Findings(objects, seen.labels(), seen.tray(), seen.cloth());
    }

    static void checkSize(Raster picture) {
        if (picture.width() != Scene.SIZE || picture.height() != Scene.SIZE) {
            throw new IllegalArgumentException(
                    "The judge reads pictures of %d x %d pixels, not %d x %d. Sample at that size."
                            .formatted(Scene.SIZE, Scene.SIZE, picture.width(), picture.height()));
        }
    }

    /** Whether a claim is true of a picture, part by part. */
    public static Verdict judge(Raster picture, Claim claim) {
        return Verdict.of(claim, find(picture));
    }

    /** Whether a full caption is true of a picture, part by part. */
    public static FullVerdict judge(Raster picture, FullClaim claim) {
        return FullVerdict.of(claim, find(picture));
    }

    /** The colour that is nearest in any light. */
    static Colour nearest(Rgb core) {
        Colour best = null;
        double least = Double.MAX_VALUE;
        for (Colour colour : Colour.values()) {
            Rgb full = colour.rgb();
            double along = full.dot(core) / full.dot(full);
            Rgb lit = full.lit(Math.max(DIMMEST, Math.min(BRIGHTEST, along)));
            if (lit.distance(core) < least) {
                least = lit.distance(core);
                best = colour;
            }
        }
        return best;
    }

    /** A template laid on a picture, and how badly it fits. */
    private record Fit(Template template, int x, int y, double error) {}

    private static Found match(Segmentation seen, Segmentation.Blob blob, Colour colour) {
        Map<Shape, Fit> fits = new EnumMap<>(Shape.class);
        for (Template template : Template.of(seen.tray(), colour)) {
            double larger = (double) template.area() / blob.area();
            if (template.radius() != REFERENCE && (larger > MOST || larger < 1 / MOST)) {
                continue;
            }
            int x = (int) template.centreX(blob), y = (int) template.centreY(blob);
            Fit fit = new Fit(template, x, y, template.error(seen, blob, x, y));
            fits.merge(template.shape(), fit, Judge::better);
        }
        Fit best = fits.values().stream()
                .map(fit -> settled(seen, blob, fit))
                .min(Comparator.comparingDouble(Fit::error))
                .orElseThrow();
        double confidence = Math.max(0, 1 - best.error / seen.contrast(blob));
        return new Found(
                best.template.shape(),
                colour,
                best.x + 0.5,
                best.y + 0.5,
                best.template.radius(),
                blob.area(),
                confidence);
    }

    private static Fit better(Fit a, Fit b) {
        return b.error < a.error ? b : a;
    }

    /** Moves a template by single pixels as long as that makes it fit better. */
    private static Fit settled(Segmentation seen, Segmentation.Blob blob, Fit start) {
        Fit best = start, before;
        do {
            before = best;
            int[][] around = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
            for (int[] step : around) {
                int x = before.x + step[0], y = before.y + step[1];
                best = better(best, new Fit(start.template, x, y, start.template.error(seen, blob, x, y)));
            }
        } while (best != before);
        return best;
    }
}
