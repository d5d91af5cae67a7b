package org.daguerre.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import ai.onnxruntime.TensorInfo;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.daguerre.tensor.Tensor;

/**
 * An ONNX graph ready to run. Inputs and outputs are {@link Tensor}s by name; a graph of halves or integers is converted to
 * and from. Safe to use from any thread: all native work is done by one thread, one run after the other.
 *
 * <p>Interrupting the calling thread ends a run between two nodes of the graph with a {@link CancellationException}; the
 * model can be asked again. It ends the waiting for a load at once; the load goes on behind it and is closed when it is done. A closed model answers with an {@link IllegalStateException}.
 */
public final class OnnxModel implements AutoCloseable {

    private static final Cleaner CLEANER = Cleaner.create();

    private final String label;

    /** Null once closed: a notebook keeps the value of every cell, and a graph is most of what a closed model weighs. */
    private volatile OnnxGraph graph;

    private final Map<String, Port> inputs;
    private final Map<String, Port> outputs;
    private final NativeSession held;
    private final Cleaner.Cleanable cleanable;

    private OnnxModel(String label, OnnxGraph graph, NativeSession held) throws OrtException {
        this.label = label;
        this.graph = graph;
        this.held = held;
        this.inputs = ports(label, held.inputs());
        this.outputs = ports(label, held.outputs());
        this.cleanable = CLEANER.register(this, () -> OwnerThread.later(held::close));
    }

    /** The model of a session, which is closed if the graph is refused. */
    private static OnnxModel of(String label, OnnxGraph graph, NativeSession held) throws OrtException {
        try {
            return new OnnxModel(label, graph, held);
        } catch (OrtException | RuntimeException | Error e) {
            held.close();
            throw e;
        }
    }

    /**
     * Loads a file.
     *
     * @throws ModelException if the file is not a model that can run here, or the device is not there
     * @throws CancellationException if the calling thread is interrupted
     */
    public static OnnxModel load(Path file, Device device) {
        return load(file, device, List.of());
    }

    /**
     * Loads a file with some of its inner values as outputs besides its own.
     *
     * @param extraOutputs names of values inside the graph
     * @throws ModelException if the file is not a model that can run here, or the device is not there
     * @throws CancellationException if the calling thread is interrupted
     */
    public static OnnxModel load(Path file, Device device, List<String> extraOutputs) {
        String label = OnnxFile.label(file);
        OnnxGraph graph = OnnxGraph.read(file);
        byte[] appended = extraOutputs.isEmpty() ? null : OnnxFile.withOutputs(file, extraOutputs);
        return OwnerThread.open(
                () -> of(label, graph, new SessionLoader(file, appended, graph.external()).load(device)),
                model -> model.held.close());
    }

    /** True if this is the GPU build of ONNX Runtime; whether a GPU can be used shows when a model is loaded. */
    public static boolean hasCudaBuild() {
        return SessionLoader.hasCudaBuild();
    }

    private static Map<String, Port> ports(String label, Map<String, NodeInfo> infos) {
        Map<String, Port> ports = new LinkedHashMap<>();
        infos.forEach((name, info) -> {
            if (!(info.getInfo() instanceof TensorInfo tensor)) {
                throw new ModelException(
                        label + " has '" + name + "', which is no tensor. Export the model with tensors only.");
            }
            for (long length : tensor.getShape()) {
                if (length > Integer.MAX_VALUE) {
                    throw new ModelException(label + " has '" + name + "' with an axis of " + length
                            + ", more than fits in memory. Export the model again.");
                }
            }
            ports.put(
                    name,
                    new Port(
                            name,
                            ElementType.of(tensor.type, label + ": '" + name + "'"),
                            Arrays.stream(tensor.getShape()).boxed().toList(),
                            Arrays.asList(tensor.getDimensionNames())));
        });
        return Collections.unmodifiableMap(ports);
    }

    /** The file, as messages name it. */
    public String label() {
        return label;
    }

    /**
     * The structure of the file.
     *
     * @throws IllegalStateException if the model is closed
     */
    public OnnxGraph graph() {
        OnnxGraph held = graph;
        if (held == null) {
            throw closed(label);
        }
        return held;
    }

    static IllegalStateException closed(String label) {
        return new IllegalStateException(label + " is closed. Load the model again.");
    }

    /** Threads that a run has. */
    public int threads() {
        return held.threads();
    }

    /** What it runs on. */
    public Provider provider() {
        return held.provider();
    }

    /** The inputs by name. */
    public Map<String, Port> inputs() {
        return inputs;
    }

    /** The outputs by name. */
    public Map<String, Port> outputs() {
        return outputs;
    }

    /**
     * The input of a name, if it is there with that many axes.
     *
     * @throws ModelException saying what the file has instead
     */
    public Port input(String name, int rank) {
        return port("input", inputs, name, rank);
    }

    /**
     * The output of a name, if it is there with that many axes.
     *
     * @throws ModelException saying what the file has instead
     */
    public Port output(String name, int rank) {
        return port("output", outputs, name, rank);
    }

    private Port port(String kind, Map<String, Port> ports, String name, int rank) {
        Port port = ports.get(name);
        if (port == null || port.rank() != rank) {
            throw new ModelException(label + " should have an " + kind + " '" + name + "' with " + rank
                    + " axes; it has "
                    + ports.values().stream().map(Port::toString).collect(Collectors.joining(", "))
                    + ". Put the right file there (diffusers or optimum export).");
        }
        return port;
    }

    /**
     * Runs the graph once.
     *
     * @param given every input by name
     * @param wanted names of outputs; only these are computed and come back, in this order
     * @throws IllegalArgumentException if an input is missing, unknown or of another shape, or an output is unknown
     * @throws IllegalStateException if the model is closed
     * @throws CancellationException if the calling thread is interrupted
     */
    public Map<String, Tensor> run(Map<String, Tensor> given, Collection<String> wanted) {
        check(given, wanted);
        List<Tensor> values = inOrder(given);
        List<String> names = List.copyOf(wanted);
        try (RunOptions options = new RunOptions()) {
            boolean[] terminated = {false};
            return OwnerThread.call(
                    () -> {
                        try {
                            return held.run(label, inputs, values, outputs, names, options);
                        } catch (OrtException e) {
                            synchronized (terminated) {
                                if (terminated[0]) {
                                    throw new CancellationException("interrupted while the model ran.");
                                }
                            }
                            throw new IllegalArgumentException(
                                    label + " cannot answer: " + SessionLoader.readable(e)
                                            + ". Check the shapes of what it was given, and the memory that is free.",
                                    e);
                        }
                    },
                    () -> {
                        synchronized (terminated) {
                            terminated[0] = true;
                        }
                        terminate(options);
                    });
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a graph and returns its one wanted output. */
    public Tensor run(Map<String, Tensor> given, String wanted) {
        return run(given, List.of(wanted)).get(wanted);
    }

    /**
     * Runs the graph several times in a row and throws the answers away: between one {@code session.run} and the next nothing
     * is handed over, copied or watched. What {@link #run} adds to the session is measured against this.
     *
     * @param given every input by name
     * @param wanted name of the output that is computed
     * @param times 1 or more
     * @throws IllegalArgumentException and IllegalStateException as {@link #run} does
     */
    public void repeat(Map<String, Tensor> given, String wanted, int times) {
        check(given, List.of(wanted));
        List<Tensor> values = inOrder(given);
        OwnerThread.call(() -> {
            held.repeat(label, inputs, values, outputs, List.of(wanted), times);
            return null;
        });
    }

    /** The values in the order of the inputs. */
    private List<Tensor> inOrder(Map<String, Tensor> given) {
        List<Tensor> values = new ArrayList<>(inputs.size());
        for (String name : inputs.keySet()) {
            values.add(given.get(name));
        }
        return values;
    }

    private static void terminate(RunOptions options) {
        try {
            options.setTerminate(true);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private void check(Map<String, Tensor> given, Collection<String> wanted) {
        if (!given.keySet().equals(inputs.keySet())) {
            throw new IllegalArgumentException(label + " takes the inputs " + String.join(", ", inputs.keySet())
                    + "; given were " + String.join(", ", given.keySet()) + ". Give exactly those.");
        }
        given.forEach((name, tensor) -> inputs.get(name).check(tensor, label));
        for (String name : wanted) {
            if (!outputs.containsKey(name)) {
                throw new IllegalArgumentException(
                        label + " has no output '" + name + "'. It has: " + String.join(", ", outputs.keySet()) + ".");
            }
        }
        if (wanted.isEmpty()) {
            throw new IllegalArgumentException(
                    "no output is wanted. Name at least one of: " + String.join(", ", outputs.keySet()) + ".");
        }
    }

    /** Frees the native memory, after a run or a load under way. Closing again does nothing. */
    @Override
    public void close() {
        graph = null;
        OwnerThread.close(held::close);
        cleanable.clean();
    }

    @Override
    public String toString() {
        return label + " on " + provider();
    }
}
