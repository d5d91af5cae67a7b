package org.daguerre.argument;

import org.daguerre.onnx.Device;
import org.daguerre.pipeline.Autoencoder;
import org.daguerre.pipeline.Daguerre;
import org.daguerre.pipeline.LoadedModel;
import org.daguerre.pipeline.Model;
import picocli.CommandLine.Option;

/** Where a model is to run, and which one it is. */
public final class ModelOptions {

    @Option(names = "--device", paramLabel = "DEVICE", description = "where to run: auto, cpu, cuda or cuda:n")
    private String device = "auto";

    /** The text-to-image model of a name or folder, loaded. */
    public Model model(String nameOrFolder) {
        return Daguerre.model(nameOrFolder, Device.of(device));
    }

    /** The autoencoder of a name or folder, loaded. */
    public Autoencoder autoencoder(String nameOrFolder) {
        return Daguerre.autoencoder(nameOrFolder, Device.of(device));
    }

    /** Whatever the folder holds, loaded. */
    public LoadedModel load(String nameOrFolder) {
        return Daguerre.load(nameOrFolder, Device.of(device));
    }
}
