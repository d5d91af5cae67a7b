package org.daguerre.scene;

import static org.daguerre.scene.Scene.SIZE;

import java.util.List;

/** Draws a {@link Scene} or a {@link SignScene}. The bytes are the same on every JDK and machine. */
public final class Renderer {

    private static final double EXTENT = 1.3; // units from an object's centre to the farthest point of its outline
    private static final double SIGN_HEIGHT = 2; // pixels from a sign to its shadow
    private static final double HEIGHT = 0.16; // units from an object to its shadow

    private Renderer() {}

    /** The picture of a scene, {@value Scene#SIZE} x {@value Scene#SIZE} pixels. */
    public static Raster render(Scene scene) {
        Canvas canvas = new Canvas(scene.tray(), scene.cloth(), scene.inset());
        for (Thing thing : scene.things()) {
            canvas.shade(pose(thing), thing.shape().layers().get(0).outline(), HEIGHT * thing.radius());
        }
        for (Thing thing : scene.things()) {
            canvas.paint(pose(thing), thing.shape().layers(), thing.colour().rgb());
        }
        return canvas.raster();
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
                Canvas.cover(pose(thing), thing.shape().layers(), shares);
            }
        }
        return shares;
    }

    /** The picture of a sign, {@value Scene#SIZE} x {@value Scene#SIZE} pixels. */
    public static Raster render(SignScene scene) {
        Canvas canvas = new Canvas(scene.tray(), scene.cloth(), scene.inset());
        List<Layer> layers = layers(scene);
        canvas.shade(pose(scene), layers.get(0).outline(), SIGN_HEIGHT);
        canvas.paint(pose(scene), layers, scene.sign().colour().rgb());
        return canvas.raster();
    }

    /** How much of each pixel a sign covers, its shadow not counted: {@code SIZE * SIZE} shares in [0, 1], row by row. */
    public static float[] coverage(SignScene scene) {
        float[] shares = new float[SIZE * SIZE];
        Canvas.cover(pose(scene), layers(scene), shares);
        return shares;
    }

    private static Pose pose(SignScene scene) {
        double extent = scene.sign() instanceof Word word ? word.extent() : EXTENT;
        return new Pose(scene.x(), scene.y(), scene.radius(), scene.angle(), extent);
    }

    private static List<Layer> layers(SignScene scene) {
        return scene.sign() instanceof Hand hand ? hand.layers(scene.mirrored()) : ((Word) scene.sign()).layers();
    }

    private static Pose pose(Thing thing) {
        return new Pose(thing.x(), thing.y(), thing.radius(), thing.angle(), EXTENT);
    }
}
