package org.daguerre.notebook;

import org.daguerre.argument.Choices;
import org.daguerre.argument.ImageOptions;
import org.daguerre.argument.SamplingOptions;
import org.daguerre.pipeline.Generation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code %sample}, in Java {@code model.prompt("...").steps(30).start().finish()}. */
@Command(
        name = "%sample",
        description = {
            "Makes a picture from a prompt and leaves the run behind for inspection.",
            "A sampler, schedule, spacing, guidance or prediction type may be a variable of yours."
        })
final class SampleMagic extends Magic {

    private final Session session;
    private final KernelHost host;

    @Parameters(paramLabel = "PROMPT", description = "what to show, in double quotes")
    private String prompt;

    @Mixin
    private final SamplingOptions options;

    @Mixin
    private final ImageOptions from = new ImageOptions();

    SampleMagic(Session session, KernelHost host, Choices choices) {
        this.session = session;
        this.host = host;
        this.options = new SamplingOptions(choices);
    }

    @Override
    public Generation call() {
        Generation run =
                from.apply(options.apply(session.model().prompt(prompt))).start();
        return session.work(host, run, now -> now.run(run), () -> LiveProgress.during(host, Work.of(run), run::finish));
    }
}
