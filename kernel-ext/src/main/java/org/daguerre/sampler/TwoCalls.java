package org.daguerre.sampler;

/** How often a sampler that asks twice a step, and once in a step to or from a level without a middle, has yet to ask. */
final class TwoCalls {

    private TwoCalls() {}

    /**
     * @param onceFirst the next step asks once
     */
    static int left(Trajectory soFar, boolean onceFirst) {
        int steps = soFar.stepsLeft();
        int onceLast = soFar.plan().end().sigma() == 0 && steps > 0 ? 1 : 0;
        return 2 * steps - onceLast - (onceFirst && steps > onceLast ? 1 : 0);
    }
}
