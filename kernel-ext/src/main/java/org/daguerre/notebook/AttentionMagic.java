package org.daguerre.notebook;

import java.util.List;
import org.daguerre.plot.Figure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code %attention}, in Java {@code run.attention()}. */
@Command(
        name = "%attention",
        description = "Shows which pixels attended to which words of the prompt, over the steps made so far.")
final class AttentionMagic extends Magic {

    private final Session session;
    private final KernelHost host;

    @Parameters(paramLabel = "WORD", arity = "0..*", description = "words of the prompt; all if none is given")
    private List<String> words;

    @Mixin
    private AttentionOptions options;

    AttentionMagic(Session session, KernelHost host) {
        this.session = session;
        this.host = host;
    }

    @Override
    public Figure call() {
        return Waiting.during(host, "drawing attention", () -> options.figure(session.run(), words, session.theme()));
    }
}
