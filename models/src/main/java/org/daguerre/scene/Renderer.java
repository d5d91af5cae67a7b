package org.daguerre.scene;

import static org.daguerre.scene.Scene.SIZE;

/**
 * Draws a {@link Scene}. Every edge is anti-aliased from its signed distance; only {@code +, -, *, /, sqrt} and {@link StrictMath} are
 * used, so the bytes are the same on every JDK and machine.
 */
public final class Renderer {

    private static final double CORNER = 14; // radius of the tray's corners, pixels
    private static final double RIM = 3; // width of the tray's rim, pixels
    private static final double SHADOW = 0.34; // darkest share of light that a shadow takes
    private static final double SHADOW_SOFTNESS = 5; // pixels from no shadow to full shadow

    private final double[] light = new double[SIZE * SIZE * 3];

    private Renderer() {}

    /** The picture of a scene, {@value Scene#SIZE} x {@value Scene#SIZE} pixels. */
    public static Raster render(Scene scene) {
        Renderer renderer = new Renderer();
        renderer.paintGround(scene);
        for (Thing thing : scene.things()) {
            renderer.paintShadow(thing);
        }
        for (Thing thing : scene.things()) {
            renderer.paint(thing);
        }
        byte[] rgb = new byte[SIZE * SIZE * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Math.max(0, Math.min(255, (int) (renderer.light[i] + 0.5)));
        }
        return new Raster(SIZE, SIZE, rgb);
    }

    /**
     * How much of each pixel the objects of one group cover, their shadows not counted.
     *
     * @param group 1 or 2, see {@link Thing#group()}
     * @return {@code SIZE * SIZE} shares in [0, 1], row by row
     */
    public static float[] coverage(Scene scene, int group) {
        float[] shares = new float[SIZE * SIZE];
        for (Thing thing : scene.things()) {
            if (thing.group() == group) {
                for (Shape.Layer layer : thing.shape().layers()) {
                    cover(
                            thing,
                            layer.outline(),
                            0,
                            0,
                            1,
                            (i, share, u, v) -> shares[i] = (float) Math.max(shares[i], share));
                }
            }
        }
        return shares;
    }

    private void paintGround(Scene scene) {
        double half = SIZE / 2.0, straight = half - scene.inset() - CORNER;
        Rgb floor = scene.tray().rgb(), cloth = scene.cloth().rgb();
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                double qx = Math.abs(x + 0.5 - half) - straight, qy = Math.abs(y + 0.5 - half) - straight;
                double outside = Math.sqrt(Math.max(qx, 0) * Math.max(qx, 0) + Math.max(qy, 0) * Math.max(qy, 0));
                double distance = outside + Math.min(Math.max(qx, qy), 0) - CORNER;
                double falling = falling(y);
                int i = y * SIZE + x;
                blend(i, 1, cloth.lit(falling));
                blend(i, clamp(0.5 - distance), floor.lit(0.72));
                blend(i, clamp(0.5 - distance - RIM), floor.lit(falling));
            }
        }
    }

    /** The light that falls on row {@code y}: the far side is a little lighter. */
    static double falling(int y) {
        return 1.05 - 0.10 * y / SIZE;
    }

    private void paintShadow(Thing thing) {
        Outline body = thing.shape().layers().get(0).outline();
        double shift = 0.16 * thing.radius();
        cover(thing, body, shift, 1.5 * shift, SHADOW_SOFTNESS, (i, share, u, v) -> {
            for (int channel = 0; channel < 3; channel++) {
                light[3 * i + channel] *= 1 - SHADOW * share;
            }
        });
    }

    private void paint(Thing thing) {
        for (Shape.Layer layer : thing.shape().layers()) {
            cover(
                    thing,
                    layer.outline(),
                    0,
                    0,
                    1,
                    (i, share, u, v) ->
                            blend(i, share, layer.tint().at(thing.colour().rgb(), u, v)));
        }
    }

    @FunctionalInterface
    private interface Spot {
        void touch(int pixel, double share, double u, double v);
    }

    /** Visits every pixel that an outline covers, {@code softness} pixels wide at its edge. */
    private static void cover(Thing thing, Outline outline, double dx, double dy, double softness, Spot spot) {
        double cos = StrictMath.cos(thing.angle()), sin = StrictMath.sin(thing.angle());
        double cx = thing.x() + dx, cy = thing.y() + dy, reach = 1.3 * thing.radius() + softness;
        int left = Math.max(0, (int) (cx - reach)), right = Math.min(SIZE - 1, (int) (cx + reach));
        int top = Math.max(0, (int) (cy - reach)), bottom = Math.min(SIZE - 1, (int) (cy + reach));
        for (int y = top; y <= bottom; y++) {
            for (int x = left; x <= right; x++) {
                double px = (x + 0.5 - cx) / thing.radius(), py = (y + 0.5 - cy) / thing.radius();
                double u = cos * px + sin * py, v = cos * py - sin * px;
                double share = clamp(0.5 - outline.distance(u, v) * thing.radius() / softness);
                if (share > 0) {
                    spot.touch(y * SIZE + x, share, u, v);
                }
            }
        }
    }

    private void blend(int pixel, double share, Rgb paint) {
        light[3 * pixel] += share * (paint.red() - light[3 * pixel]);
        light[3 * pixel + 1] += share * (paint.green() - light[3 * pixel + 1]);
        light[3 * pixel + 2] += share * (paint.blue() - light[3 * pixel + 2]);
    }

    private static double clamp(double share) {
        return Math.max(0, Math.min(1, share));
    }
}
