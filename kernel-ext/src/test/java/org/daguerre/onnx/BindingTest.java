package org.daguerre.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BindingTest {

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final List<OnnxTensor> made = new ArrayList<>();

    private OnnxTensor make(ByteBuffer buffer, long[] shape, OnnxJavaType type) throws OrtException {
        made.add(OnnxTensor.createTensor(environment, buffer, shape, type));
        return made.get(made.size() - 1);
    }

    private static List<Port> ports(int count) {
        List<Port> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ports.add(new Port("x" + i, ElementType.FLOAT, List.of(2L), List.of("")));
        }
        return ports;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void tensorsMadeBeforeOneThatFailsAreClosed(int before) {
        Binding.Tensors failing = (buffer, shape, type) -> {
            if (made.size() == before) {
                throw new OutOfMemoryError("no direct memory is left");
            }
            return make(buffer, shape, type);
        };
        List<Tensor> values = List.of(Tensor.zeros(2), Tensor.zeros(2), Tensor.zeros(2));
        assertThrows(OutOfMemoryError.class, () -> new Binding(failing, ports(3), values, List.of("y")));
        assertEquals(before, made.size());
        assertTrue(made.stream().allMatch(OnnxTensor::isClosed));
    }

    @Test
    void tensorsLiveUntilTheBindingIsClosed() throws OrtException {
        Binding binding = new Binding(this::make, ports(2), List.of(Tensor.zeros(2), Tensor.zeros(2)), List.of("y"));
        assertFalse(made.stream().anyMatch(OnnxTensor::isClosed));
        binding.close();
        assertTrue(made.stream().allMatch(OnnxTensor::isClosed));
    }
}
