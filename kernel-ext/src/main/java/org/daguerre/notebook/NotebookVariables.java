package org.daguerre.notebook;

import java.util.Optional;
import javax.lang.model.SourceVersion;
import org.daguerre.argument.Variables;

/** The variables of a notebook. What is no plain name is no variable: nothing else that was typed is ever run. */
record NotebookVariables(KernelHost host) implements Variables {

    @Override
    public Optional<Object> find(String name) {
        if (!SourceVersion.isIdentifier(name) || SourceVersion.isKeyword(name)) {
            return Optional.empty();
        }
        Object value;
        try {
            value = host.eval(name);
        } catch (Exception unknown) { // the kernels have no other way to say that there is no such variable
            return Optional.empty();
        }
        if (value == null) {
            throw new IllegalArgumentException("variable '" + name
                    + "' is null. Run the cell that gives it its value again: to declare a class anew empties its"
                    + " variables.");
        }
        return Optional.of(value);
    }
}
