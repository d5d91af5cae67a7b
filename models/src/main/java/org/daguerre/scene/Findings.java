package org.daguerre.scene;

import java.util.List;
import java.util.function.Predicate;

/** What the {@link Judge} sees in one picture. */
public final class Findings {

    private final List<Found> objects;
    private final byte[] labels;
    private final Tray tray;
    private final Cloth cloth;

    /** Of objects and, for each pixel, 0 for the ground or the number of the object there, counted from 1. */
    Findings(List<Found> objects, byte[] labels, Tray tray, Cloth cloth) {
        this.objects = List.copyOf(objects);
        this.labels = labels;
        this.tray = tray;
        this.cloth = cloth;
    }

    /** The objects, largest first. */
    public List<Found> objects() {
        return objects;
    }

    /** The tray that the floor is most like. */
    public Tray tray() {
        return tray;
    }

    /** The cloth that the picture's corners are most like. */
    public Cloth cloth() {
        return cloth;
    }

    /**
     * The pixels of all objects that pass, their shadows not counted.
     *
     * @return {@code Scene.SIZE * Scene.SIZE} flags, row by row
     */
    public boolean[] mask(Predicate<Found> which) {
        boolean[] mask = new boolean[labels.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = labels[i] > 0 && which.test(objects.get(labels[i] - 1));
        }
        return mask;
    }

    @Override
    public String toString() {
        return objects.toString();
    }
}
