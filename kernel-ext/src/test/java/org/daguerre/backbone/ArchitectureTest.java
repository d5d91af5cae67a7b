package org.daguerre.backbone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.daguerre.attention.AttentionLayer;
import org.daguerre.backbone.Architecture.Block;
import org.daguerre.backbone.Architecture.Kind;
import org.daguerre.backbone.Architecture.Skip;
import org.daguerre.onnx.Graphs;
import org.daguerre.onnx.OnnxGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** U-Nets found in the graphs of the tray model and of diffusers' class by both of torch's exporters. */
class ArchitectureTest {

    private static final Path TRAY = Path.of("..", "models", "tray", "unet", "model.onnx");

    @TempDir
    Path folder;

    private Path exported(String name) throws IOException {
        Path file = folder.resolve("unet").resolve(name + ".onnx");
        Files.createDirectories(file.getParent());
        try (InputStream in =
                new GZIPInputStream(ArchitectureTest.class.getResourceAsStream("/unet/" + name + ".onnx.gz"))) {
            Files.write(file, in.readAllBytes());
        }
        return file;
    }

    private static List<String> names(Architecture architecture) {
        return architecture.blocks().stream().map(Block::name).toList();
    }

    @Test
    void trayIsTheUNetThatItsRecipeWrites() {
        OnnxGraph graph = OnnxGraph.read(TRAY);
        Architecture tray = Architecture.of(graph);
        assertEquals(
                List.of(
                        "conv_in",
                        "down_blocks.0.resnets.0",
                        "down_blocks.0.attentions.0",
                        "downsampler",
                        "down_blocks.1.resnets.0",
                        "down_blocks.1.attentions.0",
                        "mid_block.resnets.0",
                        "mid_block.attentions.0",
                        "mid_block.resnets.1",
                        "up_blocks.0.resnets.0",
                        "up_blocks.0.attentions.0",
                        "up_blocks.0.resnets.1",
                        "up_blocks.0.attentions.1",
                        "upsampler",
                        "up_blocks.1.resnets.0",
                        "up_blocks.1.attentions.0",
                        "up_blocks.1.resnets.1",
                        "up_blocks.1.attentions.1",
                        "conv_out"),
                names(tray));
        assertEquals(List.of(new Skip(5, 9), new Skip(3, 11), new Skip(2, 14), new Skip(0, 16)), tray.skips());
        assertEquals(List.of(1, 2), tray.reductions());
        assertEquals(2, tray.timestepEmbedding().layers());
        assertEquals(256, tray.timestepEmbedding().width());
        assertEquals(
                64 * 256 + 256 + 256 * 256 + 256 + 32 + 2,
                tray.timestepEmbedding().parameters(),
                "two layers, frequencies, the shape of a column");
        assertEquals(graph.parameters(), tray.parameters(), "every stored number is in one block");
        Block resnet = tray.blocks().get(11);
        assertEquals(192, resnet.channelsIn());
        assertEquals(128, resnet.channels());
        Block attention = tray.blocks().get(2);
        assertEquals(0, attention.selfAttentions(), "self-attention at 8 x 8 only");
        assertEquals(1, attention.crossAttentions());
        assertEquals(1, tray.blocks().get(5).selfAttentions());
        assertFalse(attention.timestep());
    }

    @ParameterizedTest
    @ValueSource(strings = {"diffusers-script", "diffusers-dynamo"})
    void diffusersClassIsFoundWhicheverExporterWroteIt(String name) throws IOException {
        Architecture unet = Architecture.of(OnnxGraph.read(exported(name)));
        assertEquals(
                List.of(
                        "conv_in",
                        "down_blocks.0.resnets.0",
                        "down_blocks.0.attentions.0",
                        "down_blocks.0.downsamplers.0.conv",
                        "down_blocks.1.resnets.0",
                        "down_blocks.1.attentions.0",
                        "down_blocks.1.downsamplers.0.conv",
                        "down_blocks.2.resnets.0",
                        "mid_block.resnets.0",
                        "mid_block.attentions.0",
                        "mid_block.resnets.1",
                        "up_blocks.0.resnets.0",
                        "up_blocks.0.resnets.1",
                        "up_blocks.0.upsamplers.0",
                        "up_blocks.1.resnets.0",
                        "up_blocks.1.attentions.0",
                        "up_blocks.1.resnets.1",
                        "up_blocks.1.attentions.1",
                        "up_blocks.1.upsamplers.0",
                        "up_blocks.2.resnets.0",
                        "up_blocks.2.attentions.0",
                        "up_blocks.2.resnets.1",
                        "up_blocks.2.attentions.1",
                        "conv_out"),
                names(unet).stream()
                        .map(n -> n.replace("upsamplers.0.conv", "upsamplers.0"))
                        .toList());
        assertEquals(
                List.of(
                        new Skip(7, 11),
                        new Skip(6, 12),
                        new Skip(5, 14),
                        new Skip(3, 16),
                        new Skip(2, 19),
                        new Skip(0, 21)),
                unet.skips());
        assertEquals(List.of(1, 2, 4), unet.reductions());
        assertEquals(16, unet.timestepEmbedding().width());
        for (Block block : unet.blocks()) {
            boolean resnet = block.name().contains("resnets");
            assertEquals(resnet, block.timestep(), block.name());
            assertEquals(resnet, block.kind() == Kind.RESIDUAL, block.name());
            assertEquals(block.name().contains("attentions") ? 1 : 0, block.crossAttentions(), block.name());
            assertEquals(block.crossAttentions(), block.selfAttentions(), block.name());
        }
        assertEquals(
                List.of(0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0),
                unet.blocks().stream().map(Block::level).toList());
        assertEquals(8 + 4, unet.blocks().get(19).channelsIn(), "of the level below and of the skip");
    }

    @Test
    void crossAttentionOfAnExportWhoseKeysFollowTheBatchIsFound() throws IOException {
        List<String> layers = AttentionLayer.find(OnnxGraph.read(exported("diffusers-script"))).stream()
                .map(AttentionLayer::name)
                .toList();
        assertEquals(
                List.of(
                        "down_blocks.0/attentions.0",
                        "down_blocks.1/attentions.0",
                        "mid_block/attentions.0",
                        "up_blocks.1/attentions.0",
                        "up_blocks.1/attentions.1",
                        "up_blocks.2/attentions.0",
                        "up_blocks.2/attentions.1"),
                layers);
    }

    @Test
    void structureIsFoundWithoutAnyName() throws IOException {
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(exported("diffusers-script"))).toBuilder();
        for (NodeProto.Builder node : model.getGraphBuilder().getNodeBuilderList()) {
            node.clearName();
        }
        model.getGraphBuilder().getInitializerBuilderList().forEach(weight -> {
            String name = weight.getName();
            String plain = "w" + Integer.toHexString(name.hashCode());
            weight.setName(plain);
            for (NodeProto.Builder node : model.getGraphBuilder().getNodeBuilderList()) {
                for (int i = 0; i < node.getInputCount(); i++) {
                    if (node.getInput(i).equals(name)) {
                        node.setInput(i, plain);
                    }
                }
            }
        });
        Path nameless =
                Files.write(folder.resolve("nameless.onnx"), model.build().toByteArray());
        Architecture named =
                Architecture.of(OnnxGraph.read(folder.resolve("unet").resolve("diffusers-script.onnx")));
        Architecture unnamed = Architecture.of(OnnxGraph.read(nameless));
        assertEquals(named.skips(), unnamed.skips());
        assertEquals(
                IntStream.range(0, named.blocks().size())
                        .mapToObj(i -> renamed(named.blocks().get(i), "block " + (i + 1)))
                        .toList(),
                unnamed.blocks());
    }

    private static Block renamed(Block block, String name) {
        return new Block(
                name,
                block.kind(),
                block.level(),
                block.channelsIn(),
                block.channels(),
                block.timestep(),
                block.selfAttentions(),
                block.crossAttentions(),
                block.parameters());
    }

    @Test
    void pooledNetWithoutTimestepOrPromptIsAUNetToo() {
        float[] kernel = new float[4 * 4];
        Architecture unet = Architecture.of(OnnxGraph.read(Graphs.graph()
                .input("sample", DataType.FLOAT, 1, 4, 8, 8)
                .weights("k", kernel, 4, 4, 1, 1)
                .weights("k8", new float[4 * 8], 4, 8, 1, 1)
                .node("Conv", List.of("sample", "k"), "in")
                .node(
                        "AveragePool",
                        List.of("in"),
                        "pooled",
                        Graphs.ints("kernel_shape", 4, 4),
                        Graphs.ints("strides", 4, 4))
                .node("Conv", List.of("pooled", "k"), "middle")
                .node("Resize", List.of("middle", "", "scales"), "up")
                .weights("scales", new float[] {1, 1, 4, 4}, 4)
                .node("Concat", List.of("in", "up"), "joined", Graphs.whole("axis", 1))
                .node("Conv", List.of("joined", "k8"), "out_sample")
                .output("out_sample", DataType.FLOAT, 1, 4, 8, 8)
                .write(folder.resolve("m").resolve("model.onnx"))));
        assertEquals(
                List.of(Kind.CONVOLUTION, Kind.DOWNSAMPLE, Kind.CONVOLUTION, Kind.UPSAMPLE, Kind.CONVOLUTION),
                unet.blocks().stream().map(Block::kind).toList());
        assertEquals(List.of(new Skip(0, 4)), unet.skips());
        assertEquals(List.of(1, 4), unet.reductions());
        assertEquals(
                List.of(4, 4, 4, 4, 8),
                unet.blocks().stream().map(Block::channelsIn).toList());
        assertEquals(0, unet.timestepEmbedding().layers());
    }

    @Test
    void graphWithoutSkipsIsRefused() {
        OnnxGraph exact = OnnxGraph.read(Path.of("..", "models", "exact", "unet", "model.onnx"));
        var error = assertThrows(IllegalArgumentException.class, () -> Architecture.of(exact));
        assertTrue(error.getMessage().contains("no U-Net"), error.getMessage());
    }

    @Test
    void listHasALineABlockWithItsSkips() {
        List<String> lines =
                Architecture.of(OnnxGraph.read(TRAY)).toString().lines().toList();
        assertEquals(20, lines.size());
        assertTrue(lines.get(0).startsWith("U-Net: levels 2, blocks 19, skips 4, 3.35 M parameters"), lines.get(0));
        assertTrue(
                lines.get(12).matches(" 11 up_blocks.0.resnets.1 .* 192 -> 128 .*timestep, skip from 3"),
                lines.get(12));
    }

    /** All that a state came through in one concatenation. */
    private OnnxGraph chain(int length) {
        Graphs graph = Graphs.graph()
                .input("sample", DataType.FLOAT, "b", 1, "h", "w")
                .input("timestep", DataType.FLOAT)
                .input("encoder_hidden_states", DataType.FLOAT, "b", "n", 4)
                .node("Neg", List.of("sample"), "v0");
        List<String> all = new ArrayList<>(List.of("v0"));
        for (int i = 1; i < length; i++) {
            graph.node("Neg", List.of("v" + (i - 1)), "v" + i);
            all.add("v" + i);
        }
        Path file = graph.node("Concat", all, "out_sample", Graphs.whole("axis", 1))
                .output("out_sample", DataType.FLOAT, "b", length, "h", "w")
                .write(folder.resolve("unet").resolve("model.onnx"));
        return OnnxGraph.read(file);
    }

    @Test
    @Timeout(20)
    void skipsWithoutBlocksAreSaidToBeNoUnetHoweverMany() {
        for (int length : new int[] {2, 12_000}) {
            OnnxGraph graph = chain(length);
            var error = assertThrows(IllegalArgumentException.class, () -> Architecture.of(graph));
            assertTrue(error.getMessage().contains("neither convolutions nor attention"), error.getMessage());
        }
    }
}
