package org.daguerre.notebook;

/** A kernel that a test can start in its own JVM. */
interface NotebookKernel extends AutoCloseable {

    /** Starts to serve the connection that the JSON text describes. */
    void start(String connectionFile) throws Exception;

    /** What a user of this kernel runs first; nothing where the kernel finds extensions by itself. */
    default String firstCell() {
        return "1;";
    }

    @Override
    void close();
}
