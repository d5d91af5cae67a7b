package org.daguerre.notebook;

import org.daguerre.argument.Choices;
import org.daguerre.argument.ComparisonOptions;
import org.daguerre.pipeline.Daguerre;
import org.daguerre.run.Comparison;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code %compare}, in Java {@code request.compare(grid -> grid.axis(...)).finish()}. */
@Command(
        name = "%compare",
        description = {
            "Makes pictures for every combination of the values given and shows them side by side, with a table of"
                    + " calls, times and distances from the reference solution. %%plot convergence draws it.",
            "Values are parted by commas; a sampler, schedule, spacing or guidance may be a variable of yours.",
            "Without arguments, goes on with the last comparison and shows it."
        })
final class CompareMagic extends Magic {

    private final Session session;
    private final KernelHost host;

    @Parameters(paramLabel = "PROMPT", arity = "0..1", description = "what to show, in double quotes")
    private String prompt;

    @Mixin
    private final ComparisonOptions options;

    CompareMagic(Session session, KernelHost host, Choices choices) {
        this.session = session;
        this.host = host;
        this.options = new ComparisonOptions(choices);
    }

    @Override
    public Comparison call() {
        if (prompt != null) { // from here on there is none to go on with but this one
            return session.work(host, this, now -> now.comparison(null), () -> finished(started()));
        }
        if (!options.isEmpty()) {
            throw new IllegalArgumentException("PROMPT is missing. Give what to show, in double quotes.");
        }
        return finished(session.comparison());
    }

    private Comparison started() {
        return Waiting.during(host, "preparing the runs", () -> options.start(prompt, Daguerre::model, session::model));
    }

    private Comparison finished(Comparison comparison) {
        return session.work(
                host,
                comparison,
                now -> now.comparison(comparison),
                () -> LiveProgress.during(host, Work.of(comparison, session.theme()), comparison::finish));
    }
}
