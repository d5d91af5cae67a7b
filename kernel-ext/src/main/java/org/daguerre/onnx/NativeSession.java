package org.daguerre.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.daguerre.tensor.Tensor;

/** The native session with its buffers; only the owner thread touches it. */
final class NativeSession implements AutoCloseable {

    private static final int BINDINGS = 8;

    private final Binding.Tensors tensors;
    private final OrtSession session;
    private final Provider provider;
    private final int threads;
    private boolean closed;

    /** The most recently used first. */
    private final Deque<Binding> bindings = new ArrayDeque<>();

    NativeSession(OrtEnvironment environment, OrtSession session, Provider provider, int threads) {
        this.tensors = (buffer, shape, type) -> OnnxTensor.createTensor(environment, buffer, shape, type);
        this.session = session;
        this.provider = provider;
        this.threads = threads;
    }

    /** What it runs on. */
    Provider provider() {
        return provider;
    }

    /** Threads that a run has. */
    int threads() {
        return threads;
    }

    Map<String, NodeInfo> inputs() throws OrtException {
        return session.getInputInfo();
    }

    Map<String, NodeInfo> outputs() throws OrtException {
        return session.getOutputInfo();
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
            throw OnnxModel.closed(label);
        }
    }

    /** Plain loops: the first runs are interpreted, and streams would cost more than the sampler. */
    private Binding binding(Map<String, Port> inputs, List<Tensor> values, List<String> wanted) throws OrtException {
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

    @Override
    public void close() {
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
