package org.daguerre.nd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.FloatPointer;
import org.daguerre.tensor.Tensor;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Between {@link Tensor} and ND4J's {@link INDArray}, float32, row-major.
 *
 * <p>Memory is shared in one direction only: an array made over a direct buffer keeps the buffer alive. The other way round
 * ND4J hands out buffers that do not keep their array alive and are overwritten once it is collected, so values that leave
 * ND4J are copied.
 */
public final class NdArrays {

    private NdArrays() {}

    /** The values of a tensor in an array of the same shape. Copied once, since a tensor never changes and an array may. */
    public static INDArray of(Tensor tensor) {
        FloatBuffer direct = ByteBuffer.allocateDirect(Math.multiplyExact(Float.BYTES, tensor.size()))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        direct.put(tensor.buffer()).flip();
        return view(direct, tensor.shape());
    }

    /**
     * An array over the buffer's own memory: nothing is copied, what is written to either is seen in the other.
     *
     * @param buffer direct and in native byte order, from its position to its limit; model outputs are of this kind
     * @param shape its product is the number of values in the buffer
     */
    public static INDArray view(FloatBuffer buffer, int... shape) {
        if (!buffer.isDirect() || buffer.order() != ByteOrder.nativeOrder() || buffer.isReadOnly()) {
            throw new IllegalArgumentException("the buffer cannot be shared with ND4J: it is "
                    + (!buffer.isDirect()
                            ? "on the Java heap"
                            : buffer.isReadOnly() ? "read-only" : "in the other byte order")
                    + ". Give a direct, writable buffer in native order, or a Tensor, which is copied.");
        }
        long[] longShape = Arrays.stream(shape).asLongStream().toArray();
        long size = LongStream.of(longShape).reduce(1, Math::multiplyExact);
        if (size != buffer.remaining() || size == 0) {
            throw new IllegalArgumentException("the buffer has " + buffer.remaining() + " values, shape "
                    + Arrays.toString(shape) + " needs " + size + ". Give as many as the shape needs, 1 or more.");
        }
        return Nd4j.create(Nd4j.createBuffer(new FloatPointer(buffer.slice()), size, DataType.FLOAT), longShape);
    }

    /** A tensor of the array's values and shape, copied in row-major order whatever the array's own order and strides. */
    public static Tensor tensor(INDArray array) {
        int[] shape = Arrays.stream(array.shape()).mapToInt(Math::toIntExact).toArray();
        return Tensor.wrap(array.castTo(DataType.FLOAT).dup('c').data().asFloat(), shape);
    }

    /** The array in one line, for notebooks: shape, type, range, mean and standard deviation; never its values. */
    public static String summary(INDArray array) {
        String head = "INDArray" + Arrays.toString(array.shape()) + " "
                + array.dataType().toString().toLowerCase(Locale.ROOT);
        if (array.isEmpty() || !array.dataType().isNumerical()) {
            return head + (array.isEmpty() ? ", empty" : "");
        }
        Tensor values = tensor(array);
        return String.format(
                Locale.ROOT,
                "%s, min %.4g, max %.4g, mean %.4g, std %.4g",
                head,
                values.min(),
                values.max(),
                values.mean(),
                values.std());
    }
}
