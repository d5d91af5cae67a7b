package org.daguerre.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.daguerre.attention.AttentionLayer.Kind;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.Graphs;
import org.daguerre.onnx.OnnxGraph;
import org.daguerre.onnx.OnnxModel;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Attention in which words and patches ask each other: three words, four patches, one head of one number. */
class JointAttentionTest {

    private static final int WORDS = 3, PATCHES = 4;

    @TempDir
    Path temp;

    /** Two blocks; in the second what were words has seen the patches. */
    private Path graph(Kind kind) {
        Graphs graph = Graphs.graph()
                .input("hidden_states", DataType.FLOAT, 1, 1, 2, 2)
                .input("encoder_hidden_states", DataType.FLOAT, 1, WORDS, 1)
                .weights("patches", new long[] {1, 1, PATCHES, 1}, 4)
                .weights("words", new long[] {1, 1, WORDS, 1}, 4)
                .weights("two", new float[] {2}, 1)
                .weights(
                        "parts",
                        kind == Kind.TOKENS_THEN_PIXELS ? new long[] {WORDS, PATCHES} : new long[] {PATCHES, WORDS},
                        2)
                .node("Reshape", List.of("hidden_states", "patches"), "state0")
                .node("Reshape", List.of("encoder_hidden_states", "words"), "text0");
        for (int block = 0; block < 2; block++) {
            String text = "text" + block, state = "state" + block, n = "blocks." + block + "/";
            List<String> both = kind == Kind.TOKENS_THEN_PIXELS ? List.of(text, state) : List.of(state, text);
            graph.node("Concat", both, n + "q", Graphs.whole("axis", 2))
                    .node("Concat", both, n + "k", Graphs.whole("axis", 2))
                    .node("Mul", List.of(n + "q", "two"), n + "scaled")
                    .node("Transpose", List.of(n + "k"), n + "kT", Graphs.ints("perm", 0, 1, 3, 2))
                    .node("MatMul", List.of(n + "scaled", n + "kT"), n + "scores")
                    .node("Softmax", List.of(n + "scores"), n + "softmax", Graphs.whole("axis", 3))
                    .node("MatMul", List.of(n + "softmax", n + "q"), n + "mixed");
            String next = "text" + (block + 1), nextState = "state" + (block + 1);
            graph.split(
                    n + "mixed",
                    "parts",
                    2,
                    kind == Kind.TOKENS_THEN_PIXELS ? List.of(next, nextState) : List.of(nextState, next));
        }
        return graph.output("state2", DataType.FLOAT, 1, 1, PATCHES, 1).write(temp.resolve("model.onnx"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CROSS")
    void everyBlockIsFoundWithTheOrderOfItsParts(Kind kind) {
        assertEquals(
                List.of(
                        new AttentionLayer("blocks.0", "blocks.0/softmax", kind),
                        new AttentionLayer("blocks.1", "blocks.1/softmax", kind)),
                AttentionLayer.find(OnnxGraph.read(graph(kind))));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CROSS")
    void mapIsWhatPatchesAskOfWords(Kind kind) {
        float[] state = {0.5f, -1, 2, 0.25f}, text = {1, 0, -0.5f};
        Map<String, Tensor> inputs = Map.of(
                "hidden_states", Tensor.of(state, 1, 1, 2, 2), "encoder_hidden_states", Tensor.of(text, 1, WORDS, 1));
        Path file = graph(kind);
        List<AttentionLayer> layers = AttentionLayer.find(OnnxGraph.read(file)).subList(0, 1);
        try (OnnxModel model = OnnxModel.load(file, Device.CPU, List.of("blocks.0/softmax"))) {
            Map<String, Tensor> outputs = model.run(inputs, List.of("blocks.0/softmax"));
            Tensor map = AttentionMaps.of(layers, outputs, WORDS).weights().get(layers.get(0));
            assertArrayEquals(new int[] {1, PATCHES, WORDS}, map.shape());
            for (int patch = 0; patch < PATCHES; patch++) {
                double all = 0;
                for (float key : new float[] {0.5f, -1, 2, 0.25f, 1, 0, -0.5f}) {
                    all += Math.exp(2 * state[patch] * key);
                }
                for (int word = 0; word < WORDS; word++) {
                    assertEquals(Math.exp(2 * state[patch] * text[word]) / all, map.get(0, patch, word), 1e-6);
                }
            }
        }
    }

    @Test
    void selfAttentionOfAJoinedStateIsNoAttentionToThePrompt() {
        Path file = Graphs.graph()
                .input("hidden_states", DataType.FLOAT, 1, 1, 2, 2)
                .input("encoder_hidden_states", DataType.FLOAT, 1, WORDS, 1)
                .node("Concat", List.of("hidden_states", "hidden_states"), "both", Graphs.whole("axis", 2))
                .node("Transpose", List.of("both"), "turned", Graphs.ints("perm", 0, 1, 3, 2))
                .node("MatMul", List.of("both", "turned"), "scores")
                .node("Softmax", List.of("scores"), "out", Graphs.whole("axis", 3))
                .output("out", DataType.FLOAT, 1, 1, 4, 4)
                .write(temp.resolve("model.onnx"));
        assertEquals(List.of(), AttentionLayer.find(OnnxGraph.read(file)));
    }
}
