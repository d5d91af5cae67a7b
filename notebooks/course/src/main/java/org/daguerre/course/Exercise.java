package org.daguerre.course;

import java.util.List;

/**
 * An exercise: how the answer is found among the names of the notebook, and what is checked of it, a point a check.
 *
 * @param name what follows {@code %check}: lower case, digits and hyphens
 * @param type the interface with one method through which the answer is asked
 * @param answer a Java lambda of that type that calls what the student wrote
 * @param checks in the order in which their faults are told
 */
public record Exercise<A>(String name, Class<A> type, String answer, List<Check<A>> checks) {

    public Exercise {
        checks = List.copyOf(checks);
    }

    /** The most that it can give. */
    public int points() {
        return checks.size();
    }

    /** The same exercise with other checks. */
    public Exercise<A> with(List<Check<A>> checks) {
        return new Exercise<>(name, type, answer, checks);
    }
}
