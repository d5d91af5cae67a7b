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

    /** A network that attends to its prompt's tokens by their own first value and adds what it finds to the state. */
    private Backbone attending() {
        Path file = Graphs.graph()
                .input("sample", DataType.FLOAT, "batch", 1, 2, 2)
                .input("timestep", DataType.FLOAT)
                .input("encoder_hidden_states", DataType.FLOAT, "batch", "tokens", 1)
                .weights("tokens", new long[] {1}, 1)
                .weights("one", new long[] {1}, 1)
                .node("Softmax", List.of("encoder_hidden_states"), "weights", Graphs.whole("axis", 1))
                .node("Mul", List.of("weights", "encoder_hidden_states"), "parts")
                .node("ReduceSum", List.of("parts", "tokens"), "found")
                .node("Unsqueeze", List.of("found", "one"), "push")
                .node("Add", List.of("sample", "push"), "out_sample")
                .output("out_sample", DataType.FLOAT, "batch", 1, 2, 2)
                .write(folder.resolve("unet").resolve("model.onnx"));
        return Backbone.load(file, Device.CPU, PredictionType.EPSILON);
    }

    @Test
    void promptsOfDifferentLengthInOneBatchAreEachAnsweredAsAlone() {
        try (Backbone backbone = attending()) {
            Tensor x = Noise.seed(1).draw(1, 1, 2, 2).tensor();
            Level level = NoiseSchedule.cosine(1000).at(500);
            ConditionalDenoiser denoiser = backbone.under(Map.of(
                    "cond",
                    Conditioning.of(Tensor.of(new float[] {1, 2, 3}, 1, 3, 1)),
                    "uncond",
                    Conditioning.of(Tensor.of(new float[] {-1, 1}, 1, 2, 1))));
            List<Prediction> both = denoiser.predict(x, level, List.of("uncond", "cond"));
            for (int i = 0; i < 2; i++) {
                Tensor alone = denoiser.predict(x, level, List.of(i == 0 ? "uncond" : "cond"))
                        .get(0)
                        .raw();
                assertEquals(0, both.get(i).raw().minus(alone).norm(), 1e-6);
            }
            assertEquals(true, both.get(0).raw().minus(both.get(1).raw()).norm() > 1);
        }
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

    /** Flux's inputs: a state in patches, places, a timestep in 0..1 and the guidance scale. */
    private Backbone patched(String op, String other) {
        Path file = Graphs.graph()
                .input("hidden_states", DataType.FLOAT, "batch", "patches", 4)
                .input("encoder_hidden_states", DataType.FLOAT, "batch", "tokens", 2)
                .input("timestep", DataType.FLOAT, "batch")
                .input("img_ids", DataType.FLOAT, "patches", 3)
                .input("txt_ids", DataType.FLOAT, "tokens", 3)
                .input("guidance", DataType.FLOAT, "batch")
                .weights("last", new long[] {1}, 1)
                .weights("ends", new long[] {1, 2}, 2)
                .weights("rows", new long[] {1, -1, 1}, 3)
                .node("ReduceSum", List.of("img_ids", "last"), "places")
                .node("Reshape", List.of("places", "rows"), "place")
                .node("Unsqueeze", List.of("timestep", "ends"), "t")
                .node("Unsqueeze", List.of("guidance", "ends"), "w")
                .node(op, List.of("hidden_states", other), "out_hidden_states")
                .output("out_hidden_states", DataType.FLOAT, "batch", "patches", 4)
                .write(folder.resolve("transformer").resolve("model.onnx"));
        return Backbone.load(file, Device.CPU, PredictionType.FLOW_PREDICTION);
    }

    private Tensor answer(Backbone backbone, Tensor x, double t, double guidanceScale) {
        try (backbone) {
            Conditioning prompt = Conditioning.of(Tensor.zeros(1, 3, 2));
            ConditionalDenoiser denoiser = backbone.under(Map.of("cond", prompt));
            return denoiser.distilledAt(guidanceScale)
                    .orElseThrow()
                    .predict(x, Level.flow(t, t / 1000), "cond")
                    .raw();
        }
    }

    @Test
    void patchesCarryTheirRowAndColumnAndComeBackInPlace() {
        Tensor x = Noise.seed(1).draw(2, 1, 4, 6).tensor();
        Tensor raw = answer(patched("Add", "place"), x, 500, 1);
        for (int row = 0; row < 4; row++) {
            for (int column = 0; column < 6; column++) {
                float place = row / 2 + column / 2;
                assertEquals(x.get(1, 0, row, column) + place, raw.get(1, 0, row, column), row + ", " + column);
            }
        }
    }

    @Test
    void patchesAreToldTheTimestepOverAThousandAndTheGuidanceScale() {
        Tensor x = Tensor.zeros(1, 1, 2, 2);
        assertEquals(Tensor.filled(0.25, 1, 1, 2, 2), answer(patched("Add", "t"), x, 250, 1));
        assertEquals(Tensor.filled(3.5, 1, 1, 2, 2), answer(patched("Add", "w"), x, 250, 3.5));
    }

    /** The numbers are of diffusers' get_guidance_scale_embedding(torch.tensor([6.5]), 8). */
    @Test
    void latentConsistencyModelsAreToldSinesAndCosinesOfTheGuidance() {
        Path file = Graphs.graph()
                .input("sample", DataType.FLOAT, "batch", 8, 1, 1)
                .input("timestep", DataType.INT64, "batch")
                .input("encoder_hidden_states", DataType.FLOAT, "batch", 3, 2)
                .input("timestep_cond", DataType.FLOAT, "batch", 8)
                .weights("ends", new long[] {2, 3}, 2)
                .node("Unsqueeze", List.of("timestep_cond", "ends"), "embedding")
                .node("Add", List.of("sample", "embedding"), "out_sample")
                .output("out_sample", DataType.FLOAT, "batch", 8, 1, 1)
                .write(folder.resolve("unet").resolve("model.onnx"));
        Tensor raw =
                answer(Backbone.load(file, Device.CPU, PredictionType.EPSILON), Tensor.zeros(1, 8, 1, 1), 500, 7.5);
        float[] expected = {
            -0.04478473961353302f,
            0.11018915474414825f,
            0.9911232590675354f,
            0.6051863431930542f,
            -0.9989966750144958f,
            0.9939106106758118f,
            0.13294602930545807f,
            0.7960838675498962f
        };
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], raw.get(0, i, 0, 0), 1e-6f, "value " + i);
        }
    }
}
