package org.daguerre.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.ModelException;

/**
 * The way in:
 *
 * <pre>{@code
 * Daguerre.model("tray").prompt("three red apples on a tray").steps(30).seed(7).start().finish()
 * }</pre>
 */
public final class Daguerre {

    private record Slot(Path folder, Device device) {}

    private static final String BUILD = "/META-INF/maven/org.daguerre/daguerre-kernel-ext/pom.properties";

    private static final Map<Slot, Model> LOADED = new LinkedHashMap<>();

    private Daguerre() {}

    /** The version that the jar was built as; classes that have not been packed have none. */
    public static String version() {
        Properties build = new Properties();
        try (InputStream in = Daguerre.class.getResourceAsStream(BUILD)) {
            if (in != null) {
                build.load(in);
            }
            return build.getProperty("version", "unpacked");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folders of the models that can be loaded by name, unread: one that is damaged keeps nobody from the others. */
    public static List<Path> models() {
        return ModelsFolder.paths();
    }

    /** One line for every model that can be named: its title, size and licence, or what is wrong with it. */
    public static List<String> listing() {
        return ModelsFolder.lines();
    }

    /** {@link #model(String, Device)} on CUDA where it works, otherwise on the CPU. */
    public static Model model(String nameOrFolder) {
        return model(nameOrFolder, Device.AUTO);
    }

    /**
     * A model by its name or folder. A model that is loaded already is handed out again, until it is closed.
     *
     * @throws ModelException if there is no such model or it cannot be used; loaded models stay as they are
     */
    public static synchronized Model model(String nameOrFolder, Device device) {
        ModelFolder folder = ModelsFolder.find(nameOrFolder);
        Slot slot = new Slot(folder.path(), device);
        Model loaded = LOADED.get(slot);
        if (loaded == null || loaded.isClosed()) {
            loaded = Model.load(folder, device);
            LOADED.put(slot, loaded);
        }
        return loaded;
    }

    /**
     * Writes a model into a folder that needs no other: components that it shares are copied in. Python's optimum loads it too,
     * if it is of Stable Diffusion's kind.
     *
     * @param folder new or empty; it appears when it is whole
     * @throws ModelException if there is no such model or a file of it is missing or changed
     * @throws IllegalArgumentException if something is in the folder
     */
    public static void export(String nameOrFolder, Path folder) throws IOException {
        SelfContained.write(ModelsFolder.find(nameOrFolder), folder);
    }

    /** The models in memory. */
    public static synchronized List<Model> loaded() {
        return LOADED.values().stream().filter(model -> !model.isClosed()).toList();
    }

    /** Closes all models and frees their memory. */
    public static synchronized void release() {
        LOADED.values().forEach(Model::close);
        LOADED.clear();
    }
}
