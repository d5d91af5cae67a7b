package org.daguerre.course;

import java.util.Optional;

/**
 * One claim about an answer, worth one point.
 *
 * @param <A> the type through which an answer is asked
 */
@FunctionalInterface
public interface Check<A> {

    /**
     * Tries the answer.
     *
     * @return what is wrong: the quantity, what it is, what it should be, where to look; empty if the claim holds
     * @throws Exception whatever the answer throws
     */
    Optional<String> fault(A answer) throws Exception;
}
