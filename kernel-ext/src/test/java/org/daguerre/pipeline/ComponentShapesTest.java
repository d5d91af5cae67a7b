package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.Graphs;
import org.daguerre.onnx.ModelException;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backbones and VAEs whose graphs fix what others leave open, or of which one is another model's. */
class ComponentShapesTest {

    private static final String PROMPT = "three red apples on a tray";

    @TempDir
    Path temp;

    private Path folder;

    /** A VAE that enlarges 4 latents by two into 3 channels, and a backbone that answers its state. */
    @BeforeEach
    void folder() throws IOException {
        folder = FolderCopy.of(Path.of("..", "models", "exact"), temp.resolve("model"));
        Files.delete(folder.resolve("SHA256SUMS"));
        unet("batch", 4, "height", "width");
        decoder(3, 2, 4, "batch", 4, "height", "width");
        encoder(8, "batch", 3, "height", "width");
    }

    private Path graph(String component) {
        return folder.resolve(component).resolve("model.onnx");
    }

    private static Graphs backbone(Object... axes) {
        return Graphs.graph()
                .input("sample", DataType.FLOAT, axes)
                .input("encoder_hidden_states", DataType.FLOAT, axes[0], 16, 16);
    }

    private void unet(Object... axes) {
        backbone(axes)
                .input("timestep", DataType.FLOAT)
                .node("Identity", List.of("sample"), "out_sample")
                .output("out_sample", DataType.FLOAT, axes)
                .write(graph("unet"));
    }

    private void decoder(int channels, int stride, int latents, Object... axes) {
        Graphs.graph()
                .input("latent_sample", DataType.FLOAT, axes)
                .weights("kernel", new float[latents * channels * stride * stride], latents, channels, stride, stride)
                .node(
                        "ConvTranspose",
                        List.of("latent_sample", "kernel"),
                        "sample",
                        Graphs.ints("strides", stride, stride))
                .output("sample", DataType.FLOAT, axes[0], channels, "h", "w")
                .write(graph("vae_decoder"));
    }

    private void encoder(int parameters, Object... axes) {
        int channels = (Integer) axes[1];
        Graphs.graph()
                .input("sample", DataType.FLOAT, axes)
                .weights("kernel", new float[parameters * channels * 4], parameters, channels, 2, 2)
                .node("Conv", List.of("sample", "kernel"), "latent_parameters", Graphs.ints("strides", 2, 2))
                .output("latent_parameters", DataType.FLOAT, axes[0], parameters, "h", "w")
                .write(graph("vae_encoder"));
    }

    private void assertRefused(String... parts) {
        ModelException error = assertThrows(
                ModelException.class, () -> Model.load(folder, Device.CPU).close());
        assertEquals(1, error.getMessage().lines().count(), error.getMessage());
        for (String part : parts) {
            assertTrue(error.getMessage().contains(part), error.getMessage());
        }
    }

    private List<Integer> pictureSize() {
        try (Model model = Model.load(folder, Device.CPU)) {
            return model.card().pictureSize();
        }
    }

    @Test
    void componentsThatGoTogetherLoad() {
        assertEquals(List.of(64, 64), pictureSize());
    }

    @Test
    void vaeOfOtherChannelsIsRefused() {
        decoder(3, 2, 16, "batch", 16, "height", "width");
        assertRefused(
                "vae_decoder/model.onnx", "latent_sample float [batch, 16, height, width]", "unet makes 4 on axis 1");
        decoder(4, 2, 4, "batch", 4, "height", "width");
        assertRefused("sample float [batch, 4, h, w]", "a picture has 3 channels");
    }

    @Test
    void encoderOfAnotherModelIsRefused() {
        encoder(32, "batch", 3, "height", "width");
        assertRefused("vae_encoder/model.onnx", "latent_parameters float [batch, 32, h, w]", "latents are 8 on axis 1");
        encoder(8, "batch", 1, "height", "width");
        assertRefused("sample float [batch, 1, height, width]", "vae_decoder makes 3 on axis 1");
    }

    @Test
    void vaeOfAnotherSizeIsRefused() {
        unet("batch", 4, 16, 16);
        decoder(3, 2, 4, "batch", 4, 8, 16);
        assertRefused("[batch, 4, 8, 16]", "unet makes 16 on axis 2");
    }

    @Test
    void sizeThatTheVaeFixesIsTheModels() {
        decoder(3, 2, 4, "batch", 4, 16, 24);
        assertEquals(List.of(32, 48), pictureSize());
        try (Model model = Model.load(folder, Device.CPU)) {
            Request request = model.prompt(PROMPT);
            var error = assertThrows(IllegalArgumentException.class, () -> request.size(64, 64));
            assertTrue(error.getMessage().contains("makes 32 x 48 only"), error.getMessage());
            assertEquals(48, request.steps(1).start().finish().picture().width());
        }
    }

    @Test
    void batchOfTwoIsRefusedWithBothThatWork() {
        unet(2, 4, "height", "width");
        assertRefused(
                "unet/model.onnx takes sample float [2, 4, height, width]", "a dynamic batch axis, or with batch 1");
        unet("batch", 4, "height", "width");
        decoder(3, 2, 4, 2, 4, "height", "width");
        assertRefused("vae_decoder/model.onnx", "Daguerre gives 1 on axis 0");
    }

    @Test
    void timestepOfTwoAxesIsRefused() {
        backbone("batch", 4, "height", "width")
                .input("timestep", DataType.FLOAT, "batch", 1)
                .node("Identity", List.of("sample"), "out_sample")
                .output("out_sample", DataType.FLOAT, "batch", 4, "height", "width")
                .write(graph("unet"));
        assertRefused("takes timestep float [batch, 1]. Export it with the timestep as a scalar");
    }

    @Test
    void backboneThatAnswersAnotherSizeIsRefused() {
        backbone("batch", 4, 16, 16)
                .input("timestep", DataType.FLOAT)
                .node(
                        "AveragePool",
                        List.of("sample"),
                        "out_sample",
                        Graphs.ints("kernel_shape", 2, 2),
                        Graphs.ints("strides", 2, 2))
                .output("out_sample", DataType.FLOAT, "batch", 4, 8, 8)
                .write(graph("unet"));
        assertRefused("answers out_sample float [batch, 4, 8, 8] to sample float [batch, 4, 16, 16]");
    }

    @Test
    void backboneForInpaintingIsSaidToBeOne() {
        backbone("batch", 9, 16, 16)
                .input("timestep", DataType.FLOAT)
                .weights("parts", new long[] {4, 5}, 2)
                .split("sample", "parts", 1, List.of("out_sample", "rest"))
                .output("out_sample", DataType.FLOAT, "batch", 4, 16, 16)
                .write(graph("unet"));
        assertRefused("as U-Nets for inpainting do, which are not supported");
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 33, 40})
    void moreLevelsThanAVaeHasAreRefused(int levels) throws IOException {
        Files.writeString(
                folder.resolve("vae_decoder").resolve("config.json"),
                "{\"block_out_channels\": [" + "4, ".repeat(levels - 1) + "4]}");
        assertRefused("has " + levels + " block_out_channels, and a VAE up to 8");
    }

    @Test
    void vaeThatDoesNotEnlargeIsRefused() {
        Graphs.graph()
                .input("latent_sample", DataType.FLOAT, "batch", 4, "height", "width")
                .weights("kernel", new float[3 * 4 * 4], 3, 4, 2, 2)
                .node("Conv", List.of("latent_sample", "kernel"), "sample", Graphs.ints("strides", 2, 2))
                .output("sample", DataType.FLOAT, "batch", 3, "h", "w")
                .write(graph("vae_decoder"));
        assertRefused("makes 4 x 4 pixels of 8 x 8 latents");
    }

    @Test
    void axisBeyondThirtyTwoBitsIsRefused() throws IOException {
        fix("unet", "sample", 2, 1L << 40);
        fix("unet", "out_sample", 2, 1L << 40);
        assertRefused("'sample' with an axis of 1099511627776");
    }

    @Test
    void stateBeyondTheLargestPictureIsRefused() {
        unet("batch", 4, 100_000, 100_000);
        assertRefused("makes 100000 x 100000 values");
    }

    private void fix(String component, String port, int axis, long length) throws IOException {
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(graph(component))).toBuilder();
        for (var ports : List.of(
                model.getGraphBuilder().getInputBuilderList(),
                model.getGraphBuilder().getOutputBuilderList())) {
            for (ValueInfoProto.Builder one : ports) {
                if (one.getName().equals(port)) {
                    one.getTypeBuilder()
                            .getTensorTypeBuilder()
                            .getShapeBuilder()
                            .setDim(axis, Dimension.newBuilder().setDimValue(length));
                }
            }
        }
        Files.write(graph(component), model.build().toByteArray());
    }

    private Tensor drawn() {
        try (Model model = Model.load(folder, Device.CPU)) {
            return model.prompt(PROMPT)
                    .negative("a blue cube")
                    .guidance(3)
                    .steps(3)
                    .start()
                    .finish()
                    .pixels();
        }
    }

    /** As optimum exports without dynamic axes. */
    @Test
    void guidanceAsksAGraphOfBatchOneBranchByBranch() throws IOException {
        folder = FolderCopy.of(Path.of("..", "models", "tray"), temp.resolve("static"));
        Files.delete(folder.resolve("SHA256SUMS"));
        Tensor open = drawn();
        for (String port : List.of("sample", "encoder_hidden_states", "out_sample")) {
            fix("unet", port, 0, 1);
        }
        fix("text_encoder", "input_ids", 0, 1);
        fix("vae_decoder", "latent_sample", 0, 1);
        Tensor fixed = drawn();
        assertTrue(fixed.minus(open).map(Math::abs).max() < 1e-4, "not the same picture");
    }
}
