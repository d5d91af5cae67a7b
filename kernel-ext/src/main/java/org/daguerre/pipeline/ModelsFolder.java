package org.daguerre.pipeline;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.daguerre.name.Names;
import org.daguerre.onnx.ModelException;

/** Where models are looked up by name. */
final class ModelsFolder {

    private ModelsFolder() {}

    /**
     * The system property daguerre.models, else the environment's DAGUERRE_MODELS, else the models/ folder of the checkout
     * that the program belongs to or was started in.
     */
    private static List<Path> folders() {
        String set = System.getProperty("daguerre.models", System.getenv("DAGUERRE_MODELS"));
        if (set != null && !set.isBlank()) {
            return List.of(Path.of(set));
        }
        List<Path> folders = new ArrayList<>();
        for (Path start : List.of(program(), Path.of("").toAbsolutePath())) {
            for (Path at = start; at != null; at = at.getParent()) {
                folders.add(at.resolve("models"));
            }
        }
        return folders;
    }

    private static Path program() {
        try {
            return Path.of(ModelsFolder.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One line for every model, by name; a damaged one has its fault there. */
    static List<String> lines() {
        return paths().stream().map(ModelsFolder::line).toList();
    }

    private static String line(Path path) {
        try {
            return ModelFolder.open(path).toString();
        } catch (ModelException e) {
            return path.getFileName() + ": damaged: " + e.getMessage();
        }
    }

    /** The folders of all models that can be named, by name. */
    static List<Path> paths() {
        return folders().stream()
                .map(ModelsFolder::within)
                .filter(models -> !models.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    private static List<Path> within(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> Files.isRegularFile(entry.resolve(ModelFolder.INDEX)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ModelException(
                    "the models folder '" + folder.getFileName() + "' cannot be read. Check its permissions.", e);
        }
    }

    /** The model of a name, or else of a folder. */
    static ModelFolder find(String nameOrFolder) {
        List<Path> models = paths();
        for (Path model : models) {
            if (model.getFileName().toString().equals(nameOrFolder)) {
                return ModelFolder.open(model);
            }
        }
        try {
            Path path = nameOrFolder.startsWith("~/")
                    ? Path.of(System.getProperty("user.home"), nameOrFolder.substring(2))
                    : Path.of(nameOrFolder);
            if (!nameOrFolder.isBlank() && (Files.exists(path) || path.getNameCount() > 1)) {
                return ModelFolder.open(path);
            }
        } catch (InvalidPathException e) {
            // No path on this system, so at most a misspelt name.
        }
        List<String> names =
                models.stream().map(model -> model.getFileName().toString()).toList();
        String list =
                names.isEmpty() ? "none was found; set DAGUERRE_MODELS to their folder" : String.join(", ", names);
        throw new ModelException(
                Names.unknown("model", nameOrFolder, names) + "Give a name (" + list + ") or the folder of a model.");
    }
}
