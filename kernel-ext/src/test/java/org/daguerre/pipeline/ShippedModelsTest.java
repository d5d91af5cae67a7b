package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.daguerre.image.Picture;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.OnnxModel;
import org.daguerre.onnx.Port;
import org.daguerre.path.Safetensors;
import org.daguerre.scene.Raster;
import org.daguerre.scene.SceneSeries;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.daguerre.vae.Vae;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every model in the repository owes, whatever it is for. */
class ShippedModelsTest {

    private static final Path MODELS = Path.of("..", "models");
    private static final int CORNER = 32; // of a decoded picture, as much as is kept

    static List<String> shipped() throws IOException {
        try (Stream<Path> folders = Files.list(MODELS)) {
            return folders.filter(folder -> Files.exists(folder.resolve("model_index.json")))
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void itsFilesAreThoseOfItsSumsAndItDoesWhatItIsFor(String name) {
        try (LoadedModel loaded = LoadedModel.load(MODELS.resolve(name), Device.CPU)) {
            assertTrue(loaded.card().verified());
            if (loaded instanceof Autoencoder autoencoder) {
                Raster scene = new SceneSeries(1).at(0).picture();
                Picture tray = Picture.of(scene.width(), scene.height(), scene.pixels());
                assertTrue(autoencoder.roundTrip(tray).psnr() > 20, "a tray stays a tray");
            } else if (loaded instanceof Scorer scorer) {
                List<Integer> size = scorer.card().pictureSize();
                Picture grey = Picture.of(Tensor.zeros(1, 3, size.get(0), size.get(1)));
                assertTrue(Math.abs(scorer.score(grey, "a red ball")) <= 1);
            } else {
                samples(loaded.toModel());
            }
        }
    }

    private static void samples(Model model) {
        Generation run = model.prompt("a red ball").steps(3).start().finish();
        assertEquals(model.shape()[2] * model.scale(), run.picture().height());
        assertTrue(run.run().x().isFinite() && run.run().x().std() > 0.01);
        if (!model.attentionLayers().isEmpty()) {
            Tensor map = run.attention().word("ball");
            assertEquals(run.picture().height(), map.shape()[0]);
            assertTrue(map.min() >= 0 && map.max() <= 1 && map.std() > 0, "a map of " + map.min() + " to " + map.max());
        }
    }

    /** Half-precision weights against the float32 of torch, largest difference over largest value. */
    private static final double HALF_PRECISION = 2e-3;

    static List<String> checked() throws IOException {
        return shipped().stream()
                .filter(name -> Files.exists(MODELS.resolve(name).resolve("check.safetensors")))
                .toList();
    }

    @Test
    void trainedModelsTellWhatTheirNetworksAnsweredBeforeTheyWereExported() throws IOException {
        assertTrue(
                checked().containsAll(List.of("tray", "tray-weak", "tray-flow", "tray-dit", "tray-boxes", "clip")),
                checked().toString());
    }

    @ParameterizedTest
    @MethodSource("checked")
    void itsGraphsAnswerWhatTheTrainedNetworkAnswered(String name) {
        Safetensors check = Safetensors.read(MODELS.resolve(name).resolve("check.safetensors"));
        Noise noise = Noise.seed(Long.parseLong(check.metadata().get("seed")));
        try (LoadedModel loaded = LoadedModel.load(MODELS.resolve(name), Device.CPU)) {
            check.tensors().forEach((answer, trained) -> {
                Tensor ours = answer(loaded, noise, answer, check.metadata());
                double error = largest(ours.minus(trained)) / largest(trained);
                assertTrue(error < HALF_PRECISION, answer + " is off by " + error);
            });
            if (loaded instanceof Model model) {
                Tensor other = denoiser(model, noise, Map.of("prompt", "a pink coin", "timestep", "500", "boxes", ""));
                Tensor trained = check.tensors().get("denoiser");
                assertTrue(
                        largest(other.minus(trained)) / largest(trained) > 5 * HALF_PRECISION,
                        "another prompt is answered otherwise");
            }
        }
    }

    private static Tensor answer(LoadedModel loaded, Noise noise, String answer, Map<String, String> question) {
        return switch (answer) {
            case "denoiser" -> denoiser(loaded.toModel(), noise, question);
            case "latent_parameters", "sample" -> {
                Vae vae = loaded instanceof Model model ? model.vae().orElseThrow() : ((Autoencoder) loaded).vae();
                yield answer.equals("sample")
                        ? corner(run(vae.decoder(), noise, "latent_sample", answer))
                        : run(vae.encoder(), noise, "sample", answer);
            }
            case "text_embeds" -> ((Scorer) loaded).embed(question.get("prompt"));
            case "image_embeds" -> run(((Scorer) loaded).imageEncoder(), noise, "pixel_values", answer);
            default -> throw new AssertionError("nothing here answers " + answer);
        };
    }

    private static Tensor denoiser(Model model, Noise noise, Map<String, String> question) {
        boolean placed =
                model.card().components().stream().anyMatch(part -> part.name().equals("position_net"));
        List<Box> boxes = placed && !question.get("boxes").isEmpty()
                ? Stream.of(question.get("boxes").split(";")).map(Box::parse).toList()
                : List.of();
        Level level = model.scheduler().schedule().at(Double.parseDouble(question.get("timestep")));
        String output = model.backbone().output();
        return model.backbone()
                .outputs(
                        noise.draw(model.shape()).tensor(),
                        level,
                        model.prompt(question.get("prompt")).boxes(boxes).conditioning(),
                        List.of(output))
                .get(output);
    }

    /** A graph's answer to noise; of pictures, which are -1..1, clamped. */
    private static Tensor run(OnnxModel graph, Noise noise, String input, String output) {
        Port port = graph.input(input, 4);
        Tensor drawn = noise.draw(1, port.axis(1), port.axis(2), port.axis(3)).tensor();
        return graph.run(Map.of(input, input.equals("latent_sample") ? drawn : drawn.clamp(-1, 1)), output);
    }

    private static Tensor corner(Tensor picture) {
        float[] values = new float[3 * CORNER * CORNER];
        for (int i = 0; i < values.length; i++) {
            values[i] = picture.get(0, i / CORNER / CORNER, i / CORNER % CORNER, i % CORNER);
        }
        return Tensor.wrap(values, 1, 3, CORNER, CORNER);
    }

    private static double largest(Tensor tensor) {
        return Math.max(tensor.max(), -tensor.min());
    }

    @Test
    void fingerprintIsThatOfTheModelAndNotOfItsCard(@TempDir Path temp) throws IOException {
        Path folder = FolderCopy.of(MODELS.resolve("exact"), temp.resolve("exact"));
        Path sums = folder.resolve("SHA256SUMS");
        String before = ModelFolder.open(folder).fingerprint();
        String written = Files.readString(sums);
        Files.writeString(sums, written.replaceFirst("(?m)^.{64}(  README.md)$", "0".repeat(64) + "$1"));
        assertNotEquals(written, Files.readString(sums));
        assertEquals(before, ModelFolder.open(folder).fingerprint());
        Files.writeString(sums, written.replaceFirst("(?m)^.{64}(  unet/model.onnx)$", "0".repeat(64) + "$1"));
        assertNotEquals(before, ModelFolder.open(folder).fingerprint());
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void itsCardSaysLicenceAndOfATrainedModelItsDataMeasuresAndWeaknesses(String name) throws IOException {
        String card = Files.readString(MODELS.resolve(name).resolve("README.md"));
        List<String> trained = List.of("## Data and training", "## Measured", "## Weaknesses");
        assertTrue(card.contains("license: apache-2.0"));
        for (String part : name.startsWith("tray") ? trained : List.<String>of()) {
            assertTrue(card.contains(part), name + "'s card has no " + part);
        }
        Path sheet = MODELS.resolve(name).resolve("evaluation").resolve("sheet.png");
        if (Files.exists(sheet)) {
            assertTrue(Files.size(sheet) < 70_000, "the sheet of " + name + " is small");
            assertTrue(card.contains("](evaluation/sheet.png)"), "the card of " + name + " shows its sheet");
        }
        String sums = Files.readString(MODELS.resolve(name).resolve("SHA256SUMS"));
        assertTrue(sums.contains("README.md"), "the card of " + name + " is not among its sums");
    }
}
