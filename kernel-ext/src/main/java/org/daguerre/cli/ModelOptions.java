package org.daguerre.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.daguerre.onnx.Device;
import org.daguerre.pipeline.Daguerre;
import org.daguerre.pipeline.Model;
import org.daguerre.pipeline.ModelFolder;
import picocli.CommandLine.Option;

/** Where a model is to run, and which one it is. */
public final class ModelOptions {

    @Option(names = "--device", paramLabel = "DEVICE", description = "where to run: auto, cpu, cuda or cuda:n")
    private String device = "auto";

    /** The model of a name or folder, loaded; a name that is a slip away from a known one is answered by that. */
    public Model load(String nameOrFolder) {
        List<String> names = Daguerre.models().stream().map(ModelFolder::name).toList();
        if (!names.contains(nameOrFolder) && !isPath(nameOrFolder)) {
            Names.nearest(nameOrFolder, names).ifPresent(near -> {
                Names.known("model", nameOrFolder, names);
            });
        }
        return Daguerre.model(nameOrFolder, Device.of(device));
    }

    private static boolean isPath(String text) {
        try {
            return Path.of(text).getNameCount() > 1 || Files.exists(Path.of(text));
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
