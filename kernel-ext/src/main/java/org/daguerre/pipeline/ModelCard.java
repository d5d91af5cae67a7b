package org.daguerre.pipeline;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.daguerre.onnx.OnnxModel;
import org.daguerre.onnx.Port;
import org.daguerre.onnx.Provider;

/**
 * What is known of a loaded model.
 *
 * @param name the folder's name
 * @param title one line from its README.md
 * @param licence as its README.md states it
 * @param provider what it runs on and why
 * @param verified true if model_index.json and every file of every component are as SHA256SUMS says
 * @param scheduler the class in scheduler_config.json
 * @param predictionType what the network predicts
 * @param schedule the noise schedule
 * @param pictureSize height and width of a picture in pixels
 * @param components the networks
 * @param notes sentences about what has no effect here or cannot be shown
 */
public record ModelCard(
        String name,
        String title,
        String licence,
        Provider provider,
        boolean verified,
        String scheduler,
        String predictionType,
        String schedule,
        List<Integer> pictureSize,
        List<Component> components,
        List<String> notes) {

    /**
     * One network.
     *
     * @param name its folder
     * @param inputs what it takes
     * @param outputs what it gives
     * @param parameters stored numbers
     * @param bytes size on disk
     */
    public record Component(String name, List<Port> inputs, List<Port> outputs, long parameters, long bytes) {

        static Component of(String name, ModelFolder folder, OnnxModel model) {
            List<Port> outputs =
                    model.graph().outputs().stream().map(model.outputs()::get).toList();
            return new Component(
                    name,
                    List.copyOf(model.inputs().values()),
                    outputs,
                    model.graph().parameters(),
                    folder.bytes(name));
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-13s %.2f M parameters, %.1f MB: %s -> %s",
                    name,
                    parameters / 1e6,
                    bytes / 1e6,
                    inputs.stream().map(Port::toString).collect(Collectors.joining(", ")),
                    outputs.stream().map(Port::toString).collect(Collectors.joining(", ")));
        }
    }

    public ModelCard {
        pictureSize = List.copyOf(pictureSize);
        components = List.copyOf(components);
        notes = List.copyOf(notes);
    }

    /** Stored numbers of all networks. */
    public long parameters() {
        return components.stream().mapToLong(Component::parameters).sum();
    }

    /** Size of all networks on disk. */
    public long bytes() {
        return components.stream().mapToLong(Component::bytes).sum();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s: %s%n%d x %d pixels, %.2f M parameters, %.1f MB, licence %s%nruns on %s%nfiles %s%n%s, predicts %s, %s%n",
                name,
                title,
                pictureSize.get(0),
                pictureSize.get(1),
                parameters() / 1e6,
                bytes() / 1e6,
                licence,
                provider,
                verified ? "match SHA256SUMS" : "not verified: there is no SHA256SUMS",
                scheduler,
                predictionType,
                schedule));
        components.forEach(component -> text.append("  ").append(component).append('\n'));
        notes.forEach(note -> text.append(note).append('\n'));
        return text.toString().stripTrailing();
    }
}
