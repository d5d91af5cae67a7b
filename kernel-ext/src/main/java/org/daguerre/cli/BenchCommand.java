package org.daguerre.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.daguerre.argument.ModelOptions;
import org.daguerre.pipeline.Benchmark;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code daguerre bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Measures a model on this machine: loading, sampling over a bare loop, memory.")
final class BenchCommand implements Callable<Integer> {

    @Option(names = "--model", paramLabel = "NAME", description = "a model's name or its folder")
    private String model = "tray";

    @Mixin
    private ModelOptions where;

    @Option(names = "--rounds", paramLabel = "N", description = "the number of measured rounds, 1 or more")
    private int rounds = 10;

    @Option(names = "--reloads", paramLabel = "N", description = "the number of times to load it again, 0 or more")
    private int reloads = 150;

    @Option(
            names = "--python",
            paramLabel = "COMMAND",
            description = "a Python with onnxruntime and numpy to compare with, such as .venv/bin/python")
    private String python;

    @Option(names = "--out", paramLabel = "FILE", description = "a Markdown file for the tables")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (out != null && !Files.isDirectory(out.toAbsolutePath().getParent())) {
            throw new IllegalArgumentException("--out names the folder "
                    + out.toAbsolutePath().getParent() + ", which is not there. Make it first.");
        }
        int[] done = {0};
        String tables;
        try (TerminalBar bar = new TerminalBar(spec.commandLine().getErr())) {
            double stages = rounds + reloads + 5.0;
            tables = Benchmark.of(
                            model,
                            where.device(),
                            rounds,
                            reloads,
                            Optional.ofNullable(python),
                            stage -> bar.show(stage, Math.min(1, done[0]++ / stages)))
                    .markdown();
        }
        if (out != null) {
            Files.writeString(out, tables);
        }
        spec.commandLine().getOut().print(tables);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
