package org.daguerre.pipeline;

import java.nio.file.Path;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.ModelException;

/** A model folder in memory: a text-to-image model, an autoencoder alone, or encoders of text and picture. */
public sealed interface LoadedModel extends AutoCloseable permits Model, Autoencoder, Scorer {

    /**
     * Loads whatever the folder holds. Files are compared with SHA256SUMS where there is one, and components with each other.
     *
     * @throws ModelException if a file is missing, damaged or of another model, or the device is not there; nothing stays open
     */
    static LoadedModel load(Path path, Device device) {
        ModelFolder folder = ModelFolder.open(path);
        return switch (folder.kind()) {
            case TEXT_TO_IMAGE -> Model.load(folder, device);
            case AUTOENCODER -> Autoencoder.load(folder, device);
            case DUAL_ENCODER -> Scorer.load(folder, device);
        };
    }

    /** The folder's name, such as tray. */
    default String name() {
        return card().name();
    }

    /** What tells it from one retrained under its name: {@link ModelFolder#fingerprint()}. */
    String fingerprint();

    /** What is known of it. */
    ModelCard card();

    /** Size on disk of the networks in memory. */
    default long bytes() {
        return card().bytes();
    }

    boolean isClosed();

    /** Frees the native memory; afterwards it answers with an {@link IllegalStateException}. */
    @Override
    void close();

    /**
     * This, if it draws.
     *
     * @throws IllegalStateException if it does not, with what it is good for
     */
    Model toModel();
}
