package org.daguerre.vae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.nio.file.Path;
import java.util.List;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.Graphs;
import org.daguerre.onnx.ModelException;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A VAE that can be worked out by hand: one latent channel, the red channel; the log-variance is the blue one, the picture grey. */
class VaeTest {

    private static final double SCALING = 0.5;
    private static final double SHIFT = 3;

    @TempDir
    Path folder;

    private Path encoder() {
        return Graphs.graph()
                .input("sample", DataType.FLOAT, "b", 3, "h", "w")
                .weights("moments", new long[] {0, 2}, 2)
                .node("Gather", List.of("sample", "moments"), "latent_parameters", Graphs.whole("axis", 1))
                .output("latent_parameters", DataType.FLOAT, "b", 2, "h", "w")
                .write(folder.resolve("vae_encoder").resolve("model.onnx"));
    }

    private Path decoder() {
        return Graphs.graph()
                .input("latent_sample", DataType.FLOAT, "b", 1, "h", "w")
                .node(
                        "Concat",
                        List.of("latent_sample", "latent_sample", "latent_sample"),
                        "sample",
                        Graphs.whole("axis", 1))
                .output("sample", DataType.FLOAT, "b", 3, "h", "w")
                .write(folder.resolve("vae_decoder").resolve("model.onnx"));
    }

    private Vae vae() {
        return Vae.load(decoder(), encoder(), Device.CPU, SCALING, SHIFT);
    }

    /** Two pictures of 1 x 2 pixels: red 1 2 and 5 6, blue 100 and more. */
    private static Tensor pictures() {
        return Tensor.of(
                new float[] {
                    1, 2, -7, -8, 100, 101,
                    5, 6, -9, -10, 102, 103
                },
                2,
                3,
                1,
                2);
    }

    @Test
    void encodingTakesTheMeanOfEveryPictureThenShiftsThenScales() {
        try (Vae vae = vae()) {
            Tensor latents = vae.encode(pictures());

            assertArrayEquals(new int[] {2, 1, 1, 2}, latents.shape());
            assertArrayEquals(new float[] {-1, -0.5f, 1, 1.5f}, latents.toArray());
        }
    }

    @Test
    void decodingScalesBackThenShiftsBack() {
        try (Vae vae = vae()) {
            Tensor picture = vae.decode(Tensor.of(new float[] {-1, 1.5f}, 1, 1, 1, 2));

            assertArrayEquals(new int[] {1, 3, 1, 2}, picture.shape());
            assertArrayEquals(new float[] {1, 6, 1, 6, 1, 6}, picture.toArray());
        }
    }

    @Test
    void decodingUndoesEncoding() {
        try (Vae vae = vae()) {
            Tensor grey = Tensor.of(new float[] {0.25f, -1, 0.25f, -1, 0.25f, -1}, 1, 3, 1, 2);

            assertEquals(grey, vae.decode(vae.encode(grey)));
        }
    }

    @Test
    void withoutAnEncoderDecodingWorksAndEncodingSaysWhatIsMissing() {
        try (Vae vae = Vae.load(decoder(), null, Device.CPU, SCALING, SHIFT)) {
            assertEquals(Tensor.filled(3, 1, 3, 1, 2), vae.decode(Tensor.zeros(1, 1, 1, 2)));
            var error = assertThrows(IllegalStateException.class, () -> vae.encode(pictures()));
            assertTrue(error.getMessage().contains("vae_encoder"), error.getMessage());
        }
    }

    @Test
    void swappedHalvesAreRefusedAtLoading() {
        Path encoder = encoder();
        Path decoder = decoder();
        for (Runnable load : List.<Runnable>of(
                () -> Vae.load(encoder, decoder, Device.CPU, SCALING, SHIFT),
                () -> Vae.load(decoder, decoder, Device.CPU, SCALING, SHIFT))) {
            assertThrows(ModelException.class, load::run);
        }
    }
}
