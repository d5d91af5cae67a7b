package org.daguerre.notebook;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.daguerre.cli.Doctor;
import org.daguerre.cli.Finding;
import org.daguerre.cli.Names;
import org.daguerre.cli.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code %daguerre}: help, a diagnosis. */
@Command(name = "%daguerre", description = "Help, a diagnosis with the remedy in it, what is held, letting go.")
final class DaguerreMagic implements Callable<Object> {

    private static final List<String> TOPICS = List.of("help", "doctor");

    private static final String HELP = """
            Daguerre %s: image diffusion models, opened up

              %%daguerre doctor              what is wrong here, with the remedy

            Every magic explains itself with --help. Put texts with blanks into double quotes.""";

    private final KernelHost host;
    private final List<String> problems;

    @Parameters(paramLabel = "TOPIC", arity = "0..1", description = "one of: help, doctor")
    private String topic = "help";

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "shows this text")
    private boolean help;

    DaguerreMagic(KernelHost host, List<String> problems) {
        this.host = host;
        this.problems = problems;
    }

    @Override
    public MimeBundle call() {
        return MimeBundle.text(
                switch (Names.known("topic", topic, TOPICS)) {
                    case "doctor" -> doctor();
                    default -> HELP.formatted(Version.current());
                });
    }

    private String doctor() {
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.well("Daguerre " + Version.current() + " in " + host.name()));
        problems.forEach(problem -> findings.add(Finding.ill(
                "installed " + problem,
                "Restart the kernel; if it stays, the jars on its class path do not fit together.")));
        findings.addAll(Doctor.examine());
        return findings.stream().map(Finding::toString).collect(Collectors.joining("\n"));
    }
}
