package org.daguerre.notebook;

import java.util.function.Consumer;

/** A place in the running cell for what changes while it runs. */
final class Place {

    private final KernelHost host;
    private Consumer<MimeBundle> shown;

    Place(KernelHost host) {
        this.host = host;
    }

    /** Whether nothing was put there yet. */
    boolean isEmpty() {
        return shown == null;
    }

    /** Shows a bundle there, in the place of the one before. */
    void put(MimeBundle bundle) {
        boolean interrupted = Thread.interrupted(); // held back: a kernel's sockets would swallow it, or break
        try {
            if (shown == null) {
                shown = host.display(bundle);
            } else {
                shown.accept(bundle);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
