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
    void itsFilesAreThoseOfItsSumsAndItSamples(String name) {
        try (Model model = Model.load(MODELS.resolve(name), Device.CPU)) {
            assertTrue(model.card().verified());
            Generation run = model.prompt("a red ball").steps(3).start();
            run.finish();
            Picture picture = run.picture();
            assertEquals(model.shape()[2] * model.scale(), picture.height());
            assertTrue(run.run().x().isFinite() && run.run().x().std() > 0.01);
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
