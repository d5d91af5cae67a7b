package org.daguerre.nd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class NdArraysTest {

    private static FloatBuffer direct(int n) {
        return ByteBuffer.allocateDirect(4 * n).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    @Test
    void viewAndBufferAreOneMemory() {
        FloatBuffer buffer = direct(6);
        INDArray array = NdArrays.view(buffer, 2, 3);
        buffer.put(4, 7);
        assertEquals(7, array.getFloat(1, 1));
        array.putScalar(new int[] {0, 2}, 9);
        assertEquals(9, buffer.get(2));
    }

    @Test
    void viewBeginsAtTheBuffersPosition() {
        FloatBuffer buffer = direct(6);
        buffer.put(new float[] {0, 1, 2, 3, 4, 5}).position(2);
        assertArrayEquals(new float[] {2, 3, 4, 5}, NdArrays.view(buffer, 4).toFloatVector());
    }

    @Test
    void viewKeepsItsMemoryAliveThroughGarbageCollection() {
        List<INDArray> arrays = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            FloatBuffer buffer = direct(4096);
            for (int k = 0; k < 4096; k++) {
                buffer.put(k, i);
            }
            arrays.add(NdArrays.view(buffer, 1, 4, 32, 32));
        }
        for (int round = 0; round < 5; round++) {
            System.gc();
            for (int i = 0; i < 200; i++) {
                direct(4096).put(0, -1);
            }
        }
        for (int i = 0; i < 200; i++) {
            assertEquals(i, arrays.get(i).minNumber().floatValue());
            assertEquals(i, arrays.get(i).maxNumber().floatValue());
        }
    }

    @Test
    void tensorGoesThereAndBackBitForBit() {
        Tensor tensor = Noise.seed(5).draw(2, 4, 3, 5).tensor();
        INDArray array = NdArrays.of(tensor);
        assertArrayEquals(new long[] {2, 4, 3, 5}, array.shape());
        assertEquals(tensor.get(1, 2, 0, 4), array.getFloat(1, 2, 0, 4));
        assertEquals(tensor, NdArrays.tensor(array));
    }

    @Test
    void arrayCannotChangeTheTensorItCameFrom() {
        Tensor tensor = Tensor.of(new float[] {1, 2}, 2);
        NdArrays.of(tensor).addi(1);
        assertArrayEquals(new float[] {1, 2}, tensor.toArray());
    }

    @Test
    void stridedFortranAndDoubleArraysAreReadInTheirLogicalOrder() {
        INDArray array = Nd4j.arange(24).reshape('c', 2, 3, 4).castTo(DataType.FLOAT);
        INDArray slice = array.get(NDArrayIndex.point(1), NDArrayIndex.all(), NDArrayIndex.interval(1, 3));
        assertArrayEquals(
                new float[] {13, 14, 17, 18, 21, 22}, NdArrays.tensor(slice).toArray());
        assertArrayEquals(
                new float[] {0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11},
                NdArrays.tensor(array.slice(0).transpose()).toArray());
        assertEquals(NdArrays.tensor(array), NdArrays.tensor(array.dup('f')));
        assertEquals(NdArrays.tensor(array), NdArrays.tensor(array.castTo(DataType.DOUBLE)));
    }

    @Test
    void bufferThatCannotBeSharedIsRefusedWithItsReason() {
        FloatBuffer swapped = ByteBuffer.allocateDirect(16)
                .order(ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
                .asFloatBuffer();
        assertRefused("on the Java heap", FloatBuffer.allocate(4), 4);
        assertRefused("read-only", direct(4).asReadOnlyBuffer(), 4);
        assertRefused("in the other byte order", swapped, 4);
        assertRefused("has 4 values, shape [2, 3] needs 6", direct(4), 2, 3);
    }

    private static void assertRefused(String reason, FloatBuffer buffer, int... shape) {
        String message = assertThrows(IllegalArgumentException.class, () -> NdArrays.view(buffer, shape))
                .getMessage();
        assertTrue(message.contains(reason), message);
    }

    @Test
    void summaryIsOneLineOfShapeTypeAndStatistics() {
        assertEquals(
                "INDArray[2, 2] float, min 1.000, max 4.000, mean 2.500, std 1.291",
                NdArrays.summary(NdArrays.of(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2))));
        assertEquals("INDArray[3] bool", NdArrays.summary(Nd4j.zeros(DataType.BOOL, 3)));
    }
}
