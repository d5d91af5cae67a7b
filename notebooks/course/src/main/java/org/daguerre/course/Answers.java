package org.daguerre.course;

/** Reads a Java expression among the names of the notebook: what the student wrote, as a value. */
@FunctionalInterface
public interface Answers {
    Object value(String expression) throws Exception;
}
