package org.daguerre.notebook;

import java.util.concurrent.CancellationException;
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
        Comparison comparison = prompt == null ? last() : started();
        try (LiveProgress progress = new LiveProgress(host, Work.of(comparison, session.theme()), System::nanoTime)) {
            progress.watch(comparison::finish);
        } catch (CancellationException interrupted) {
            session.update(now -> now.comparison(comparison));
            throw new CancellationException("interrupted: " + comparison.finished() + " of "
                    + comparison.entries().size() + " runs are finished and kept. %compare goes on.");
        }
        session.update(now -> now.comparison(comparison));
        return comparison;
    }

    private Comparison started() {
        return Waiting.during(host, "preparing the runs", () -> options.start(prompt, Daguerre::model, session::model));
    }

    private Comparison last() {
        if (!options.isEmpty()) {
            throw new IllegalArgumentException("PROMPT is missing. Give what to show, in double quotes.");
        }
        return session.comparison();
    }
}
