package org.daguerre.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class TensorTest {

    private final Tensor a = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    private final Tensor b = Tensor.of(new float[] {6, 5, 4, 3, 2, 1}, 2, 3);

    @Test
    void lastAxisVariesFastest() {
        assertEquals(2, a.get(0, 1));
        assertEquals(4, a.get(1, 0));
    }

    @Test
    void arithmeticIsValueByValue() {
        assertEquals(Tensor.filled(7, 2, 3), a.plus(b));
        assertEquals(Tensor.of(new float[] {-5, -3, -1, 1, 3, 5}, 2, 3), a.minus(b));
        assertEquals(Tensor.of(new float[] {6, 10, 12, 12, 10, 6}, 2, 3), a.times(b));
        assertEquals(Tensor.of(new float[] {2, 4, 6, 8, 10, 12}, 2, 3), a.times(2));
        assertEquals(a, a.times(2).over(2));
        assertEquals(Tensor.of(new float[] {4, 4.5f, 5, 5.5f, 6, 6.5f}, 2, 3), a.plus(0.5, b));
        assertEquals(Tensor.of(new float[] {2, 2, 3, 4, 4, 4}, 2, 3), a.clamp(2, 4));
        assertEquals(b, a.map(b, (x, y) -> y));
    }

    @Test
    void sumOfProductsIsRoundedOnce() {
        // the product needs 26 bits, the sum 14: rounding the product first would lose its last bit
        Tensor sum = Tensor.filled(-1, 1).plus(1 + 0x1p-13, Tensor.filled(1 + 0x1p-12, 1));
        assertEquals(Tensor.filled(0x1p-12 + 0x1p-13 + 0x1p-25, 1), sum);
    }

    @Test
    void measures() {
        assertEquals(21, a.sum());
        assertEquals(3.5, a.mean());
        assertEquals(Math.sqrt(3.5), a.std(), 1e-12);
        assertEquals(Math.sqrt(91), a.norm(), 1e-12);
        assertEquals(56, a.dot(b));
        assertEquals(1, a.min());
        assertEquals(6, a.max());
        assertTrue(a.isFinite());
        assertFalse(a.over(0).isFinite());
    }

    @Test
    void slicesAndConcatenationAreInverse() {
        assertArrayEquals(new int[] {1, 3}, a.slice(1).shape());
        assertEquals(a, Tensor.concat(a.slice(0), a.slice(1)));
        assertEquals(Tensor.of(new float[] {4, 5, 6}, 1, 3), a.slice(1));
    }

    @Test
    void cannotBeChangedFromOutside() {
        float[] values = {1, 2};
        Tensor tensor = Tensor.of(values, 2);
        values[0] = 9;
        tensor.toArray()[1] = 9;
        tensor.shape()[0] = 9;
        assertEquals(Tensor.of(new float[] {1, 2}, 2), tensor);
        assertThrows(ReadOnlyBufferException.class, () -> tensor.buffer().put(0, 9));
    }

    @Test
    void equalityLooksAtBitsAndShape() {
        assertNotEquals(a, a.reshape(3, 2));
        assertNotEquals(Tensor.filled(0.0, 1), Tensor.filled(-0.0, 1));
        assertEquals(Tensor.filled(Double.NaN, 1), Tensor.filled(Double.NaN, 1));
    }

    @Test
    void mistakesNameTheirShapes() {
        String message = assertThrows(IllegalArgumentException.class, () -> a.plus(b.reshape(3, 2)))
                .getMessage();
        assertTrue(message.startsWith("shapes [2, 3] and [3, 2] differ."), message);
        assertThrows(IllegalArgumentException.class, () -> Tensor.of(new float[5], 2, 3));
        assertThrows(IllegalArgumentException.class, () -> Tensor.zeros(-1));
        assertThrows(IllegalArgumentException.class, () -> Tensor.zeros(1 << 16, 1 << 16));
        assertThrows(IllegalArgumentException.class, () -> Tensor.concat(a, a.reshape(3, 2)));
        assertThrows(IndexOutOfBoundsException.class, () -> a.get(0, 3));
        assertThrows(IndexOutOfBoundsException.class, () -> a.slice(2));
    }

    @Test
    void arcKeepsTheNormAndTheStraightWayShrinksIt() {
        Tensor a = Noise.seed(1).draw(4, 64).tensor();
        Tensor b = Noise.seed(2)
                .draw(4, 64)
                .tensor()
                .times(a.norm() / Noise.seed(2).draw(4, 64).tensor().norm());
        for (double f : new double[] {0, 0.25, 0.5, 1}) {
            assertEquals(a.norm(), a.slerp(b, f).norm(), 1e-4);
        }
        assertTrue(a.lerp(b, 0.5).norm() < 0.8 * a.norm());
        assertEquals(a, a.slerp(b, 0));
        assertEquals(0, a.slerp(b, 1).minus(b).norm(), 1e-5);
        Tensor across = Tensor.of(new float[] {1, 0}, 2).slerp(Tensor.of(new float[] {0, 1}, 2), 1 / 3.0);
        assertEquals(
                0,
                across.minus(Tensor.of(new float[] {(float) Math.sqrt(0.75), 0.5f}, 2))
                        .norm(),
                1e-6);
    }

    @Test
    void arcBetweenParallelOrZeroTensorsIsStraight() {
        Tensor a = Tensor.of(new float[] {1, 2}, 2);
        assertEquals(Tensor.of(new float[] {2, 4}, 2), a.slerp(a.times(3), 0.5));
        assertEquals(Tensor.of(new float[] {0.5f, 1}, 2), a.slerp(Tensor.zeros(2), 0.5));
    }
}
