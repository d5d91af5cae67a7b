package org.daguerre.evaluation;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.daguerre.attention.AttentionLayer;
import org.daguerre.pipeline.Generation;
import org.daguerre.pipeline.Model;
import org.daguerre.pipeline.Request;
import org.daguerre.scene.Experiment;
import org.daguerre.scene.Prompt;
import org.daguerre.scene.Verdict;

/** A model beside itself with the keys of one cross-attention at zero. */
final class Ablation implements AutoCloseable {

    /** The IoU of one layer's maps with the objects, in the model as it was trained, and with that layer's keys at zero. */
    static final String AS_TRAINED = "the layer's IoU, as trained", ZEROED = "the layer's IoU, keys at zero";

    private static final String ALL_LAYERS = "IoU, all layers";

    private final Request settings;
    private final Map<String, Model> zeroed = new LinkedHashMap<>();
    private Path folder;
    private Generation trained;

    Ablation(Request settings) {
        this.settings = settings;
        if (settings.model().attentionLayers().isEmpty()) {
            throw new IllegalArgumentException("--study keys sets the keys of attention to zero, and model '"
                    + settings.model().name() + "' shows none. Give a model that reads its prompt by cross-attention.");
        }
    }

    /** The cross-attentions, from the first to the last. */
    List<String> layers() {
        return settings.model().attentionLayers().stream()
                .map(AttentionLayer::name)
                .toList();
    }

    Experiment.Observed trained(Prompt prompt) {
        Generation run = run(prompt);
        return observed(prompt, run, Map.of());
    }

    Experiment.Observed zeroed(String layer, Prompt prompt) {
        Generation asTrained = run(prompt);
        Generation run = request(settings.model(zeroed(layer)), prompt).start().finish();
        Map<String, Double> ofLayer = new LinkedHashMap<>();
        ofLayer.put(AS_TRAINED, WordMaps.iou(asTrained.attention().layer(layer), prompt, judged(prompt, asTrained)));
        ofLayer.put(ZEROED, WordMaps.iou(run.attention().layer(layer), prompt, judged(prompt, run)));
        return observed(prompt, run, ofLayer);
    }

    private static Experiment.Observed observed(Prompt prompt, Generation run, Map<String, Double> ofLayer) {
        Verdict verdict = judged(prompt, run);
        Map<String, Double> values = new LinkedHashMap<>(ofLayer);
        values.put(ALL_LAYERS, WordMaps.iou(run.attention(), prompt, verdict));
        values.values()
                .removeIf(value -> Double.isNaN(value)); // nothing of what was asked for is there to be looked at
        return new Experiment.Observed(Map.of("all right", Study.rate(verdict.right())), values);
    }

    private static Verdict judged(Prompt prompt, Generation run) {
        return Study.judge(Study.raster(run.picture()), prompt.claim());
    }

    private static Request request(Request settings, Prompt prompt) {
        return settings.prompt(prompt.caption().text()).seed(prompt.seed());
    }

    /** The picture as the trained model makes it, kept for all layers. */
    private Generation run(Prompt prompt) {
        Request asked = request(settings, prompt);
        if (trained == null || !trained.request().equals(asked)) {
            trained = asked.start().finish();
        }
        return trained;
    }

    private Model zeroed(String name) {
        return zeroed.computeIfAbsent(name, missing -> {
            AttentionLayer layer = settings.model().attentionLayers().stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            try {
                folder = folder == null ? Files.createTempDirectory("daguerre-keys") : folder;
                return settings.model().withZeroedKeys(layer, folder.resolve(Integer.toString(zeroed.size())));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public void close() {
        zeroed.values().forEach(Model::close);
        if (folder == null) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
