package org.daguerre.notebook;

import java.util.List;
import org.daguerre.plot.Figure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code %attention}, in Java {@code run.attention().word("apples")}. */
@Command(
        name = "%attention",
        description = "Shows which pixels attended to which words of the prompt, over the steps made so far.")
final class AttentionMagic extends Magic {

    private final Session session;

    @Parameters(paramLabel = "WORD", arity = "0..*", description = "words of the prompt; all if none is given")
    private List<String> words;

    @Mixin
    private AttentionOptions options;

    AttentionMagic(Session session) {
        this.session = session;
    }

    @Override
    public Figure call() {
        return options.figure(session.run(), words, session.theme());
    }
}
