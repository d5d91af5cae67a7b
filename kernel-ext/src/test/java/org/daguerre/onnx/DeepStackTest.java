package org.daguerre.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A long command line has ended a process in the native library's start-up without a message, by deep recursion on a small
 * stack, and the CI variable hides it.
 */
class DeepStackTest {

    /** Run in the child process: loads the graph given and asks it once. */
    public static void main(String[] args) {
        try (OnnxModel model = OnnxModel.load(Path.of(args[0]), Device.CPU)) {
            System.out.print(model.run(Map.of("x", Tensor.of(new float[] {1, 2}, 2)), "y")
                    .sum());
        }
    }

    @Test
    void modelRunsInAProcessWithALongCommandLineAndASmallStack(@TempDir Path folder) throws Exception {
        Path file = Graphs.graph()
                .input("x", DataType.FLOAT, 2)
                .node("Add", List.of("x", "x"), "y")
                .output("y", DataType.FLOAT, 2)
                .write(folder.resolve("m").resolve("model.onnx"));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-Xss512k", "-Djunk=" + "x".repeat(20_000)));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), DeepStackTest.class.getName()));
        command.add(file.toString());
        Path warnings = folder.resolve("warnings"); // newer JDKs have some to give about the libraries of others
        ProcessBuilder child = new ProcessBuilder(command).redirectError(warnings.toFile());
        child.environment().keySet().removeIf(name -> name.equals("CI") || name.startsWith("ORT_"));

        Process process = child.start();
        String output = new String(process.getInputStream().readAllBytes());

        assertEquals(0, process.waitFor(), output + Files.readString(warnings));
        assertEquals("6.0", output);
    }
}
