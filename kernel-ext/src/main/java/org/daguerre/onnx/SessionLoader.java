package org.daguerre.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes ONNX Runtime's sessions, on CUDA where it is asked for and there. Called on the owner thread. */
final class SessionLoader {

    /** Graphs smaller than this gain nothing from a second thread. */
    private static final long ONE_THREAD_BYTES = 32L << 20;

    private static final int MESSAGE_CHARS = 240;

    /** Where ONNX Runtime's Java classes come from; of two versions it would be chance which native library is loaded. */
    private static final List<URL> RUNTIMES = runtimes(SessionLoader.class.getClassLoader());

    private final OrtEnvironment environment;
    private final Path file;
    private final byte[] bytes;
    private final int threads;

    /**
     * @param bytes what the session is made of instead of the file, beside which its weights may lie; null for the file
     * @param external whether weights lie beside the file
     */
    SessionLoader(Path file, byte[] bytes, boolean external) {
        requireOne(RUNTIMES);
        this.environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "daguerre");
        this.file = file;
        this.bytes = bytes;
        boolean small = !external && file.toFile().length() < ONE_THREAD_BYTES;
        this.threads = small ? 1 : Runtime.getRuntime().availableProcessors();
    }

    static List<URL> runtimes(ClassLoader loader) {
        try {
            return Collections.list(loader.getResources("ai/onnxruntime/OrtEnvironment.class"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws ModelException if there is more than one */
    static void requireOne(List<URL> runtimes) {
        if (runtimes.size() > 1) {
            throw new ModelException("ONNX Runtime is on the class path " + runtimes.size() + " times: "
                    + runtimes.stream()
                            .map(url -> url.toString().replaceAll("^(?:jar:)?file:.*/([^/!]+)!?/ai/.*", "$1"))
                            .collect(Collectors.joining(", "))
                    + ". Keep one of them.");
        }
    }

    /** @throws ModelException if the file cannot run here, or the device is not there */
    NativeSession load(Device device) {
        String whyCpu = "asked for";
        if (device.kind() != Device.Kind.CPU) {
            try {
                return onCuda(device);
            } catch (OrtException e) {
                String whyNot = hasCudaBuild() ? readable(e) : "this is the CPU build of ONNX Runtime";
                if (device.kind() == Device.Kind.CUDA) {
                    throw new ModelException(
                            "device " + device + " cannot be used: " + whyNot
                                    + ". Take device cpu, or install what is missing: ./daguerre lab --cuda brings the GPU"
                                    + " build, ./daguerre doctor names the libraries.",
                            e);
                }
                whyCpu = "no CUDA: " + whyNot;
            }
        }
        try (SessionOptions options = options()) {
            return session(options, new Provider(Device.CPU, whyCpu));
        } catch (OrtException e) {
            throw new ModelException(
                    OnnxFile.label(file) + " cannot be loaded: " + readable(e)
                            + ". Export it with standard operators, opset 22 or lower.",
                    e);
        }
    }

    private NativeSession onCuda(Device device) throws OrtException {
        try (SessionOptions options = options();
                OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions()) {
            for (Map.Entry<String, String> option :
                    device.cuda().options(device.index()).entrySet()) {
                cuda.add(option.getKey(), option.getValue());
            }
            options.addCUDA(cuda);
            String why = device.kind() == Device.Kind.AUTO ? "CUDA works here" : "asked for";
            return session(options, new Provider(device.asCuda(), why));
        }
    }

    private NativeSession session(SessionOptions options, Provider provider) throws OrtException {
        OrtSession session = bytes == null
                ? environment.createSession(file.toString(), options)
                : environment.createSession(bytes, options);
        return new NativeSession(environment, session, provider, threads);
    }

    private SessionOptions options() throws OrtException {
        SessionOptions options = new SessionOptions();
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        options.addConfigEntry(
                "session.model_external_initializers_file_folder_path",
                file.toAbsolutePath().getParent().toString());
        return options;
    }

    static boolean hasCudaBuild() {
        return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
    }

    /** The sentence in a native message, without source lines, signatures and colour. */
    static String readable(OrtException e) {
        String message = String.valueOf(e.getMessage())
                .replaceAll("\\p{Cntrl}\\[[0-9;]*m", "")
                .replaceAll("^Error code - ORT_\\w+ - message: ", "")
                .replaceAll("\\[ONNXRuntimeError\\] : \\d+ : \\w+ : ", "")
                .replaceAll("Failed to load library \\S*/(\\S+) with error: ", "$1: ")
                .replaceAll("Load model from .*? failed: ?", "")
                .replaceAll("/\\S+\\.(?:cc|h|cpp):\\d+ \\S.*?\\) ", "")
                .replaceAll("\\s+", " ")
                .strip();
        String shortened = message.length() > MESSAGE_CHARS ? message.substring(0, MESSAGE_CHARS) + "..." : message;
        return shortened.replaceAll("[.\\s]+$", "");
    }
}
