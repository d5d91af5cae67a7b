package org.daguerre.run;

/**
 * How far a run has come: told after every answer of the model and after every step.
 *
 * @param run the run
 * @param step steps made
 * @param steps steps made and left
 * @param calls times the model was asked
 * @param callsExpected calls made and expected until the end
 * @param stepDone true after a step, false after an answer within one
 */
public record Progress(Run run, int step, int steps, int calls, int callsExpected, boolean stepDone) {

    /** The part of the calls that is done, 0 to 1. */
    public double fraction() {
        return callsExpected == 0 ? 1 : (double) calls / callsExpected;
    }
}
