package org.daguerre.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daguerre.onnx.OnnxModel;

/**
 * What a machine has of what ONNX Runtime's CUDA build needs: the driver, and the libraries that its provider links to.
 *
 * @param root where the file system begins
 * @param build the version of CUDA that the build of ONNX Runtime is for, 12 or 13; 0 if it is the CPU's
 * @param searched the folders of LD_LIBRARY_PATH
 */
record Cuda(Path root, int build, List<Path> searched) {

    /**
     * As libonnxruntime_providers_cuda.so 1.28.0 names them, Microsoft's for CUDA 12 and Bytedeco's for CUDA 13; cuDNN is opened by
     * name in the first, and convolutions need it.
     */
    private static final Map<Integer, List<String>> LIBRARIES = Map.of(
            12,
            List.of(
                    "libcudart.so.12",
                    "libcublas.so.12",
                    "libcublasLt.so.12",
                    "libcurand.so.10",
                    "libcufft.so.11",
                    "libcudnn.so.9"),
            13,
            List.of("libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13", "libcudnn.so.9"));

    /** {@code ./daguerre lab --cuda 13} unpacks Bytedeco's build into a folder of this name. */
    private static final Path CUDA_13 = Path.of("cuda13");

    private static final Pattern DRIVER = Pattern.compile("\\b(\\d{3}\\.\\d+(?:\\.\\d+)?)\\b");

    static Cuda here() {
        String path = System.getenv().getOrDefault("LD_LIBRARY_PATH", "");
        List<Path> searched = Stream.of(path.split(":"))
                .filter(part -> !part.isBlank())
                .map(Path::of)
                .toList();
        return new Cuda(Path.of("/"), OnnxModel.hasCudaBuild() ? version() : 0, searched);
    }

    private static int version() {
        return Path.of(System.getProperty("onnxruntime.native.path", "")).endsWith(CUDA_13) ? 13 : 12;
    }

    /** A machine without a GPU is well; one whose GPU lies idle for want of a library is not. */
    Finding finding() throws IOException {
        Path version = root.resolve("proc/driver/nvidia/version");
        if (!Files.exists(version)) {
            return Finding.well("no NVIDIA driver: models run on the CPU"
                    + (build > 0 ? ", though this is the GPU build of ONNX Runtime" : ""));
        }
        Matcher number = DRIVER.matcher(Files.readString(version));
        String driver = "NVIDIA driver " + (number.find() ? number.group(1) : "of unknown version");
        if (build == 0) {
            return Finding.well(driver + ", and the CPU build of ONNX Runtime: models run on the CPU"
                    + " (./daguerre lab --cuda brings the GPU build)");
        }
        List<String> missing = new ArrayList<>();
        for (String library : LIBRARIES.get(build)) {
            if (!found(library)) {
                missing.add(library);
            }
        }
        return missing.isEmpty()
                ? Finding.well(driver + ", CUDA " + build + " and cuDNN 9")
                : Finding.ill(
                        driver + "; not found: " + String.join(", ", missing),
                        "Install CUDA " + build + " and cuDNN 9 (apt-get install "
                                + (build == 12
                                        ? "cuda-libraries-12-9 cudnn9-cuda-12"
                                        : "cuda-libraries-13-0 cudnn9-cuda-13")
                                + ", from NVIDIA's repository), or name their folder in LD_LIBRARY_PATH.");
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
