package org.daguerre.run;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/**
 * A model in one step of a run, and what went wrong there: whose fault a failure is, the model's, the guidance's or the
 * sampler's, so that one's own sampler in a notebook's cell is answered by its name and not by a stack trace.
 */
final class Watched implements ConditionalDenoiser {

    private final ConditionalDenoiser model;
    private final String at;
    private RuntimeException explained;

    /** @param at which step, in words */
    Watched(ConditionalDenoiser model, String at) {
        this.model = model;
        this.at = at;
    }

    @Override
    public Set<String> branches() {
        return model.branches();
    }

    @Override
    public Optional<ConditionalDenoiser> distilledAt(double guidanceScale) {
        return model.distilledAt(guidanceScale).map(distilled -> new Watched(distilled, at));
    }

    @Override
    public List<Prediction> predict(Tensor x, Level level, List<String> branches) {
        List<Prediction> answers;
        try {
            answers = model.predict(x, level, branches);
        } catch (RuntimeException | Error e) {
            throw failed("the model", e);
        }
        for (int i = 0; i < answers.size(); i++) {
            if (answers.get(i) == null) {
                throw failed("the model's answer '" + branches.get(i)
                        + "' is null. Return a prediction of the state's shape.");
            }
            if (!answers.get(i).raw().isFinite()) {
                throw failed("the model's answer '" + branches.get(i)
                        + "' has values that are infinite or not a number. Take another device or another model.");
            }
        }
        return answers;
    }

    /** A failure in words of our own. */
    RuntimeException failed(String factAndRemedy) {
        return keep(new IllegalStateException("in " + at + " " + factAndRemedy));
    }

    /**
     * What somebody's code threw: as it is where it explains itself, because it is an interrupt, the model's or this
     * library's; otherwise with the name of whose it is, and what was thrown as its cause.
     */
    RuntimeException failed(String whose, Throwable thrown) {
        if (thrown instanceof VirtualMachineError fatal && !(thrown instanceof StackOverflowError)) {
            throw fatal; // no memory left, for one: nobody's mistake in particular
        }
        if (thrown == explained || thrown instanceof CancellationException || isOurs(thrown) && !isRefused(thrown)) {
            return keep((RuntimeException) thrown);
        }
        if (isRefused(thrown)) {
            return keep(new IllegalStateException("in " + at + " " + whose + ": " + thrown.getMessage(), thrown));
        }
        return keep(new IllegalStateException(
                "in " + at + " " + whose + " " + threw(thrown)
                        + ". Mend it, or take another; the run stays before this step.",
                thrown));
    }

    /** As {@link #failed(String, Throwable)}, before there is a step. */
    static RuntimeException explained(String whose, Throwable thrown) {
        if (isRefused(thrown)) {
            return new IllegalStateException(whose + ": " + thrown.getMessage(), thrown);
        }
        return isOurs(thrown)
                ? (RuntimeException) thrown
                : new IllegalStateException(whose + " " + threw(thrown) + ". Mend it, or take another.", thrown);
    }

    /** What somebody's code did, as a part of a sentence. */
    static String threw(Throwable thrown) {
        String message = thrown.getMessage();
        return "threw " + thrown.getClass().getSimpleName() + (message == null ? "" : " (" + message + ")");
    }

    private RuntimeException keep(RuntimeException failure) {
        explained = failure;
        return failure;
    }

    /** Whether this library refused what it was given: it cannot know whose code that came from. */
    private static boolean isRefused(Throwable thrown) {
        return isOurs(thrown)
                && (thrown.getStackTrace()[0].getMethodName().equals("<init>") || isOutOfForeignCode(thrown));
    }

    /** Whether somebody else's code stands between what threw and the run that asked for it. */
    private static boolean isOutOfForeignCode(Throwable thrown) {
        return Arrays.stream(thrown.getStackTrace())
                .map(StackTraceElement::getClassName)
                .takeWhile(name -> !name.startsWith("org.daguerre.run."))
                .anyMatch(name -> !name.startsWith("org.daguerre.") && !name.startsWith("java."));
    }

    /** Whether it was thrown by this library in words of its own. */
    static boolean isOurs(Throwable thrown) {
        StackTraceElement[] frames = thrown.getStackTrace();
        return (thrown instanceof IllegalArgumentException
                        || thrown instanceof IllegalStateException
                        || thrown instanceof UnsupportedOperationException)
                && frames.length > 0
                && frames[0].getClassName().startsWith("org.daguerre.");
    }
}
