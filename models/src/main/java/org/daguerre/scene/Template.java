package org.daguerre.scene;

import static org.daguerre.scene.Scene.SIZE;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the {@link Judge} sees when the {@link Renderer} draws one object: its pixels through the same smoothing, its blob through the
 * same segmentation.
 */
final class Template {

    /** Radii that are tried, pixels: those of the world and one to each side. */
    private static final int SMALLEST = 10, LARGEST = 15;

    private static final int REACH = 18; // pixels from the centre to the window's edge
    private static final int WINDOW = 2 * REACH + 1;
    private static final int CELL = 37; // pixels from one object of a sheet to the next

    private static final Map<List<Object>, List<Template>> SHEETS = new ConcurrentHashMap<>();

    private final Shape shape;
    private final int radius;
    private final float[] light;
    private final float[] floor;
    private final int area;
    private final double offX;
    private final double offY;

    private Template(Shape shape, int radius, Segmentation sheet, Segmentation.Blob blob, int x, int y) {
        this.shape = shape;
        this.radius = radius;
        Rgb tray = sheet.tray().rgb();
        this.floor = new float[] {(float) tray.red(), (float) tray.green(), (float) tray.blue()};
        this.area = blob.area();
        this.offX = blob.x() - (x + 0.5);
        this.offY = blob.y() - (y + 0.5);
        this.light = new float[3 * WINDOW * WINDOW];
        for (int row = 0; row < WINDOW; row++) {
            System.arraycopy(
                    sheet.light(), 3 * ((y - REACH + row) * SIZE + x - REACH), light, 3 * WINDOW * row, 3 * WINDOW);
        }
    }

    /** Every shape in every radius, in this colour on this tray. Drawn when first asked for, then kept. */
    static List<Template> of(Tray tray, Colour colour) {
        return SHEETS.computeIfAbsent(List.of(tray, colour), key -> {
            List<Template> templates = new ArrayList<>();
            for (int radius = SMALLEST; radius <= LARGEST; radius++) {
                templates.addAll(sheet(tray, colour, radius));
            }
            return List.copyOf(templates);
        });
    }

    private static List<Template> sheet(Tray tray, Colour colour, int radius) {
        List<Thing> things = new ArrayList<>();
        for (Shape shape : Shape.values()) {
            int x = SIZE / 2 + CELL * (shape.ordinal() % 3 - 1), y = SIZE / 2 + CELL * (shape.ordinal() / 3 - 1);
            things.add(new Thing(shape, colour, x + 0.5, y + 0.5, radius, 0, 1));
        }
        double beyond = -SIZE; // the rim lies outside of the picture
        Segmentation sheet = new Segmentation(Renderer.render(new Scene(tray, Cloth.LINEN, beyond, things)));
        List<Template> templates = new ArrayList<>();
        for (Thing thing : things) {
            int x = (int) thing.x(), y = (int) thing.y();
            for (Segmentation.Blob blob : sheet.blobs()) {
                if (Math.abs(blob.x() - x) < CELL / 2.0 && Math.abs(blob.y() - y) < CELL / 2.0) {
                    templates.add(new Template(thing.shape(), radius, sheet, blob, x, y));
                    break; // the largest comes first
                }
            }
        }
        return templates;
    }

    Shape shape() {
        return shape;
    }

    int radius() {
        return radius;
    }

    /** Pixels of the object's blob. */
    int area() {
        return area;
    }

    /** Where this object's centre is if its blob is this one: column. */
    double centreX(Segmentation.Blob blob) {
        return blob.x() - offX;
    }

    /** Where this object's centre is if its blob is this one: row. */
    double centreY(Segmentation.Blob blob) {
        return blob.y() - offY;
    }

    /**
     * Squared difference to a picture in and around one of its blobs, other blobs left out.
     *
     * @param x column of the pixel on which the centre lies
     * @param y row of that pixel
     */
    double error(Segmentation picture, Segmentation.Blob blob, int x, int y) {
        float[] seen = picture.light();
        byte[] labels = picture.labels();
        double sum = 0;
        for (int row = blob.first(blob.top()); row <= blob.last(blob.bottom()); row++) {
            for (int column = blob.first(blob.left()); column <= blob.last(blob.right()); column++) {
                int i = row * SIZE + column;
                if (labels[i] == 0 || labels[i] == blob.label()) {
                    int u = column - x + REACH, v = row - y + REACH;
                    boolean within = u >= 0 && u < WINDOW && v >= 0 && v < WINDOW;
                    float[] drawn = within ? light : floor;
                    int j = within ? 3 * (v * WINDOW + u) : 0;
                    float red = seen[3 * i] - drawn[j];
                    float green = seen[3 * i + 1] - drawn[j + 1];
                    float blue = seen[3 * i + 2] - drawn[j + 2];
                    sum += red * red + green * green + blue * blue;
                }
            }
        }
        return sum;
    }
}
