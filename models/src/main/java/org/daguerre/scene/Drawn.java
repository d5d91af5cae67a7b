package org.daguerre.scene;

import java.util.List;

/**
 * One scene with what is said about it.
 *
 * @param kind      the kind of caption
 * @param scene     what is there
 * @param claim     what the caption says; a group whose colour the caption leaves open has none here
 * @param caption   the sentence
 * @param canonical the same said by {@link Claim#canonical()}, equal to the caption where no relation is said
 */
public record Drawn(Kind kind, Scene scene, Claim claim, Caption caption, Caption canonical) implements Example {

    /** All that there is to say about the scene, its first thing's kind first. */
    public FullClaim full() {
        return FullClaim.of(scene);
    }

    @Override
    public Caption fullCaption() {
        return full().caption();
    }

    @Override
    public List<Box> boxes() {
        return scene.things().stream().map(Box::of).toList();
    }

    @Override
    public Raster picture() {
        return Renderer.render(scene);
    }

    @Override
    public float[] coverage(int group) {
        return Renderer.coverage(scene, group);
    }

    /** What a caption is about. */
    public enum Kind {
        /** One group: "three red apples on a tray". */
        COUNT,
        /** Two groups and where they are: "a red apple left of a green cup". */
        RELATION,
        /** Two groups anywhere: "two red apples and a green cup". */
        PAIR,
        /** Colour left open and drawn with a skew: "three apples" are mostly red. */
        LOOSE
    }
}
