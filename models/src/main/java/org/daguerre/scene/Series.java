package org.daguerre.scene;

/** An endless series of examples. Number {@code i} depends on the seed and {@code i} alone, never on how many are drawn. */
public interface Series {

    /** The world that it is drawn from. */
    World world();

    /** What decides every draw. */
    long seed();

    /** Example number {@code index}, at least 0. */
    Example at(long index);
}
