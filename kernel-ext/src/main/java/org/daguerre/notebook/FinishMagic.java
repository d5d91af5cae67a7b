package org.daguerre.notebook;

import org.daguerre.pipeline.Generation;
import picocli.CommandLine.Command;

/** {@code %finish}, in Java {@code run.finish()}. */
@Command(name = "%finish", description = "Takes all steps that are left of the current run.")
final class FinishMagic extends Magic {

    private final Session session;
    private final KernelHost host;

    FinishMagic(Session session, KernelHost host) {
        this.session = session;
        this.host = host;
    }

    @Override
    public Generation call() {
        Generation run = session.run();
        return session.work(host, run, () -> LiveProgress.during(host, Work.of(run), run::finish));
    }
}
