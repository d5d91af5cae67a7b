package org.daguerre.course;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Marks the answers of one notebook. Whatever an answer does short of ending the JVM, throwing an error, running forever,
 * printing, the outcome is a score: nbgrader takes silence for success, so nothing but a passed check gives a point.
 */
final class Marking {

    private final Answers answers;
    private final Duration limit;

    /** @param limit the time that one check may take */
    Marking(Answers answers, Duration limit) {
        this.answers = answers;
        this.limit = limit;
    }

    <A> Score mark(Exercise<A> exercise) {
        List<String> faults = new ArrayList<>();
        int points = 0;
        try {
            A answer = read(exercise);
            for (Check<A> check : exercise.checks()) {
                Optional<String> fault = inTime(() -> check.fault(answer));
                points += fault.isEmpty() ? 1 : 0;
                fault.filter(text -> !faults.contains(text)).ifPresent(faults::add);
            }
        } catch (Unmarkable e) {
            faults.add(e.getMessage());
        }
        return new Score(exercise.name(), points, exercise.points(), faults);
    }

    /** No further check of this answer can say anything. */
    private static final class Unmarkable extends Exception {
        private static final long serialVersionUID = 1;

        Unmarkable(String message) {
            super(message);
        }
    }

    private <A> A read(Exercise<A> exercise) throws Unmarkable {
        // Spelled out and cast here, so that a class of the notebook with the same name is refused, not believed.
        String source = "(" + exercise.type().getCanonicalName() + ") (" + exercise.answer() + ")";
        try {
            return exercise.type().cast(answers.value(source));
        } catch (Throwable e) {
            throw new Unmarkable("No method fits " + exercise.answer().replaceFirst(".*-> ", "")
                    + ". Run the cell that defines it, and keep its name and parameters.");
        }
    }

    /** The outcome of a check in a thread of its own, which is left behind if it takes too long: Java cannot stop it. */
    private Optional<String> inTime(java.util.concurrent.Callable<Optional<String>> check) throws Unmarkable {
        FutureTask<Optional<String>> task = new FutureTask<>(check);
        Thread thread = new Thread(task, "daguerre-check");
        thread.setDaemon(true);
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        // nbgrader gives 0 to a test cell with anything on System.err, however right the answer.
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            thread.start();
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            thread.interrupt();
            throw new Unmarkable(
                    "It runs for more than " + limit.toSeconds() + " s. Look for a loop that does not end.");
        } catch (ExecutionException e) {
            return Optional.of(thrown(e.getCause()));
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new Unmarkable("The check was interrupted. Run it again.");
        } finally {
            System.setErr(err);
            System.out.print(printed.toString(StandardCharsets.UTF_8));
        }
    }

    private static String thrown(Throwable thrown) {
        // A run that asks an answer says whose it was, and what it threw is the cause.
        boolean stub = Stream.iterate(thrown, Objects::nonNull, Throwable::getCause)
                .anyMatch(cause -> cause.getClass() == UnsupportedOperationException.class
                        && "not answered".equals(cause.getMessage()));
        return stub ? "Not answered yet." : "It throws " + thrown + ". Mend what it names.";
    }
}
