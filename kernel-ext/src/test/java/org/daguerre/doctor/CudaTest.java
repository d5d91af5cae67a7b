package org.daguerre.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines made of files, as no GPU is needed to tell what is missing. */
class CudaTest {

    @TempDir
    Path root;

    private void driver() throws IOException {
        Path version = root.resolve("proc/driver/nvidia/version");
        Files.createDirectories(version.getParent());
        Files.writeString(
                version, "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build\n");
    }

    private Path libraries(String folder, String... names) throws IOException {
        Path place = Files.createDirectories(root.resolve(folder));
        for (String name : names) {
            Files.createFile(place.resolve(name));
        }
        return place;
    }

    @Test
    void machineWithoutADriverIsWell() throws IOException {
        assertEquals(Finding.well("no NVIDIA driver: models run on the CPU"), new Cuda(root, 0, List.of()).finding());
    }

    @Test
    void cpuBuildOnAMachineWithAGpuNamesTheOtherBuild() throws IOException {
        driver();
        Finding finding = new Cuda(root, 0, List.of()).finding();
        assertTrue(finding.well());
        assertTrue(finding.fact().startsWith("NVIDIA driver 570.86.15, and the CPU build"), finding.fact());
        assertTrue(finding.fact().contains("./daguerre lab --cuda"), finding.fact());
    }

    @Test
    void everyLibraryThatIsNowhereIsNamed() throws IOException {
        driver();
        libraries("usr/local/cuda-12.9/lib64", "libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12");
        Path own = libraries("opt/own", "libcurand.so.10", "libcufft.so.11");
        Finding lacking = new Cuda(root, 12, List.of(own)).finding();
        assertEquals("NVIDIA driver 570.86.15; not found: libcudnn.so.9", lacking.fact());
        libraries("usr/lib/x86_64-linux-gnu", "libcudnn.so.9");
        assertEquals(
                Finding.well("NVIDIA driver 570.86.15, CUDA 12 and cuDNN 9"),
                new Cuda(root, 12, List.of(own)).finding());
    }

    @Test
    void buildForCuda13WantsThatVersion() throws IOException {
        driver();
        libraries("usr/local/cuda-13.0/lib64", "libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13");
        Finding lacking = new Cuda(root, 13, List.of()).finding();
        assertEquals("NVIDIA driver 570.86.15; not found: libcudnn.so.9", lacking.fact());
        assertTrue(lacking.remedy().contains("cudnn9-cuda-13"), lacking.remedy());
        libraries("usr/lib/x86_64-linux-gnu", "libcudnn.so.9");
        assertTrue(new Cuda(root, 13, List.of()).finding().well());
        assertTrue(new Cuda(root, 12, List.of()).finding().fact().contains("not found: libcudart.so.12"));
    }
}
