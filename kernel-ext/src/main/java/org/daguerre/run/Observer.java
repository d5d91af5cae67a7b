package org.daguerre.run;

/** Is told how a run comes on, in the thread that steps it. What it throws ends the step as a failing model would. */
@FunctionalInterface
public interface Observer {
    void on(Progress progress);
}
