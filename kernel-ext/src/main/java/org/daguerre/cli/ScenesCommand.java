package org.daguerre.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.daguerre.scene.SceneFiles;
import org.daguerre.scene.World;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code daguerre scenes --count N --world WORLD --seed S --out DIR}. */
@Command(
        name = "scenes",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Writes training scenes: pictures, masks, captions. Goes on where an earlier call was ended.")
final class ScenesCommand implements Callable<Integer> {

    @Option(
            names = "--count",
            required = true,
            paramLabel = "N",
            description = "the number of scenes, 1 or more, such as 100")
    private Integer count;

    @Option(names = "--world", paramLabel = "WORLD", description = "what is drawn: ${COMPLETION-CANDIDATES}")
    private World world = World.TRAYS;

    @Option(names = "--seed", paramLabel = "N", description = "the seed of the scenes, a whole number")
    private long seed;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "the folder to write to, such as scenes; other files in it stay")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (TerminalBar bar = new TerminalBar(spec.commandLine().getErr())) {
            new SceneFiles(world.series(seed), count, out)
                    .write(drawn -> bar.show("scene " + drawn + " of " + count, (double) drawn / count));
        }
        spec.commandLine().getOut().println(count + " scenes in " + out);
        return 0;
    }
}
