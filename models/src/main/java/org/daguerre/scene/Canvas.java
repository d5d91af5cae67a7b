package org.daguerre.scene;

import static org.daguerre.scene.Scene.SIZE;

import java.util.List;

/**
 * A picture being painted. Every edge is anti-aliased from its signed distance; only {@code +, -, *, /, sqrt} and {@link StrictMath} are
 * used, so the bytes are the same on every JDK and machine.
 */
final class Canvas {

    private static final double CORNER = 14; // radius of the tray's corners, pixels
    private static final double RIM = 3; // width of the tray's rim, pixels
    private static final double SHADOW = 0.34; // darkest share of light that a shadow takes
    private static final double SHADOW_SOFTNESS = 5; // pixels from no shadow to full shadow

    private final double[] light = new double[SIZE * SIZE * 3];

    /** Of an empty tray whose rim is {@code inset} pixels from the edge. */
    Canvas(Tray tray, Cloth cloth, double inset) {
        double half = SIZE / 2.0, straight = half - inset - CORNER;
        Rgb floor = tray.rgb(), around = cloth.rgb();
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                double qx = Math.abs(x + 0.5 - half) - straight, qy = Math.abs(y + 0.5 - half) - straight;
                double outside = Math.sqrt(Math.max(qx, 0) * Math.max(qx, 0) + Math.max(qy, 0) * Math.max(qy, 0));
                double distance = outside + Math.min(Math.max(qx, qy), 0) - CORNER;
                double falling = falling(y);
                int i = y * SIZE + x;
                blend(i, 1, around.lit(falling));
                blend(i, clamp(0.5 - distance), floor.lit(0.72));
                blend(i, clamp(0.5 - distance - RIM), floor.lit(falling));
            }
        }
    }

    /** The light that falls on row {@code y}: the far side is a little lighter. */
    static double falling(int y) {
        return 1.05 - 0.10 * y / SIZE;
    }

    /** Darkens the ground beside a body that stands {@code height} pixels high. */
    void shade(Pose pose, Outline body, double height) {
        cover(pose.moved(height, 1.5 * height), body, SHADOW_SOFTNESS, (i, share, u, v) -> {
            for (int channel = 0; channel < 3; channel++) {
                light[3 * i + channel] *= 1 - SHADOW * share;
            }
        });
    }

    void paint(Pose pose, List<Layer> layers, Rgb colour) {
        for (Layer layer : layers) {
            cover(
                    pose,
                    layer.outline(),
                    1,
                    (i, share, u, v) -> blend(i, share, layer.tint().at(colour, u, v)));
        }
    }

    /** Raises {@code shares}, one a pixel, to the share of each pixel that the layers cover. */
    static void cover(Pose pose, List<Layer> layers, float[] shares) {
        for (Layer layer : layers) {
            cover(pose, layer.outline(), 1, (i, share, u, v) -> shares[i] = (float) Math.max(shares[i], share));
        }
    }

    Raster raster() {
        byte[] rgb = new byte[SIZE * SIZE * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Math.max(0, Math.min(255, (int) (light[i] + 0.5)));
        }
        return new Raster(SIZE, SIZE, rgb);
    }

    @FunctionalInterface
    private interface Spot {
        void touch(int pixel, double share, double u, double v);
    }

    /** Visits every pixel that an outline covers, {@code softness} pixels wide at its edge. */
    private static void cover(Pose pose, Outline outline, double softness, Spot spot) {
        double cos = StrictMath.cos(pose.angle()), sin = StrictMath.sin(pose.angle());
        double cx = pose.x(), cy = pose.y(), reach = pose.extent() * pose.radius() + softness;
        int left = Math.max(0, (int) (cx - reach)), right = Math.min(SIZE - 1, (int) (cx + reach));
        int top = Math.max(0, (int) (cy - reach)), bottom = Math.min(SIZE - 1, (int) (cy + reach));
        for (int y = top; y <= bottom; y++) {
            for (int x = left; x <= right; x++) {
                double px = (x + 0.5 - cx) / pose.radius(), py = (y + 0.5 - cy) / pose.radius();
                double u = cos * px + sin * py, v = cos * py - sin * px;
                double share = clamp(0.5 - outline.distance(u, v) * pose.radius() / softness);
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
