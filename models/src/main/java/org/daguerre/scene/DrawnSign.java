package org.daguerre.scene;

import java.util.List;

/**
 * One sign with what is said about it.
 *
 * @param scene   what is there
 * @param claim   what the caption says
 * @param caption the sentence
 */
public record DrawnSign(SignScene scene, Sign claim, Caption caption) implements Example {

    /** What a caption is about. */
    public enum Kind {
        /** "the word CAT in red pixel font" */
        WORD,
        /** "a blue hand with three fingers raised" */
        HAND
    }

    @Override
    public Kind kind() {
        return claim instanceof Word ? Kind.WORD : Kind.HAND;
    }

    /** The caption: no relation is said that could be said otherwise. */
    @Override
    public Caption canonical() {
        return caption;
    }

    @Override
    public Caption fullCaption() {
        return SignGrammar.full(scene);
    }

    @Override
    public List<Box> boxes() {
        return List.of();
    }

    @Override
    public Raster picture() {
        return Renderer.render(scene);
    }

    @Override
    public float[] coverage(int group) {
        return group == 1 ? Renderer.coverage(scene) : new float[Scene.SIZE * Scene.SIZE];
    }
}
