package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.daguerre.image.Picture;
import org.daguerre.onnx.Device;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every model in the repository owes, whatever it is for. */
class ShippedModelsTest {

    private static final Path MODELS = Path.of("..", "models");

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
            List<Integer> size = loaded.card().pictureSize();
            Picture grey = Picture.of(Tensor.zeros(1, 3, size.get(0), size.get(1)));
            if (loaded instanceof Autoencoder autoencoder) {
                assertTrue(autoencoder.roundTrip(grey).psnr() > 20, "a grey picture stays grey");
            } else if (loaded instanceof Scorer scorer) {
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

    @ParameterizedTest
    @MethodSource("shipped")
    void itsCardSaysLicenceAndOfATrainedModelItsDataMeasuresAndWeaknesses(String name) throws IOException {
        String card = Files.readString(MODELS.resolve(name).resolve("README.md"));
        List<String> trained = List.of("## Data and training", "## Measured", "## Weaknesses");
        assertTrue(card.contains("license: apache-2.0"));
        for (String part : name.startsWith("tray") ? trained : List.<String>of()) {
            assertTrue(card.contains(part), name + "'s card has no " + part);
        }
        String sums = Files.readString(MODELS.resolve(name).resolve("SHA256SUMS"));
        assertTrue(sums.contains("README.md"), "the card of " + name + " is not among its sums");
    }
}
