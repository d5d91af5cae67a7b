package org.daguerre.course;

import java.time.Duration;
import java.util.List;

/**
 * {@code %check EXERCISE}: marks an answer of this notebook, prints what is wrong with it and gives the points. The number is
 * the proof that nbgrader grades by.
 */
public final class CheckMagic {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final String name;
    private final Exercises exercises;
    private final Marking marking;

    /**
     * @param name the magic's name
     * @param exercises what it can mark
     * @param answers reads a Java expression among the names of the notebook
     */
    public CheckMagic(String name, Exercises exercises, Answers answers) {
        this.name = name;
        this.exercises = exercises;
        this.marking = new Marking(answers, LIMIT);
    }

    /**
     * Runs the magic.
     *
     * @return points, 0 to the exercise's
     * @throws IllegalArgumentException unless the arguments are the name of one exercise
     */
    public double eval(List<String> arguments) {
        if (arguments.size() != 1) {
            throw new IllegalArgumentException("%" + name + " has " + arguments.size()
                    + " arguments. Give the name of one exercise: " + exercises + ".");
        }
        Score score = marking.mark(exercises.named(arguments.get(0)));
        System.out.println(score.report());
        return score.points();
    }
}
