package org.daguerre.notebook;

import org.daguerre.pipeline.Generation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code %step}, in Java {@code run.step(n)}. */
@Command(name = "%step", description = "Takes steps of the current run.")
final class StepMagic extends Magic {

    private final Session session;
    private final KernelHost host;

    @Parameters(paramLabel = "N", arity = "0..1", description = "the number of steps, 1 or more")
    private int steps = 1;

    StepMagic(Session session, KernelHost host) {
        this.session = session;
        this.host = host;
    }

    @Override
    public Generation call() {
        Generation run = session.run();
        return session.work(host, run, () -> LiveProgress.during(host, Work.of(run), () -> run.step(steps)));
    }
}
