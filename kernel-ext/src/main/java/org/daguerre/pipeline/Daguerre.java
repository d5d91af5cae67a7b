package org.daguerre.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.BiFunction;
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

    private record Slot(Path folder, Device device, Class<?> kind) {}

    private static final String BUILD = "/META-INF/maven/org.daguerre/daguerre-kernel-ext/pom.properties";

    private static final Map<Slot, LoadedModel> LOADED = new LinkedHashMap<>();

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
     * A text-to-image model by its name or folder. A model that is loaded already is handed out again, until it is closed.
     *
     * @throws ModelException if there is no such model or it cannot be used; loaded models stay as they are
     */
    public static Model model(String nameOrFolder, Device device) {
        return kept(nameOrFolder, device, Model.class, Model::load);
    }

    /** {@link #autoencoder(String, Device)} on CUDA where it works, otherwise on the CPU. */
    public static Autoencoder autoencoder(String nameOrFolder) {
        return autoencoder(nameOrFolder, Device.AUTO);
    }

    /**
     * The autoencoder of a model, alone. One that is loaded already is handed out again, until it is closed.
     *
     * @throws ModelException if there is no such model, it has no autoencoder or cannot be used; loaded models stay as they are
     */
    public static Autoencoder autoencoder(String nameOrFolder, Device device) {
        return kept(nameOrFolder, device, Autoencoder.class, Autoencoder::load);
    }

    /** {@link #scorer(String, Device)} on CUDA where it works, otherwise on the CPU. */
    public static Scorer scorer(String nameOrFolder) {
        return scorer(nameOrFolder, Device.AUTO);
    }

    /**
     * A pair of encoders of text and picture. One that is loaded already is handed out again, until it is closed.
     *
     * @throws ModelException if there is no such model, it is no such pair or cannot be used; loaded models stay as they are
     */
    public static Scorer scorer(String nameOrFolder, Device device) {
        return kept(nameOrFolder, device, Scorer.class, Scorer::load);
    }

    /** Whatever a model's folder holds: a {@link Model}, an {@link Autoencoder} or a {@link Scorer}. */
    public static LoadedModel load(String nameOrFolder, Device device) {
        return switch (ModelsFolder.find(nameOrFolder).kind()) {
            case TEXT_TO_IMAGE -> model(nameOrFolder, device);
            case AUTOENCODER -> autoencoder(nameOrFolder, device);
            case DUAL_ENCODER -> scorer(nameOrFolder, device);
        };
    }

    private static synchronized <T extends LoadedModel> T kept(
            String nameOrFolder, Device device, Class<T> kind, BiFunction<ModelFolder, Device, T> load) {
        ModelFolder folder = ModelsFolder.find(nameOrFolder);
        Slot slot = new Slot(folder.path(), device, kind);
        T loaded = kind.cast(LOADED.get(slot));
        if (loaded == null || loaded.isClosed()) {
            loaded = load.apply(folder, device);
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
    public static synchronized List<LoadedModel> loaded() {
        return LOADED.values().stream().filter(model -> !model.isClosed()).toList();
    }

    /** Closes all models and frees their memory. */
    public static synchronized void release() {
        LOADED.values().forEach(LoadedModel::close);
        LOADED.clear();
    }
}
