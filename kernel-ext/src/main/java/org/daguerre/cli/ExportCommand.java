package org.daguerre.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.daguerre.pipeline.Daguerre;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code daguerre export NAME DIR}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Writes a model into a folder of its own, with all that it shares with others,"
                + " which Python's optimum loads as well.")
final class ExportCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "MODEL", description = "a model's name or its folder")
    private String model;

    @Parameters(index = "1", paramLabel = "DIR", description = "the folder to write, new or empty")
    private Path folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Daguerre.export(model, folder);
        spec.commandLine().getOut().println(folder);
        return 0;
    }
}
