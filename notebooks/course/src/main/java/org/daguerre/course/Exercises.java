package org.daguerre.course;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The exercises of a set, by name. */
public final class Exercises {

    /** Those that students can check. */
    public static final Exercises VISIBLE =
            new Exercises(List.of(AlphasCumprod.VISIBLE, AddNoise.VISIBLE, DdimStep.VISIBLE));

    private final List<Exercise<?>> exercises;

    public Exercises(List<Exercise<?>> exercises) {
        this.exercises = List.copyOf(exercises);
    }

    public List<Exercise<?>> all() {
        return exercises;
    }

    /** The exercise of a name, if there is one. */
    public Optional<Exercise<?>> find(String name) {
        return exercises.stream()
                .filter(exercise -> exercise.name().equals(name))
                .findFirst();
    }

    /**
     * The exercise of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Exercise<?> named(String name) {
        return find(name)
                .orElseThrow(
                        () -> new IllegalArgumentException("exercise is '" + name + "'. Give one of: " + this + "."));
    }

    /** The names. */
    @Override
    public String toString() {
        return exercises.stream().map(Exercise::name).collect(Collectors.joining(", "));
    }
}
