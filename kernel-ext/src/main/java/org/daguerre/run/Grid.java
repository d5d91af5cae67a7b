package org.daguerre.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * Every combination of the values on some axes: {@code Grid.of(sampling).axis("sampler", samplers, Sampling::sampler)
 * .axis("steps", List.of(5, 10, 20), Sampling::steps)}. Immutable.
 *
 * @param <S> what is varied: a {@link Sampling}, or what a picture is asked for with
 */
public final class Grid<S> {

    /** The most combinations; more than that nobody looks at side by side. */
    public static final int MOST = 256;

    /**
     * One combination.
     *
     * @param at what it has on every axis, in the order of the axes
     * @param settings all that decides it
     */
    public record Point<S>(Map<String, String> at, S settings) {}

    private final List<Point<S>> points;

    private Grid(List<Point<S>> points) {
        this.points = List.copyOf(points);
    }

    /** A grid of one point and no axis. */
    public static <S> Grid<S> of(S settings) {
        return new Grid<>(List.of(new Point<>(Map.of(), settings)));
    }

    /**
     * The same grid along one more axis; values go by their text.
     *
     * <p>Of records say what they are, {@code List.<Sampler>of(new Ddim(), new Heun())}: javac 17 otherwise takes them for
     * Records, and links {@code Sampling::sampler} to those.
     */
    public <V> Grid<S> axis(String name, List<V> values, BiFunction<S, V, S> change) {
        Map<String, V> byText = new LinkedHashMap<>();
        values.forEach(value -> byText.put(String.valueOf(value), value));
        return axis(name, byText, change);
    }

    /**
     * The same grid along one more axis.
     *
     * @param values by the text that they go by
     * @param change how a value is put into the settings
     * @throws IllegalArgumentException if there is no value, the axis is there already, or the grid grows beyond {@link #MOST}
     */
    public <V> Grid<S> axis(String name, Map<String, V> values, BiFunction<S, V, S> change) {
        if (values.isEmpty() || points.get(0).at().containsKey(name)) {
            throw new IllegalArgumentException(
                    "axis " + name + (values.isEmpty() ? " has no value" : " is there already")
                            + ". Give each axis once, with one value or more.");
        }
        long size = (long) points.size() * values.size();
        if (size > MOST) {
            throw new IllegalArgumentException("the grid has " + size + " runs or more. Give at most " + MOST
                    + ": fewer values on an axis, or fewer axes.");
        }
        List<Point<S>> more = new ArrayList<>();
        for (Point<S> point : points) {
            values.forEach((text, value) -> {
                Map<String, String> at = new LinkedHashMap<>(point.at());
                at.put(name, text);
                more.add(new Point<>(at, change.apply(point.settings(), value)));
            });
        }
        return new Grid<>(more);
    }

    /** The same grid with every point's settings changed alike. */
    public Grid<S> map(UnaryOperator<S> change) {
        return new Grid<>(points.stream()
                .map(point -> new Point<>(point.at(), change.apply(point.settings())))
                .toList());
    }

    @Override
    public String toString() {
        return "grid of " + points.size() + (points.size() == 1 ? " run" : " runs") + " over "
                + String.join(", ", points.get(0).at().keySet());
    }

    /** All combinations; the last axis varies fastest. */
    public List<Point<S>> points() {
        return points;
    }
}
