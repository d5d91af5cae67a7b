package org.daguerre.run;

/**
 * What stands for a run wherever one is looked at, drawn, measured or saved: the {@link Run} itself, or pictures on their way,
 * which stand for the run of the first.
 */
public interface Sampled {

    /** The run that is looked at. */
    Run run();
}
