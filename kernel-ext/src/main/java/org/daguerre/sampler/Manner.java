package org.daguerre.sampler;

/** Which of two readings a sampler follows where diffusers departs from its paper. */
public enum Manner {
    /** As diffusers computes it, faults included. */
    DIFFUSERS,
    /** As the paper says. */
    PAPER
}
