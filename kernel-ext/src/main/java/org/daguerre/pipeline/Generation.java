package org.daguerre.pipeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daguerre.backbone.Conditioning;
import org.daguerre.denoiser.Prediction;
import org.daguerre.image.Picture;
import org.daguerre.run.Observer;
import org.daguerre.run.Run;
import org.daguerre.run.Sampled;
import org.daguerre.run.Sampling;
import org.daguerre.sampler.Step;
import org.daguerre.tensor.Tensor;

/**
 * Pictures on their way, one run each: step, go back, branch, finish, and look at any time. What fails or is interrupted
 * leaves every run at its last finished step.
 */
public final class Generation implements Sampled {

    private final Request request;
    private final Conditioning conditioning;
    private final List<Run> runs;

    Generation(Request request, Conditioning conditioning, List<Run> runs) {
        this.request = request;
        this.conditioning = conditioning;
        this.runs = List.copyOf(runs);
    }

    /** What was asked for. */
    public Request request() {
        return request;
    }

    public Model model() {
        return request.model();
    }

    /** The run of every picture, in the order of their seeds. */
    public List<Run> runs() {
        return runs;
    }

    /** The run of the first picture. */
    @Override
    public Run run() {
        return runs.get(0);
    }

    /** Number of pictures. */
    public int count() {
        return runs.size();
    }

    /** Who is told of every call and every step of every run. */
    public Generation observe(Observer observer) {
        runs.forEach(run -> run.observe(observer));
        return this;
    }

    /** True when every picture is finished. */
    public boolean done() {
        return runs.stream().allMatch(Run::done);
    }

    /** The part of the steps that is done, 0 to 1. */
    public double fraction() {
        return runs.stream()
                .mapToDouble(run -> {
                    double made = run.trajectory().length();
                    double left = run.trajectory().stepsLeft();
                    return made + left == 0 ? 1 : made / (made + left);
                })
                .average()
                .orElse(1);
    }

    /** One step of every run. */
    public Generation step() {
        return step(1);
    }

    /** Up to n steps of every run that is not done; throws as {@link Run#step(int)} does. */
    public Generation step(int n) {
        if (done()) {
            run().step(n);
        }
        runs.stream().filter(run -> !run.done()).forEach(run -> run.step(n));
        return this;
    }

    /** All steps that are left, picture after picture. */
    public Generation finish() {
        runs.forEach(Run::finish);
        return this;
    }

    /** Stops the step that another thread is in, before its next question to the model. */
    public void cancel() {
        runs.forEach(Run::cancel);
    }

    /** Goes n steps back in every run. */
    public Generation back(int n) {
        runs.forEach(run -> run.trajectory().back(n));
        runs.forEach(run -> run.back(n));
        return this;
    }

    /** Another generation from here; what either does from now on does not touch the other. */
    public Generation branch() {
        return new Generation(
                request, conditioning, runs.stream().map(Run::branch).toList());
    }

    /** Another generation from here, with another sampler, guidance or edits. */
    public Generation branch(UnaryOperator<Sampling> change) {
        return new Generation(
                request,
                conditioning,
                runs.stream().map(run -> run.branch(change)).toList());
    }

    /** The same seeds and steps from here under another prompt. */
    public Generation branch(String prompt) {
        Request changed = request.prompt(prompt);
        Sampling sampling = changed.toSampling();
        return new Generation(
                changed,
                changed.conditioning(),
                runs.stream()
                        .map(run -> run.branch(s -> s.model(sampling.model())))
                        .toList());
    }

    /** The first picture as {@code [1, 3, H, W]} in -1..1: finished, or what the model now takes it for. */
    public Tensor pixels() {
        return pixels(0);
    }

    /** Picture i as {@code [1, 3, H, W]} in -1..1: finished, or what the model now takes it for. */
    public Tensor pixels(int i) {
        Run run = run(i);
        Step last = run.trajectory().last();
        return model().decode(run.done() || last == null ? run.x() : last.denoised());
    }

    /** The first picture: finished, or what the model now takes it for. */
    public Picture picture() {
        return picture(0);
    }

    /** Picture i: finished, or what the model now takes it for; with the parameters that made it. */
    public Picture picture(int i) {
        return Picture.of(pixels(i)).with(parameters(i));
    }

    /** All pictures in the order of their seeds. */
    public List<Picture> pictures() {
        return IntStream.range(0, runs.size()).mapToObj(this::picture).toList();
    }

    /** What the model took the first picture for at every step made, first to last. */
    public List<Picture> path() {
        return path(0);
    }

    /** What the model took picture i for at every step made, first to last. */
    public List<Picture> path(int i) {
        return run(i).steps().stream()
                .map(step -> Picture.of(model().decode(step.denoised())))
                .toList();
    }

    /** What made picture i, as its PNG tells it. */
    public Map<String, String> parameters(int i) {
        Run run = run(i);
        Sampling sampling = run.sampling();
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("prompt", request.prompt());
        if (!request.negative().isEmpty()) {
            parameters.put("negative", request.negative());
        }
        if (!request.sampling().boxes().isEmpty()) {
            parameters.put("boxes", request.boxText());
        }
        parameters.put("model", model().name());
        parameters.put("sampler", sampling.sampler().toString());
        parameters.put("schedule", sampling.schedule().toString());
        parameters.put("steps", Integer.toString(sampling.steps()));
        parameters.put("step", Integer.toString(run.trajectory().length()));
        parameters.put("guidance", sampling.guidance().toString());
        if (request.sampling().told() != null) {
            parameters.put("told", request.sampling().told().how());
        }
        if (!request.sampling().origin().equals(Origin.NOISE)) {
            parameters.put("origin", request.sampling().origin().toString());
        }
        parameters.put("seed", Long.toString(sampling.seed()));
        return parameters;
    }

    Run run(int i) {
        if (i < 0 || i >= runs.size()) {
            throw new IllegalArgumentException("picture " + i + " is not there, there are " + runs.size()
                    + ". Give 0 to " + (runs.size() - 1) + ".");
        }
        return runs.get(i);
    }

    /** The attention that the first picture's pixels paid to the words of the prompt; see {@link #attention(int)}. */
    public Attention attention() {
        return attention(0);
    }

    /**
     * The attention of picture i over the steps made under this prompt. Steps made before {@link #branch(String)} went on
     * under another prompt are left out, for they attended to other words; steps are counted from the first that is left.
     *
     * @throws IllegalStateException if no step was made under this prompt, the model shows no attention, or it was told something
     *     else than its prompt
     */
    public Attention attention(int i) {
        model().requireAttention();
        if (request.sampling().told() != null) {
            throw new IllegalStateException(
                    "this run was told " + request.sampling().told().how()
                            + ", not the words of its prompt, so they have no maps. Take a run of a prompt alone.");
        }
        Run run = run(i).branch(); // of one moment, whatever another thread steps
        List<Step> steps = run.steps();
        List<Sampling> samplings = run.samplings();
        List<Prediction> asked = IntStream.range(0, steps.size())
                .filter(k -> samplings.get(k).model() == run.sampling().model())
                .mapToObj(k -> steps.get(k).calls().get(0))
                .toList();
        if (asked.isEmpty()) {
            throw new IllegalStateException(
                    "no step was made under this prompt, so there is no attention yet. Step first.");
        }
        return new Attention(
                model(), picture(i), request.tokens(), request.sampling().boxes(), conditioning, asked);
    }

    @Override
    public String toString() {
        Run run = run();
        int made = run.trajectory().length();
        Sampling now = run.sampling(); // a branch may have another sampler and guidance than were asked for
        return request.guidance(now.guidance()) + ", " + now.sampler() + ": " + made + " of "
                + (made + run.trajectory().stepsLeft()) + " steps" + (done() ? ", finished" : "")
                + unread("", request.prompt()) + unread("negative ", request.negative())
                + request.sampling().boxes().stream()
                        .map(box -> unread("box ", box.phrase()))
                        .collect(Collectors.joining());
    }

    private String unread(String which, String prompt) {
        String unread = model().tokens(prompt).unread();
        return unread.isEmpty() ? "" : "; " + which + unread;
    }
}
