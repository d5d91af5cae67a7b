package org.daguerre.tensor;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * A dense float32 array with a shape, row-major (the last axis varies fastest), immutable to its users. Pictures and
 * latents are {@code [batch, channels, height, width]}.
 *
 * <p>Every operation returns a new tensor. Coefficients count in double precision. Two operands
 * must have the same shape; there is no broadcasting.
 */
public final class Tensor {

    /** The sine of an angle below which an arc is as good as straight. */
    private static final double PARALLEL = 1e-6;

    /** Values of several tensors that fit the first-level cache. */
    private static final int SUMMED_AT_ONCE = 1024;

    private final float[] data;
    private final int[] shape;

    private Tensor(float[] data, int[] shape) {
        if (size(shape) != data.length) {
            throw new IllegalArgumentException("data has " + data.length + " values, shape " + Arrays.toString(shape)
                    + " needs " + size(shape) + ". Give as many values as the product of the shape.");
        }
        this.data = data;
        this.shape = shape;
    }

    /** A tensor of the given values, copied. */
    public static Tensor of(float[] data, int... shape) {
        return new Tensor(data.clone(), shape.clone());
    }

    /** A tensor that takes over {@code data} without a copy: whoever calls this must not write to the array again. */
    public static Tensor wrap(float[] data, int... shape) {
        return new Tensor(data, shape.clone());
    }

    /** {@code a x + b y}, see {@link #combine(double[], List)}. */
    public static Tensor combine(double a, Tensor x, double b, Tensor y) {
        return combine(new double[] {a, b}, List.of(x, y));
    }

    /** {@code a x + b y + c z}, see {@link #combine(double[], List)}. */
    public static Tensor combine(double a, Tensor x, double b, Tensor y, double c, Tensor z) {
        return combine(new double[] {a, b, c}, List.of(x, y, z));
    }

    /**
     * The sum of {@code weights[k]} times term k. Every weight counts in double, as a float and what the float leaves of it,
     * and the terms are added from the smallest weight to the largest, no product rounded: a solver of high order adds so
     * little in its last terms that it would be lost, always to the same side, if the state were rounded before them.
     *
     * @param terms of one shape, one at least and as many as weights
     */
    public static Tensor combine(double[] weights, List<Tensor> terms) {
        if (terms.isEmpty() || weights.length != terms.size()) {
            throw new IllegalArgumentException(terms.size() + " terms and " + weights.length
                    + " weights make no sum. Give one weight a term, and at least one term.");
        }
        Tensor first = terms.get(0);
        terms.forEach(first::check);
        int[] rising = IntStream.range(0, weights.length)
                .boxed()
                .sorted(Comparator.comparingDouble(k -> Math.abs(weights[k])))
                .mapToInt(k -> k)
                .toArray();
        float[] sum = new float[first.data.length];
        for (int from = 0; from < sum.length; from += SUMMED_AT_ONCE) {
            int to = Math.min(from + SUMMED_AT_ONCE, sum.length);
            for (int k : rising) {
                add(rest(weights[k]), terms.get(k).data, sum, from, to);
            }
            for (int k : rising) {
                add((float) weights[k], terms.get(k).data, sum, from, to);
            }
        }
        return new Tensor(sum, first.shape);
    }

    /** What a float leaves of a weight. */
    private static float rest(double weight) {
        float rounded = (float) weight;
        return Float.isFinite(rounded) ? (float) (weight - rounded) : 0;
    }

    private static void add(float weight, float[] term, float[] sum, int from, int to) {
        for (int i = from; i < to; i++) {
            sum[i] = Math.fma(weight, term[i], sum[i]);
        }
    }

    /** A tensor of zeros. */
    public static Tensor zeros(int... shape) {
        return new Tensor(new float[size(shape)], shape.clone());
    }

    /** A tensor with {@code value} everywhere. */
    public static Tensor filled(double value, int... shape) {
        float[] data = new float[size(shape)];
        Arrays.fill(data, (float) value);
        return new Tensor(data, shape.clone());
    }

    /** The tensors one after the other along the first axis; all other axes must agree. */
    public static Tensor concat(Tensor... parts) {
        if (parts.length == 0) {
            throw new IllegalArgumentException("parts is empty. Give at least one tensor to concatenate.");
        }
        int[] shape = parts[0].shape.clone();
        int[] inner = Arrays.copyOfRange(shape, 1, shape.length);
        int rows = 0;
        int size = 0;
        for (Tensor part : parts) {
            if (part.rank() != shape.length || !Arrays.equals(inner, Arrays.copyOfRange(part.shape, 1, part.rank()))) {
                throw new IllegalArgumentException("part of shape " + Arrays.toString(part.shape) + " does not fit "
                        + Arrays.toString(parts[0].shape) + ". All axes but the first must agree.");
            }
            rows += part.shape[0];
            size += part.data.length;
        }
        shape[0] = rows;
        float[] data = new float[size];
        int at = 0;
        for (Tensor part : parts) {
            System.arraycopy(part.data, 0, data, at, part.data.length);
            at += part.data.length;
        }
        return new Tensor(data, shape);
    }

    /** The number of values of a shape. */
    static int size(int... shape) {
        long size = 1;
        for (int n : shape) {
            if (n < 0) {
                throw new IllegalArgumentException(
                        "shape " + Arrays.toString(shape) + " has a negative axis. Every axis is 0 or more.");
            }
            size *= n;
            if (size > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("shape " + Arrays.toString(shape)
                        + " has more values than a tensor holds (2^31 - 1). Make it smaller.");
            }
        }
        return (int) size;
    }

    /** The length of every axis, a copy. */
    public int[] shape() {
        return shape.clone();
    }

    /** The number of axes. */
    public int rank() {
        return shape.length;
    }

    /** The number of values. */
    public int size() {
        return data.length;
    }

    /** The value at a full index, one number an axis. */
    public float get(int... index) {
        if (index.length != shape.length) {
            throw new IndexOutOfBoundsException(
                    "index " + Arrays.toString(index) + " has " + index.length + " numbers, shape "
                            + Arrays.toString(shape) + " has " + shape.length + " axes. Give one number an axis.");
        }
        int at = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            if (index[axis] < 0 || index[axis] >= shape[axis]) {
                throw new IndexOutOfBoundsException("index " + Arrays.toString(index) + " is outside shape "
                        + Arrays.toString(shape) + ". Axis " + axis + " goes from 0 to " + (shape[axis] - 1) + ".");
            }
            at = at * shape[axis] + index[axis];
        }
        return data[at];
    }

    /** The values in row-major order, a copy. */
    public float[] toArray() {
        return data.clone();
    }

    /** A read-only view of the values in row-major order; nothing is copied. */
    public FloatBuffer buffer() {
        return FloatBuffer.wrap(data).asReadOnlyBuffer();
    }

    /** The same values under another shape of the same size. */
    public Tensor reshape(int... newShape) {
        return new Tensor(data, newShape.clone());
    }

    /** Row {@code i} of the first axis, with that axis kept at length 1: picture i of a batch is a batch of one. */
    public Tensor slice(int i) {
        return slice(i, i + 1);
    }

    /** Rows {@code from} (inclusive) to {@code to} (exclusive) of the first axis. */
    public Tensor slice(int from, int to) {
        if (shape.length == 0 || from < 0 || to > shape[0] || from > to) {
            throw new IndexOutOfBoundsException("rows " + from + " to " + to + " are outside shape "
                    + Arrays.toString(shape) + ". Give 0 <= from <= to <= length of the first axis.");
        }
        int[] newShape = shape.clone();
        newShape[0] = to - from;
        int row = shape[0] == 0 ? 0 : data.length / shape[0];
        return new Tensor(Arrays.copyOfRange(data, from * row, to * row), newShape);
    }

    public Tensor plus(Tensor other) {
        check(other);
        float[] out = new float[data.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = data[i] + other.data[i];
        }
        return new Tensor(out, shape);
    }

    /** {@code this + factor * other}, see {@link #combine(double[], List)}. */
    public Tensor plus(double factor, Tensor other) {
        return combine(1, this, factor, other);
    }

    public Tensor minus(Tensor other) {
        check(other);
        float[] out = new float[data.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = data[i] - other.data[i];
        }
        return new Tensor(out, shape);
    }

    public Tensor times(double factor) {
        return combine(new double[] {factor}, List.of(this));
    }

    /** Value by value. */
    public Tensor times(Tensor other) {
        check(other);
        float[] out = new float[data.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = data[i] * other.data[i];
        }
        return new Tensor(out, shape);
    }

    public Tensor over(double divisor) {
        return times(1 / divisor);
    }

    /** Every value brought into {@code [low, high]}; NaN stays NaN. */
    public Tensor clamp(double low, double high) {
        return map(v -> Math.max(low, Math.min(high, v)));
    }

    /** A function of every value. */
    public Tensor map(DoubleUnaryOperator f) {
        float[] out = new float[data.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) f.applyAsDouble(data[i]);
        }
        return new Tensor(out, shape);
    }

    /** A function of every pair of values. */
    public Tensor map(Tensor other, DoubleBinaryOperator f) {
        check(other);
        float[] out = new float[data.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) f.applyAsDouble(data[i], other.data[i]);
        }
        return new Tensor(out, shape);
    }

    /** The point at a fraction of the straight way to another tensor: 0 is this one, 1 the other. */
    public Tensor lerp(Tensor other, double fraction) {
        return combine(1 - fraction, this, fraction, other);
    }

    /**
     * The point at a fraction of the arc to another tensor (Shoemake 1985, "Animating Rotation with Quaternion Curves"): 0 is
     * this one, 1 the other. Between two draws of noise the norm stays that of noise, where the straight way shrinks it.
     */
    public Tensor slerp(Tensor other, double fraction) {
        double cosine = dot(other) / (norm() * other.norm());
        double angle = StrictMath.acos(Math.max(-1, Math.min(1, cosine)));
        double sine = StrictMath.sin(angle);
        if (!(sine > PARALLEL)) { // also where one of them is zero
            return lerp(other, fraction);
        }
        return combine(
                StrictMath.sin((1 - fraction) * angle) / sine, this, StrictMath.sin(fraction * angle) / sine, other);
    }

    public double sum() {
        double sum = 0;
        for (float v : data) {
            sum += v;
        }
        return sum;
    }

    public double mean() {
        return sum() / data.length;
    }

    /** Standard deviation with n - 1, as {@code torch.std}. */
    public double std() {
        double mean = mean();
        double sum = 0;
        for (float v : data) {
            sum += (v - mean) * (v - mean);
        }
        return Math.sqrt(sum / (data.length - 1));
    }

    /** Euclidean norm: the square root of the sum of squares. */
    public double norm() {
        return Math.sqrt(dot(this));
    }

    /** The sum of the products, value by value. */
    public double dot(Tensor other) {
        check(other);
        double sum = 0;
        for (int i = 0; i < data.length; i++) {
            sum += (double) data[i] * other.data[i];
        }
        return sum;
    }

    public float min() {
        float min = Float.POSITIVE_INFINITY;
        for (float v : data) {
            min = Math.min(min, v);
        }
        return min;
    }

    public float max() {
        float max = Float.NEGATIVE_INFINITY;
        for (float v : data) {
            max = Math.max(max, v);
        }
        return max;
    }

    /** True if no value is NaN or infinite. */
    public boolean isFinite() {
        for (float v : data) {
            if (!Float.isFinite(v)) {
                return false;
            }
        }
        return true;
    }

    private void check(Tensor other) {
        if (!Arrays.equals(shape, other.shape)) {
            throw new IllegalArgumentException(
                    "shapes " + Arrays.toString(shape) + " and " + Arrays.toString(other.shape)
                            + " differ. Give two tensors of one shape (reshape changes the shape, not the values).");
        }
    }

    /** Same shape and the same bits. */
    @Override
    public boolean equals(Object o) {
        return o instanceof Tensor t && Arrays.equals(shape, t.shape) && Arrays.equals(data, t.data);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(shape) + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        if (data.length == 0) {
            return "Tensor" + Arrays.toString(shape) + " (empty)";
        }
        return String.format(
                java.util.Locale.ROOT,
                "Tensor%s min %.4g max %.4g mean %.4g",
                Arrays.toString(shape),
                min(),
                max(),
                mean());
    }
}
