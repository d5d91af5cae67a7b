package org.daguerre.course;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.daguerre.tensor.Tensor;

/**
 * The numbers that an answer should give, and the numbers that it gives after each of the usual slips, so that a wrong answer
 * can be told what it is instead.
 */
public final class Expected {

    private final double[] right;
    private final double tolerance;
    private final double floor;
    private final IntFunction<String> place;
    private final Map<String, double[]> slips = new LinkedHashMap<>();

    private Expected(double[] right, double tolerance, double floor, IntFunction<String> place) {
        this.right = right;
        this.tolerance = tolerance;
        this.floor = floor;
        this.place = place;
    }

    /** Values that must each agree to one in a million. {@code place} names value i, as in "alpha-bar at t = 3". */
    public static Expected values(double[] right, IntFunction<String> place) {
        return new Expected(right, 1e-6, 0, place);
    }

    /** A tensor whose values must agree to 1e-5 of its largest: float32 less some rounding. */
    public static Expected tensor(Tensor right) {
        double[] values = values(right);
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return new Expected(values, 1e-5, largest, i -> "value " + i);
    }

    /** What the numbers are after a slip, and what to tell whoever made it. */
    public Expected slip(double[] values, String advice) {
        slips.put(advice, values);
        return this;
    }

    /** What the tensor is after a slip, and what to tell whoever made it. */
    public Expected slip(Tensor tensor, String advice) {
        return slip(values(tensor), advice);
    }

    /** What is wrong with a tensor. */
    public Optional<String> fault(Tensor got) {
        return got == null ? Optional.of("It returns null. Return a Tensor.") : fault(values(got));
    }

    /** What is wrong with an array. */
    public Optional<String> fault(double[] got) {
        if (got == null) {
            return Optional.of("It returns null. Return an array.");
        }
        if (got.length != right.length) {
            return Optional.of(
                    "It returns " + got.length + " values, and should return " + right.length + ". Give one for each.");
        }
        int wrong = differs(got, right);
        if (wrong < 0) {
            return Optional.empty();
        }
        String fact = "%s is %s, and should be %s."
                .formatted(capital(place.apply(wrong)), number(got[wrong]), number(right[wrong]));
        return Optional.of(slips.entrySet().stream()
                .filter(slip -> differs(got, slip.getValue()) < 0)
                .findFirst()
                .map(slip -> fact + " " + slip.getKey())
                .orElse(fact));
    }

    /** The first place at which two differ by more than the tolerance, or -1. Not a number differs from everything. */
    private int differs(double[] a, double[] b) {
        for (int i = 0; i < a.length; i++) {
            if (!(Math.abs(a[i] - b[i]) <= tolerance * Math.max(Math.abs(b[i]), floor))) {
                return i;
            }
        }
        return -1;
    }

    private static double[] values(Tensor tensor) {
        float[] values = tensor.toArray();
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    private static String number(double value) {
        return String.format(java.util.Locale.ROOT, "%.6g", value);
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
