package org.daguerre.notebook;

import org.daguerre.pipeline.Generation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code %back}, in Java {@code run.back(n)}. */
@Command(
        name = "%back",
        description = "Goes steps back in the current run, with the state, the noise and the memory of then.")
final class BackMagic extends Magic {

    private final Session session;
    private final KernelHost host;

    @Parameters(paramLabel = "N", arity = "0..1", description = "the number of steps, 0 or more")
    private int steps = 1;

    BackMagic(Session session, KernelHost host) {
        this.session = session;
        this.host = host;
    }

    @Override
    public Generation call() {
        Generation run = session.run();
        return session.work(host, run, () -> run.back(steps));
    }
}
