package org.daguerre.schedule;

/** How signal and noise share the state x = alpha x0 + sigma eps. It cannot be read off (alpha, sigma). */
public enum Form {
    /** Variance preserving: alpha² + sigma² = 1 (DDPM, Stable Diffusion). */
    PRESERVING,
    /** Variance exploding: alpha = 1, sigma grows without bound (EDM). */
    EXPLODING,
    /** Straight flow: alpha = 1 - sigma (rectified flow, SD3, Flux). */
    FLOW
}
