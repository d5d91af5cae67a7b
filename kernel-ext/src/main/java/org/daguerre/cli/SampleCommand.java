package org.daguerre.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.daguerre.argument.ImageOptions;
import org.daguerre.argument.ModelOptions;
import org.daguerre.argument.SamplingOptions;
import org.daguerre.image.ContactSheet;
import org.daguerre.image.Picture;
import org.daguerre.name.Names;
import org.daguerre.pipeline.Generation;
import org.daguerre.pipeline.Prints;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code daguerre sample PROMPT}. */
@Command(
        name = "sample",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Makes pictures from a prompt.")
final class SampleCommand implements Callable<Integer> {

    private static final int MOST_FRAMES = 64;

    @Parameters(paramLabel = "PROMPT", description = "what to show, in quotes")
    private String prompt;

    @Option(names = "--model", paramLabel = "NAME", description = "a model's name or its folder")
    private String model = "tray";

    @Mixin
    private ModelOptions where;

    @Mixin
    private SamplingOptions options;

    @Mixin
    private ImageOptions from;

    @Option(names = "--out", paramLabel = "FILE", description = "the PNG to write; of several, -1, -2, ... is added")
    private Path out = Path.of("picture.png");

    @Option(
            names = "--contact-sheet",
            description = "writes one sheet: of one picture its path, step by step; of several all of them")
    private boolean contactSheet;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (Files.isDirectory(out)) {
            throw new IllegalArgumentException(
                    "--out is " + Names.quoted(out.toString()) + ", a folder. Give a file, such as picture.png.");
        }
        Path folder = out.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    "--out names the folder " + folder + ", which is not there. Make it first.");
        }
        Generation generation;
        try (TerminalBar bar = new TerminalBar(spec.commandLine().getErr())) {
            bar.say("loading model " + model);
            generation =
                    from.apply(options.apply(where.model(model).prompt(prompt))).start();
            generation.observe(
                    progress -> bar.show("step " + progress.step() + " of " + progress.steps(), generation.fraction()));
            generation.finish();
        }
        save(generation).forEach(file -> spec.commandLine().getOut().println(file));
        spec.commandLine().getOut().println(Prints.facts(generation));
        return 0;
    }

    private List<Path> save(Generation generation) {
        List<Picture> pictures = contactSheet ? List.of(sheet(generation).picture()) : generation.pictures();
        return IntStream.range(0, pictures.size())
                .mapToObj(i -> pictures.get(i).save(pictures.size() == 1 ? out : numbered(i + 1)))
                .toList();
    }

    private static ContactSheet sheet(Generation generation) {
        return generation.count() == 1 ? Prints.path(generation, 0, MOST_FRAMES) : Prints.pictures(generation);
    }

    private Path numbered(int number) {
        String name = out.getFileName().toString();
        int dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length();
        return out.resolveSibling(name.substring(0, dot) + "-" + number + name.substring(dot));
    }
}
