package org.daguerre.notebook;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What Daguerre asks of a Java notebook kernel, and all that it knows of one. An adapter promises that nothing thrown by a
 * renderer, an {@link Error} included, reaches the kernel: kernels of this line stop answering when it does.
 */
public interface KernelHost {

    /** {@code %name argument ...}: the value returned is what the cell shows. */
    @FunctionalInterface
    interface LineMagic {
        Object eval(List<String> arguments) throws Exception;
    }

    /** {@code %%name argument ...} with the rest of the cell as its body. */
    @FunctionalInterface
    interface CellMagic {
        Object eval(List<String> arguments, String body) throws Exception;
    }

    /** The kernel's name, for people. */
    String name();

    void lineMagic(String name, LineMagic magic);

    void cellMagic(String name, CellMagic magic);

    /** Shows values of a type, and of its subtypes that have no renderer of their own. */
    <T> void renderer(Class<T> type, Function<? super T, MimeBundle> renderer);

    /**
     * Shows a bundle in the running cell; without one, nothing.
     *
     * @return puts another bundle in its place, also when the cell has ended, as an interrupt ends it before its code
     */
    Consumer<MimeBundle> display(MimeBundle bundle);

    /** Runs Java source as a cell would, in a running cell too. Returns the value of its last expression, null without one. */
    Object eval(String source) throws Exception;

    /** Runs an action once when the kernel shuts down; actions run in the reverse of the order given. */
    void onShutdown(Runnable action);
}
