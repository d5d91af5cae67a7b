package org.daguerre.pipeline;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
 * @param facts what else it is, by name: of a text-to-image model its scheduler, what it predicts and its schedule
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
        Map<String, String> facts,
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
     * @param type the element type of most of them, such as float16
     * @param operators nodes of the graph
     * @param opset its operator sets, such as 18
     * @param bytes size on disk
     */
    public record Component(
            String name,
            List<Port> inputs,
            List<Port> outputs,
            long parameters,
            String type,
            int operators,
            String opset,
            long bytes) {

        private static final Pattern LAYER = Pattern.compile("hidden_states\\.\\d+");

        static Component of(String name, ModelFolder folder, OnnxModel model) {
            List<Port> outputs =
                    model.graph().outputs().stream().map(model.outputs()::get).toList();
            return new Component(
                    name,
                    List.copyOf(model.inputs().values()),
                    outputs,
                    model.graph().parameters(),
                    model.graph().type(),
                    model.graph().nodes().size(),
                    model.graph().opset(),
                    folder.bytes(name));
        }

        /** The inputs in one line. */
        public String inputText() {
            return inputs.stream().map(Port::toString).collect(Collectors.joining(", "));
        }

        /** The outputs in one line; of a text encoder's layers the first and the last. */
        public String outputText() {
            List<Port> layers = outputs.stream()
                    .filter(port -> LAYER.matcher(port.name()).matches())
                    .toList();
            Stream<String> others =
                    outputs.stream().filter(port -> !layers.contains(port)).map(Port::toString);
            Stream<String> ends = layers.size() < 2
                    ? layers.stream().map(Port::toString)
                    : Stream.of(layers.get(0).name() + " to " + layers.get(layers.size() - 1));
            return Stream.concat(others, ends).collect(Collectors.joining(", "));
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-13s %.2f M parameters (%s), %d operators of opset %s, %.1f MB: %s -> %s",
                    name,
                    parameters / 1e6,
                    type,
                    operators,
                    opset,
                    bytes / 1e6,
                    inputText(),
                    outputText());
        }
    }

    public ModelCard {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
        pictureSize = List.copyOf(pictureSize);
        components = List.copyOf(components);
        notes = List.copyOf(notes);
    }

    /** The card of a folder whose networks are open. */
    static ModelCard of(
            ModelFolder folder,
            boolean verified,
            Map<String, String> facts,
            List<Integer> pictureSize,
            Map<String, OnnxModel> networks,
            List<String> notes) {
        List<Component> components = networks.entrySet().stream()
                .map(network -> Component.of(network.getKey(), folder, network.getValue()))
                .toList();
        OnnxModel any = networks.values().iterator().next();
        return new ModelCard(
                folder.name(),
                folder.title(),
                folder.licence(),
                networks.getOrDefault(folder.backbone(), any).provider(),
                verified,
                facts,
                pictureSize,
                components,
                notes);
    }

    /** Stored numbers of all networks. */
    public long parameters() {
        return components.stream().mapToLong(Component::parameters).sum();
    }

    /** Size of all networks on disk. */
    public long bytes() {
        return components.stream().mapToLong(Component::bytes).sum();
    }

    /**
     * An estimate of the memory that loading takes at its peak, in bytes: every network once, and the largest again while its
     * weights are packed for the processor.
     */
    public long peakBytes() {
        return bytes() + components.stream().mapToLong(Component::bytes).max().orElse(0);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s: %s%n%d x %d pixels, %.2f M parameters, %.1f MB (about %.1f MB of memory while loading), licence %s%nruns on %s%nfiles %s%n%s%n",
                name,
                title,
                pictureSize.get(0),
                pictureSize.get(1),
                parameters() / 1e6,
                bytes() / 1e6,
                peakBytes() / 1e6,
                licence,
                provider,
                verified ? "match SHA256SUMS" : "not verified: there is no SHA256SUMS",
                facts.entrySet().stream()
                        .map(fact -> fact.getKey() + " " + fact.getValue())
                        .collect(Collectors.joining(", "))));
        components.forEach(component -> text.append("  ").append(component).append('\n'));
        notes.forEach(note -> text.append(note).append('\n'));
        return text.toString().stripTrailing();
    }
}
