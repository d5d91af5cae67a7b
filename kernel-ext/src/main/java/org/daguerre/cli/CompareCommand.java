package org.daguerre.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.daguerre.argument.ComparisonOptions;
import org.daguerre.image.Theme;
import org.daguerre.pipeline.Daguerre;
import org.daguerre.pipeline.Prints;
import org.daguerre.plot.ConvergencePlot;
import org.daguerre.run.Comparison;
import org.daguerre.table.ComparisonTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code daguerre compare PROMPT}. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Makes a picture for every combination of the values given, lays them out on one sheet and prints a table of"
                    + " calls, times and distances from the reference solution.",
            "Values are parted by commas: --sampler ddim,heun --steps 5,10,20 --seed 1..3. The model is tray unless named."
        })
final class CompareCommand implements Callable<Integer> {

    @Parameters(paramLabel = "PROMPT", description = "what to show, in quotes")
    private String prompt;

    @Mixin
    private ComparisonOptions options;

    @Option(names = "--out", paramLabel = "FILE", description = "the PNG of the sheet")
    private Path out = Path.of("comparison.png");

    @Option(names = "--convergence", paramLabel = "FILE", description = "a PNG of distance over calls")
    private Path convergence;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        requireFolder("--out", out);
        if (convergence != null) {
            requireFolder("--convergence", convergence);
        }
        Comparison comparison;
        try (TerminalBar bar = new TerminalBar(spec.commandLine().getErr())) {
            bar.say("preparing the runs");
            comparison = options.start(prompt, Daguerre::model, () -> Daguerre.model("tray"));
            comparison
                    .observe(progress -> bar.show(comparison.label(progress.run()), comparison.fraction()))
                    .finish();
        }
        var print = spec.commandLine().getOut();
        print.println(Prints.comparison(comparison).picture().save(out));
        if (convergence != null) {
            print.println(ConvergencePlot.of(comparison, Theme.LIGHT).save(convergence));
        }
        print.println(ComparisonTable.text(comparison));
        return 0;
    }

    private static void requireFolder(String option, Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || !Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    Files.isDirectory(file)
                            ? option + " is the folder " + file + ". Give a file, such as comparison.png."
                            : option + " names the folder " + folder + ", which is not there. Make it first.");
        }
    }
}
