package org.daguerre.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.daguerre.tensor.Tensor;

/**
 * The native buffers for one set of input shapes and wanted outputs. Inputs are written into them and, from the second run on, the graph writes
 * its outputs into them too: the first run tells their shapes.
 */
final class Binding implements AutoCloseable {

    /** Makes a native tensor over a direct buffer, which stays the caller's: {@link OnnxTensor#createTensor} in an environment. */
    @FunctionalInterface
    interface Tensors {
        OnnxTensor over(ByteBuffer buffer, long[] shape, OnnxJavaType type) throws OrtException;
    }

    /** Native memory of one input or output. */
    private record Slot(Port port, int[] shape, ByteBuffer buffer, OnnxTensor tensor) {

        static Slot of(Tensors tensors, Port port, int[] shape) throws OrtException {
            int size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
            ByteBuffer buffer = ByteBuffer.allocateDirect(Math.multiplyExact(size, port.type().bytes))
                    .order(ByteOrder.nativeOrder());
            long[] dimensions = Arrays.stream(shape).asLongStream().toArray();
            return new Slot(port, shape, buffer, tensors.over(buffer, dimensions, port.type().java));
        }

        void write(Tensor value) {
            port.type().write(value.buffer(), buffer);
        }

        Tensor read() {
            float[] values = new float[buffer.capacity() / port.type().bytes];
            port.type().read(buffer, values);
            return Tensor.wrap(values, shape);
        }
    }

    private final Tensors tensors;
    private final List<String> wanted;
    private final Map<String, Slot> inputs = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> inputTensors = new LinkedHashMap<>();
    private final Map<String, Slot> outputs = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> outputTensors = new LinkedHashMap<>();

    Binding(Tensors tensors, List<Port> ports, List<Tensor> values, List<String> wanted) throws OrtException {
        this.tensors = tensors;
        this.wanted = wanted;
        try {
            for (int i = 0; i < ports.size(); i++) {
                Slot slot = Slot.of(tensors, ports.get(i), values.get(i).shape());
                inputs.put(slot.port.name(), slot);
                inputTensors.put(slot.port.name(), slot.tensor);
            }
        } catch (OrtException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** True if it is for inputs of these shapes and for these outputs. */
    boolean fits(List<Tensor> values, List<String> wanted) {
        int i = 0;
        for (Slot slot : inputs.values()) {
            if (!Arrays.equals(slot.shape, values.get(i++).shape())) {
                return false;
            }
        }
        return this.wanted.equals(wanted);
    }

    Map<String, Tensor> run(OrtSession session, List<Tensor> values, Map<String, Port> ports, RunOptions options)
            throws OrtException {
        int i = 0;
        for (Slot slot : inputs.values()) {
            slot.write(values.get(i++));
        }
        if (!outputs.isEmpty()) {
            try {
                session.run(inputTensors, Set.of(), outputTensors, options).close();
                return read();
            } catch (OrtException e) {
                if (e.getCode() != OrtException.OrtErrorCode.ORT_INVALID_ARGUMENT) {
                    throw e;
                }
                // The shapes of this graph's outputs follow from values, not only from shapes.
                forgetOutputs();
            }
        }
        try (OrtSession.Result result = session.run(inputTensors, new LinkedHashSet<>(wanted), options)) {
            for (String name : wanted) {
                OnnxTensor tensor = (OnnxTensor) result.get(name).orElseThrow();
                int[] shape = Arrays.stream(tensor.getInfo().getShape())
                        .mapToInt(Math::toIntExact)
                        .toArray();
                Slot slot = Slot.of(tensors, ports.get(name), shape);
                outputTensors.put(name, slot.tensor);
                outputs.put(name, slot);
                slot.buffer.duplicate().put(tensor.getByteBuffer());
            }
            return read();
        } catch (OrtException | RuntimeException | Error e) {
            forgetOutputs();
            throw e;
        }
    }

    /** Runs on what the last run left in the buffers; nothing is written, read or watched. */
    void again(OrtSession session) throws OrtException {
        session.run(inputTensors, Set.of(), outputTensors).close();
    }

    private Map<String, Tensor> read() {
        Map<String, Tensor> answers = new LinkedHashMap<>();
        outputs.forEach((name, slot) -> answers.put(name, slot.read()));
        return answers;
    }

    private void forgetOutputs() {
        outputTensors.values().forEach(OnnxTensor::close);
        outputTensors.clear();
        outputs.clear();
    }

    @Override
    public void close() {
        inputTensors.values().forEach(OnnxTensor::close);
        forgetOutputs();
    }
}
