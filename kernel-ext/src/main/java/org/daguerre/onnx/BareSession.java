package org.daguerre.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.daguerre.tensor.Tensor;

/**
 * A graph on the CPU without the guard of {@link OnnxModel}: the same session and buffers, called straight on one set of
 * inputs. It is what the guard, and all that stands on it, is measured against; of one thread only.
 */
public final class BareSession implements AutoCloseable {

    private final String label;
    private final OrtSession session;
    private final Binding binding;

    private BareSession(String label, OrtSession session, Binding binding) {
        this.label = label;
        this.session = session;
        this.binding = binding;
    }

    /**
     * Loads a file and runs it once.
     *
     * @param inputs every input by name
     * @param output the one output that is computed
     * @throws ModelException if the file is not a model that can run on these inputs
     */
    public static BareSession load(Path file, Map<String, Tensor> inputs, String output) {
        String label = OnnxFile.label(file);
        OnnxGraph graph = OnnxGraph.read(file);
        return OwnerThread.call(() -> {
            try (SessionOptions options = OnnxModel.options(file, graph);
                    RunOptions once = new RunOptions()) {
                OrtEnvironment environment = OnnxModel.environment();
                OrtSession session = environment.createSession(file.toString(), options);
                List<Port> ports = List.copyOf(
                        OnnxModel.ports(label, session.getInputInfo()).values());
                List<Tensor> values =
                        ports.stream().map(port -> inputs.get(port.name())).toList();
                Binding binding = new Binding(environment, ports, values, List.of(output));
                binding.run(session, values, OnnxModel.ports(label, session.getOutputInfo()), once);
                return new BareSession(label, session, binding);
            } catch (OrtException e) {
                throw failure(label, e);
            }
        });
    }

    /** Runs the graph, nothing else. */
    public void run() {
        try {
            binding.again(session);
        } catch (OrtException e) {
            throw failure(label, e);
        }
    }

    private static ModelException failure(String label, OrtException e) {
        return new ModelException(
                label + " cannot run: " + OnnxModel.readable(e) + ". Load it as a model; that says what is wrong.", e);
    }

    @Override
    public void close() {
        binding.close();
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
