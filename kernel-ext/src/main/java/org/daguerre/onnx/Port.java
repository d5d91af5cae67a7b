package org.daguerre.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daguerre.tensor.Tensor;

/**
 * An input or output of a graph.
 *
 * @param name its name
 * @param type its number type
 * @param shape the length of every axis, -1 where it may vary
 * @param axes the names of the axes, "" where they have none
 */
public record Port(String name, ElementType type, List<Long> shape, List<String> axes) {

    public Port {
        shape = List.copyOf(shape);
        axes = List.copyOf(axes);
    }

    /** The number of axes; 0 for a single number. */
    public int rank() {
        return shape.size();
    }

    /** The length of an axis, -1 where it may vary. */
    public int axis(int i) {
        return Math.toIntExact(shape.get(i));
    }

    /** The length of an axis, or another where it may vary. */
    public int axisOr(int i, int otherwise) {
        return axis(i) > 0 ? axis(i) : otherwise;
    }

    /** True if a tensor of this shape can go through. */
    public boolean fits(int[] actual) {
        if (actual.length != rank()) {
            return false;
        }
        for (int i = 0; i < actual.length; i++) {
            if (shape.get(i) >= 0 && shape.get(i) != actual[i]) {
                return false;
            }
        }
        return true;
    }

    /** Throws with the expected and the found shape if the tensor cannot be this input of the file. */
    void check(Tensor tensor, String file) {
        if (!fits(tensor.shape())) {
            throw new IllegalArgumentException(file + " takes '" + name + "' of shape " + shapeText() + ", given was "
                    + Arrays.toString(tensor.shape()) + ". Give a tensor of that shape.");
        }
        if (tensor.size() == 0) {
            throw new IllegalArgumentException(file + " was given an empty '" + name + "' of shape "
                    + Arrays.toString(tensor.shape()) + ". Give at least one value on every axis.");
        }
        if (type.integral()) {
            var values = tensor.buffer();
            while (values.hasRemaining()) {
                float value = values.get();
                if (value != Math.rint(value) || Float.isInfinite(value)) {
                    throw new IllegalArgumentException(file + " takes whole numbers as '" + name + "', given was "
                            + value + ". Give whole numbers; for a timestep, a sampler with whole timesteps (ddim).");
                }
            }
        }
    }

    /** The shape with the names of its varying axes, as in [batch, 4, height, width]. */
    public String shapeText() {
        return IntStream.range(0, rank())
                .mapToObj(i -> shape.get(i) >= 0
                        ? shape.get(i).toString()
                        : axes.get(i).isEmpty() ? "?" : axes.get(i))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    @Override
    public String toString() {
        return name + " " + type.name().toLowerCase(java.util.Locale.ROOT) + " " + shapeText();
    }
}
