package org.daguerre.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
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
 * model can be asked again. A closed model answers with an {@link IllegalStateException}.
 */
public final class OnnxModel implements AutoCloseable {

    private static final Cleaner CLEANER = Cleaner.create();

    /** Graphs smaller than this gain nothing from a second thread. */
    private static final long ONE_THREAD_BYTES = 32L << 20;

    /** Outputs are appended in memory, where the whole file must fit; larger models keep their weights beside the graph. */
    private static final long APPENDABLE_BYTES = 1L << 30;

    private final String label;

    /** Null once closed: a notebook keeps the value of every cell, and a graph is most of what a closed model weighs. */
    private volatile OnnxGraph graph;

    private final Provider provider;
    private final Map<String, Port> inputs;
    private final Map<String, Port> outputs;
    private final Native held;
    private final int threads;
    private final Cleaner.Cleanable cleanable;

    private OnnxModel(String label, OnnxGraph graph, Provider provider, Native held, int threads) throws OrtException {
        this.label = label;
        this.graph = graph;
        this.provider = provider;
        this.held = held;
        this.threads = threads;
        this.inputs = ports(label, held.session.getInputInfo());
        this.outputs = ports(label, held.session.getOutputInfo());
        this.cleanable = CLEANER.register(this, () -> OwnerThread.later(held::close));
    }

    /** The model of a session, which is closed if the graph is refused. */
    private static OnnxModel of(String label, OnnxGraph graph, Provider provider, Native held, int threads)
            throws OrtException {
        try {
            return new OnnxModel(label, graph, provider, held, threads);
        } catch (OrtException | RuntimeException | Error e) {
            held.close();
            throw e;
        }
    }

    /**
     * Loads a file.
     *
     * @throws ModelException if the file is not a model that can run here, or the device is not there
     */
    public static OnnxModel load(Path file, Device device) {
        return load(file, device, List.of());
    }

    /**
     * Loads a file with some of its inner values as outputs besides its own.
     *
     * @param extraOutputs names of values inside the graph
     * @throws ModelException if the file is not a model that can run here, or the device is not there
     */
    public static OnnxModel load(Path file, Device device, List<String> extraOutputs) {
        String label = OnnxFile.label(file);
        OnnxGraph graph = OnnxGraph.read(file);
        byte[] appended = extraOutputs.isEmpty() ? null : withOutputs(file, extraOutputs);
        return OwnerThread.call(() -> create(file, label, graph, appended, device));
    }

    private static OnnxModel create(Path file, String label, OnnxGraph graph, byte[] bytes, Device device) {
        OrtEnvironment environment = environment();
        String whyNot = null;
        if (device.kind() != Device.Kind.CPU) {
            try {
                return open(environment, file, label, graph, bytes, device);
            } catch (OrtException e) {
                whyNot = whyNoCuda(e);
                if (device.kind() == Device.Kind.CUDA) {
                    throw new ModelException(
                            "device " + device + " cannot be used: " + whyNot
                                    + ". Take device cpu, or build with -Pcuda and install what is missing.",
                            e);
                }
            }
        }
        try {
            return open(environment, file, label, graph, bytes, new Device(Device.Kind.CPU, 0), whyNot);
        } catch (OrtException e) {
            throw new ModelException(
                    label + " cannot be loaded: " + readable(e)
                            + ". Export it with standard operators, opset 22 or lower.",
                    e);
        }
    }

    private static OnnxModel open(
            OrtEnvironment environment, Path file, String label, OnnxGraph graph, byte[] bytes, Device cuda)
            throws OrtException {
        try (SessionOptions options = options(file, graph);
                OrtCUDAProviderOptions cudaOptions = new OrtCUDAProviderOptions(cuda.index())) {
            cudaOptions.add("cudnn_conv_algo_search", "HEURISTIC");
            options.addCUDA(cudaOptions);
            OrtSession session = session(environment, file, bytes, options);
            Provider provider = new Provider(
                    new Device(Device.Kind.CUDA, cuda.index()),
                    cuda.kind() == Device.Kind.AUTO ? "CUDA works here" : "asked for");
            return of(label, graph, provider, new Native(environment, session), threads(file, graph));
        }
    }

    private static OnnxModel open(
            OrtEnvironment environment,
            Path file,
            String label,
            OnnxGraph graph,
            byte[] bytes,
            Device cpu,
            String whyNoCuda)
            throws OrtException {
        try (SessionOptions options = options(file, graph)) {
            Provider provider = new Provider(cpu, whyNoCuda == null ? "asked for" : "no CUDA: " + whyNoCuda);
            Native held = new Native(environment, session(environment, file, bytes, options));
            return of(label, graph, provider, held, threads(file, graph));
        }
    }

    private static OrtSession session(OrtEnvironment environment, Path file, byte[] bytes, SessionOptions options)
            throws OrtException {
        return bytes == null
                ? environment.createSession(file.toString(), options)
                : environment.createSession(bytes, options);
    }

    private static SessionOptions options(Path file, OnnxGraph graph) throws OrtException {
        SessionOptions options = new SessionOptions();
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        options.setIntraOpNumThreads(threads(file, graph));
        options.setInterOpNumThreads(1);
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        options.addConfigEntry(
                "session.model_external_initializers_file_folder_path",
                file.toAbsolutePath().getParent().toString());
        return options;
    }

    private static int threads(Path file, OnnxGraph graph) {
        boolean small = !graph.external() && file.toFile().length() < ONE_THREAD_BYTES;
        return small ? 1 : Runtime.getRuntime().availableProcessors();
    }

    private static OrtEnvironment environment() {
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "daguerre");
    }

    /** True if this is the GPU build of ONNX Runtime; whether a GPU can be used shows when a model is loaded. */
    public static boolean hasCudaBuild() {
        return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
    }

    private static String whyNoCuda(OrtException e) {
        if (!hasCudaBuild()) {
            return "this is the CPU build of ONNX Runtime";
        }
        return readable(e);
    }

    /** The sentence in a native message, without source lines, signatures and colour. */
    private static String readable(OrtException e) {
        String message = String.valueOf(e.getMessage())
                .replaceAll("\\p{Cntrl}\\[[0-9;]*m", "")
                .replaceAll("^Error code - ORT_\\w+ - message: ", "")
                .replaceAll("Load model from .*? failed: ?", "")
                .replaceAll("/\\S+\\.(?:cc|h|cpp):\\d+ \\S.*?\\) ", "")
                .replaceAll("\\s+", " ")
                .strip();
        String shortened = message.length() > 240 ? message.substring(0, 240) + "..." : message;
        return shortened.replaceAll("[.\\s]+$", "");
    }

    /** The file with a second graph field behind it; protobuf merges the two, so the names join the graph's outputs. */
    private static byte[] withOutputs(Path file, Collection<String> names) {
        try {
            if (Files.size(file) > APPENDABLE_BYTES) {
                throw new ModelException(OnnxFile.label(file)
                        + " is over 1 GB in one piece. Export it with its weights beside it (model.onnx_data).");
            }
            ByteArrayOutputStream outputs = new ByteArrayOutputStream();
            CodedOutputStream graph = CodedOutputStream.newInstance(outputs);
            for (String name : names) {
                byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
                int length = 1 + CodedOutputStream.computeByteArraySizeNoTag(utf8);
                graph.writeTag(12, 2);
                graph.writeUInt32NoTag(length);
                graph.writeByteArray(1, utf8);
            }
            graph.flush();
            byte[] head = Files.readAllBytes(file);
            ByteArrayOutputStream tail = new ByteArrayOutputStream();
            CodedOutputStream model = CodedOutputStream.newInstance(tail);
            model.writeByteArray(7, outputs.toByteArray());
            model.flush();
            byte[] all = Arrays.copyOf(head, head.length + tail.size());
            System.arraycopy(tail.toByteArray(), 0, all, head.length, tail.size());
            return all;
        } catch (IOException e) {
            throw new ModelException(OnnxFile.label(file) + " cannot be read. Check its permissions.", e);
        }
    }

    private static Map<String, Port> ports(String label, Map<String, NodeInfo> infos) {
        Map<String, Port> ports = new LinkedHashMap<>();
        infos.forEach((name, info) -> {
            if (!(info.getInfo() instanceof TensorInfo tensor)) {
                throw new ModelException(
                        label + " has '" + name + "', which is no tensor. Export the model with tensors only.");
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

    private static IllegalStateException closed(String label) {
        return new IllegalStateException(label + " is closed. Load the model again.");
    }

    /** Threads that a run has. */
    public int threads() {
        return threads;
    }

    /** What it runs on. */
    public Provider provider() {
        return provider;
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
                                    label + " cannot answer: " + readable(e)
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

    /** Frees the native memory, after a run under way. Closing again does nothing. */
    @Override
    public void close() {
        graph = null;
        OwnerThread.call(() -> {
            held.close();
            return null;
        });
        cleanable.clean();
    }

    @Override
    public String toString() {
        return label + " on " + provider;
    }

    /** The native session with its buffers; only the owner thread touches it. */
    private static final class Native {

        private static final int BINDINGS = 8;

        private final Binding.Tensors tensors;
        private final OrtSession session;
        private boolean closed;

        /** The most recently used first. */
        private final Deque<Binding> bindings = new ArrayDeque<>();

        Native(OrtEnvironment environment, OrtSession session) {
            this.tensors = (buffer, shape, type) -> OnnxTensor.createTensor(environment, buffer, shape, type);
            this.session = session;
        }

        Map<String, Tensor> run(
                String label,
                Map<String, Port> inputs,
                List<Tensor> values,
                Map<String, Port> outputs,
                List<String> wanted,
                RunOptions options)
                throws OrtException {
            throwIfClosed(label);
            return binding(inputs, values, wanted).run(session, values, outputs, options);
        }

        void repeat(
                String label,
                Map<String, Port> inputs,
                List<Tensor> values,
                Map<String, Port> outputs,
                List<String> wanted,
                int times)
                throws OrtException {
            throwIfClosed(label);
            Binding binding = binding(inputs, values, wanted);
            try (RunOptions once = new RunOptions()) {
                binding.run(session, values, outputs, once);
            }
            for (int i = 1; i < times; i++) {
                binding.again(session);
            }
        }

        private void throwIfClosed(String label) {
            if (closed) {
                throw closed(label);
            }
        }

        /** Plain loops: the first runs are interpreted, and streams would cost more than the sampler. */
        private Binding binding(Map<String, Port> inputs, List<Tensor> values, List<String> wanted)
                throws OrtException {
            Binding found = null;
            for (Binding binding : bindings) {
                if (binding.fits(values, wanted)) {
                    found = binding;
                    break;
                }
            }
            if (found == null) {
                found = new Binding(tensors, List.copyOf(inputs.values()), values, wanted);
                if (bindings.size() == BINDINGS) {
                    bindings.removeLast().close();
                }
            } else {
                bindings.remove(found);
            }
            bindings.addFirst(found);
            return found;
        }

        void close() {
            if (closed) {
                return;
            }
            closed = true;
            bindings.forEach(Binding::close);
            bindings.clear();
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
