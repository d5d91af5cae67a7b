package org.daguerre.backbone;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.Graphs;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackboneTest {

    @TempDir
    Path folder;

    /** A network that adds the mean of its prompt to the state. */
    private Backbone adding() {
        Path file = Graphs.graph()
                .input("sample", DataType.FLOAT, "batch", 1, 2, 2)
                .input("timestep", DataType.FLOAT)
                .input("encoder_hidden_states", DataType.FLOAT, "batch", 3, 2)
                .weights("inner", new long[] {1, 2}, 2)
                .weights("last", new long[] {3}, 1)
                .node("ReduceMean", List.of("encoder_hidden_states", "inner"), "mean")
                .node("Unsqueeze", List.of("mean", "last"), "push")
                .node("Add", List.of("sample", "push"), "out_sample")
                .output("out_sample", DataType.FLOAT, "batch", 1, 2, 2)
                .write(folder.resolve("unet").resolve("model.onnx"));
        return Backbone.load(file, Device.CPU, PredictionType.EPSILON);
    }

    @Test
    void everyAnswerIsOfItsBranchWhateverWasAskedBefore() {
        try (Backbone backbone = adding()) {
            ConditionalDenoiser denoiser = backbone.under(Map.of(
                    "cond", Conditioning.of(Tensor.filled(1, 1, 3, 2)),
                    "uncond", Conditioning.of(Tensor.filled(-2, 1, 3, 2))));
            Level level = NoiseSchedule.cosine(1000).at(500);
            for (List<String> branches : List.of(
                    List.of("uncond", "cond"),
                    List.of("cond", "uncond"),
                    List.of("cond"),
                    List.of("uncond"),
                    List.of("uncond", "cond", "uncond"))) {
                for (int pictures : new int[] {1, 2, 2, 1}) {
                    Tensor x = Noise.seed(pictures).draw(pictures, 1, 2, 2).tensor();
                    List<Prediction> answers = denoiser.predict(x, level, branches);
                    for (int i = 0; i < branches.size(); i++) {
                        double push = branches.get(i).equals("cond") ? 1 : -2;
                        assertEquals(x.map(v -> v + push), answers.get(i).raw(), branches + " of " + pictures);
                    }
                }
            }
        }
    }
}
