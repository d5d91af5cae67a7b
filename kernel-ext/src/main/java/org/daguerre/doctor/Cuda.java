package org.daguerre.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daguerre.onnx.OnnxModel;

/**
 * What a machine has of what ONNX Runtime's CUDA 12 build needs: the driver, and the libraries that its provider links to.
 *
 * @param root where the file system begins
 * @param gpuBuild whether the build of ONNX Runtime has CUDA
 * @param searched the folders of LD_LIBRARY_PATH
 */
record Cuda(Path root, boolean gpuBuild, List<Path> searched) {

    /** As libonnxruntime_providers_cuda.so 1.28.0 names them; cuDNN is opened by name, and convolutions need it. */
    private static final List<String> LIBRARIES = List.of(
            "libcudart.so.12",
            "libcublas.so.12",
            "libcublasLt.so.12",
            "libcurand.so.10",
            "libcufft.so.11",
            "libcudnn.so.9");

    private static final Pattern DRIVER = Pattern.compile("\\b(\\d{3}\\.\\d+(?:\\.\\d+)?)\\b");

    static Cuda here() {
        String path = System.getenv().getOrDefault("LD_LIBRARY_PATH", "");
        List<Path> searched = Stream.of(path.split(":"))
                .filter(part -> !part.isBlank())
                .map(Path::of)
                .toList();
        return new Cuda(Path.of("/"), OnnxModel.hasCudaBuild(), searched);
    }

    /** A machine without a GPU is well; one whose GPU lies idle for want of a library is not. */
    Finding finding() throws IOException {
        Path version = root.resolve("proc/driver/nvidia/version");
        if (!Files.exists(version)) {
            return Finding.well("no NVIDIA driver: models run on the CPU"
                    + (gpuBuild ? ", though this is the GPU build of ONNX Runtime" : ""));
        }
        Matcher number = DRIVER.matcher(Files.readString(version));
        String driver = "NVIDIA driver " + (number.find() ? number.group(1) : "of unknown version");
        if (!gpuBuild) {
            return Finding.well(driver + ", and the CPU build of ONNX Runtime: models run on the CPU"
                    + " (mvn -P cuda package -DskipTests builds with CUDA 12, 742 MB)");
        }
        List<String> missing = new ArrayList<>();
        for (String library : LIBRARIES) {
            if (!found(library)) {
                missing.add(library);
            }
        }
        return missing.isEmpty()
                ? Finding.well(driver + ", CUDA 12 and cuDNN 9")
                : Finding.ill(
                        driver + "; not found: " + String.join(", ", missing),
                        "Install CUDA 12 and cuDNN 9 (apt-get install cuda-libraries-12-9 cudnn9-cuda-12, from NVIDIA's"
                                + " repository), or name their folder in LD_LIBRARY_PATH.");
    }

    private boolean found(String library) throws IOException {
        List<Path> folders = new ArrayList<>(searched);
        folders.add(root.resolve("usr/lib/x86_64-linux-gnu"));
        folders.add(root.resolve("usr/lib64"));
        Path local = root.resolve("usr/local");
        if (Files.isDirectory(local)) {
            try (Stream<Path> installed = Files.list(local)) {
                installed
                        .filter(folder -> folder.getFileName().toString().startsWith("cuda"))
                        .forEach(folder -> folders.add(folder.resolve("lib64")));
            }
        }
        return folders.stream().anyMatch(folder -> Files.exists(folder.resolve(library)));
    }
}
