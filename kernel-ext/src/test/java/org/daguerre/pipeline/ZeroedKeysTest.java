package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.daguerre.attention.AttentionLayer;
import org.daguerre.attention.AttentionMaps;
import org.daguerre.attention.ZeroedKeys;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.ModelException;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a cross-attention shows is made by its keys. */
class ZeroedKeysTest {

    private static final Path TRAY = Path.of("..", "models", "tray");
    private static final int TOKENS = 16;

    @TempDir
    Path temp;

    private static AttentionMaps maps(Model model) {
        Tensor x = Noise.seed(1).draw(model.shape()).tensor();
        Level level = model.scheduler().schedule().at(500);
        return model.attention(x, level, model.conditioning("three red apples"));
    }

    @Test
    void layerAttendsToAllTokensAlikeAndThoseBeforeItAsTrained() throws IOException {
        try (Model trained = Model.load(TRAY, Device.CPU)) {
            List<AttentionLayer> layers = trained.attentionLayers();
            AttentionLayer first = layers.get(0), middle = layers.get(2);
            try (Model zeroed = trained.withZeroedKeys(middle, temp.resolve("zeroed"))) {
                AttentionMaps before = maps(trained), after = maps(zeroed);
                Tensor alike = after.weights().get(middle);
                assertArrayEquals(before.weights().get(middle).shape(), alike.shape());
                assertEquals(1.0 / TOKENS, alike.min(), 1e-6);
                assertEquals(1.0 / TOKENS, alike.max(), 1e-6);
                assertTrue(before.weights().get(middle).std() > 0.01, "it had looked at something");
                assertEquals(before.weights().get(first), after.weights().get(first));
                assertTrue(ModelFolder.open(TRAY).verify(), "the model's own files stay as they are");
            }
        }
    }

    @Test
    void attentionWithoutKeyWeightsOfItsOwnIsRefused() {
        Path graph = TRAY.resolve("unet").resolve("model.onnx");
        AttentionLayer joint = new AttentionLayer(
                "mid_block", "mid_block/attentions.0/attn2/softmax", AttentionLayer.Kind.TOKENS_THEN_PIXELS);
        AttentionLayer none = new AttentionLayer("nowhere", "nowhere/softmax", AttentionLayer.Kind.CROSS);
        for (AttentionLayer layer : List.of(joint, none)) {
            String message = assertThrows(
                            ModelException.class, () -> ZeroedKeys.write(graph, layer, temp.resolve("model.onnx")))
                    .getMessage();
            assertTrue(message.startsWith("no stored weights make the keys of " + layer), message);
        }
    }
}
