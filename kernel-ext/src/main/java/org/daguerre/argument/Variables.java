package org.daguerre.argument;

import java.util.Optional;

/** What a person can name besides the standard names: values of their own, such as the variables of a notebook. */
@FunctionalInterface
public interface Variables {

    /** Where nobody has any. */
    Variables NONE = name -> Optional.empty();

    /** The value of a variable; empty if there is none of this name. */
    Optional<Object> find(String name);
}
