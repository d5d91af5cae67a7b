package org.daguerre.argument;

import org.daguerre.onnx.CudaSettings;
import org.daguerre.onnx.Device;
import org.daguerre.pipeline.Autoencoder;
import org.daguerre.pipeline.Daguerre;
import org.daguerre.pipeline.LoadedModel;
import org.daguerre.pipeline.Model;
import picocli.CommandLine.Option;

/** Where a model is to run, and which one it is. */
public final class ModelOptions {

    private static final int MOST_GIGABYTES = 1000;

    @Option(names = "--device", paramLabel = "DEVICE", description = "where to run: auto, cpu, cuda or cuda:n")
    private String device = "auto";

    @Option(
            names = "--gpu-memory",
            paramLabel = "GB",
            description = "the most of a GPU's memory that each network may take, such as 6.5 (default: all)")
    private Double gpuMemory;

    @Option(
            names = "--tf32",
            description = "faster on CUDA, and less like the CPU: float32 rounded to 10 bits of fraction")
    private boolean tf32;

    /** The text-to-image model of a name or folder, loaded. */
    public Model model(String nameOrFolder) {
        return Daguerre.model(nameOrFolder, device());
    }

    /** Where to run. */
    public Device device() {
        if (gpuMemory != null && !(gpuMemory > 0 && gpuMemory <= MOST_GIGABYTES)) {
            throw new IllegalArgumentException(
                    "--gpu-memory is " + gpuMemory + ". Give gigabytes, above 0 to " + MOST_GIGABYTES + ".");
        }
        long limit = gpuMemory == null ? 0 : (long) (gpuMemory * 1e9);
        return Device.of(device).cuda(new CudaSettings(limit, tf32));
    }

    /** The autoencoder of a name or folder, loaded. */
    public Autoencoder autoencoder(String nameOrFolder) {
        return Daguerre.autoencoder(nameOrFolder, device());
    }

    /** Whatever the folder holds, loaded. */
    public LoadedModel load(String nameOrFolder) {
        return Daguerre.load(nameOrFolder, device());
    }
}
