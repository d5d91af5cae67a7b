package org.daguerre.notebook;

import org.daguerre.argument.Choices;
import org.daguerre.pipeline.Generation;
import org.daguerre.run.Sampling;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code %branch}, in Java {@code run.branch(s -> s.sampler(Sampler.named("heun")))}. */
@Command(
        name = "%branch",
        description =
                "Makes another run from here and goes on with it; the one it came from stays. With a number, goes on"
                        + " with that branch; 1 is where all came from.")
final class BranchMagic extends Magic {

    private final Session session;
    private final Choices choices;

    @Parameters(paramLabel = "N", arity = "0..1", description = "the number of a branch to go on with, from 1")
    private Integer number;

    @Option(
            names = "--sampler",
            paramLabel = "NAME",
            description = "a sampler's name, such as heun, or a variable of yours")
    private String sampler;

    @Option(
            names = "--guidance",
            paramLabel = "W",
            description = "the guidance scale, a number (1 is none), or a variable of yours")
    private String guidance;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "what to show from here on, in double quotes")
    private String prompt;

    BranchMagic(Session session, Choices choices) {
        this.session = session;
        this.choices = choices;
    }

    @Override
    public Generation call() {
        Generation run = session.run();
        if (number != null) {
            return goOnWith(number);
        }
        Generation prompted = prompt == null ? run : run.branch(prompt);
        Generation branch = prompted.branch(this::changed);
        session.update(now -> now.branched(branch));
        return branch;
    }

    private Sampling changed(Sampling sampling) {
        Sampling changed = sampler == null ? sampling : sampling.sampler(choices.sampler(sampler));
        return guidance == null ? changed : changed.guidance(choices.guidance(guidance));
    }

    private Generation goOnWith(int number) {
        if (sampler != null || guidance != null || prompt != null) {
            throw new IllegalArgumentException(
                    "branch " + number
                            + " is there already and cannot be changed. Give a number alone, or options alone for a new branch.");
        }
        int branches = session.state().branches().size();
        if (number < 1 || number > branches) {
            throw new IllegalArgumentException("branch is " + number + ". Give 1 to " + branches + ".");
        }
        session.update(now -> now.branch(number - 1));
        return session.run();
    }
}
