package org.daguerre.notebook;

import org.daguerre.argument.Choices;
import org.daguerre.argument.ImageOptions;
import org.daguerre.argument.SamplingOptions;
import org.daguerre.pipeline.Generation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code %start}, in Java {@code model.prompt("...").steps(30).start()}. */
@Command(
        name = "%start",
        description = {
            "Begins a run and stops before its first step: %%step, %%back, %%branch and %%finish go on.",
            "A sampler, schedule, spacing, guidance or prediction type may be a variable of yours."
        })
final class StartMagic extends Magic {

    private final Session session;

    @Parameters(paramLabel = "PROMPT", description = "what to show, in double quotes")
    private String prompt;

    @Mixin
    private final SamplingOptions options;

    @Mixin
    private final ImageOptions from = new ImageOptions();

    StartMagic(Session session, Choices choices) {
        this.session = session;
        this.options = new SamplingOptions(choices);
    }

    @Override
    public Generation call() {
        Generation run =
                from.apply(options.apply(session.model().prompt(prompt))).start();
        session.update(now -> now.run(run));
        return run;
    }
}
