package org.daguerre.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.daguerre.tensor.Tensor;

/**
 * Runs side by side on a {@link Grid}, each measured against the solution that it approaches: {@link ReferenceSolution}, of
 * the same model from the same noise. A comparison that is cancelled keeps the runs that are finished, and goes on from there.
 */
public final class Comparison {

    /** The axis that an order of convergence is estimated along. */
    public static final String STEPS = "steps";

    /** The axes that change how a solution is approached, and not which. */
    private static final List<String> OF_THE_SOLVER = List.of("sampler", "spacing", STEPS);

    /** The steps of a reference solution unless others are asked for. */
    public static final int REFERENCE_STEPS = 200;

    /**
     * A distance below this says no more than that both states are float32: sixteen times 2^-24, half of what its last digit is
     * worth.
     */
    public static final double ROUNDING = 0x1p-20;

    /**
     * One run of it.
     *
     * @param at what it has on every axis
     * @param run the run
     * @param decode turns its state into a picture {@code [1, 3, H, W]} in -1..1, or null where it is none
     */
    public record Entry(Map<String, String> at, Run run, UnaryOperator<Tensor> decode) {

        public Entry {
            at = Collections.unmodifiableMap(new LinkedHashMap<>(at));
            Objects.requireNonNull(run, "run");
        }

        /** What it has on all axes but some. */
        Map<String, String> without(List<String> axes) {
            Map<String, String> rest = new LinkedHashMap<>(at);
            rest.keySet().removeAll(axes);
            return rest;
        }
    }

    /**
     * What was measured of one run.
     *
     * @param entry the run
     * @param milliseconds wall time
     * @param random true if its sampler drew noise, so that it approaches no solution
     * @param distance norm of the difference from the reference solution in parts of its norm; on an exact model the error.
     *     NaN without a reference, and where the run is not finished
     * @param order how fast the distance falls with the steps, between the run of the next fewer steps and this one:
     *     ln(distance ratio) / ln(step ratio); NaN where there is no such run, noise was drawn, or the distance is below
     *     {@link #ROUNDING}
     * @param failure why it is not finished, or empty
     */
    public record Result(
            Entry entry, double milliseconds, boolean random, double distance, double order, String failure) {

        /** False if no step of it was made, and none failed. */
        public boolean hasBegun() {
            return !entry.run().steps().isEmpty() || !failure.isEmpty();
        }

        /** True if its distance is that of float32's rounding, so that it shows no order. */
        public boolean isRounding() {
            return entry.at().containsKey(STEPS) && !random && distance < ROUNDING;
        }
    }

    private final List<Entry> entries;
    private final List<ReferenceSolution> references;
    private final String[] failures;
    private volatile Observer observer = progress -> {};

    private Comparison(List<Entry> entries, List<ReferenceSolution> references) {
        this.entries = List.copyOf(entries);
        this.references = Collections.unmodifiableList(references);
        this.failures = new String[entries.size()];
    }

    /** Every point of a grid at its first step, each with a reference solution. */
    public static Comparison of(Grid<Sampling> grid) {
        return of(
                grid.points().stream()
                        .map(point -> new Entry(point.at(), point.settings().start(), null))
                        .toList(),
                REFERENCE_STEPS);
    }

    /**
     * Runs that are there already, by name: branches, for example, or the pictures of prompts. They may have begun anywhere, so the reference is the first
     * of them, as it stands.
     */
    public static Comparison of(Map<String, ? extends Sampled> runs) {
        List<Entry> entries = runs.entrySet().stream()
                .map(entry -> new Entry(
                        Map.of("run", entry.getKey()), entry.getValue().run(), null))
                .toList();
        requireSome(entries);
        return new Comparison(
                entries,
                Collections.nCopies(
                        entries.size(), ReferenceSolution.given(entries.get(0).run())));
    }

    /**
     * The given runs.
     *
     * @param entries one or more
     * @param referenceSteps steps of the reference solutions, 0 for none
     */
    public static Comparison of(List<Entry> entries, int referenceSteps) {
        requireSome(entries);
        if (referenceSteps < 0 || referenceSteps > 10_000) {
            throw new IllegalArgumentException("the reference has " + referenceSteps
                    + " steps. Give 0 (none) to 10000; " + REFERENCE_STEPS + " are usual.");
        }
        Map<List<Object>, ReferenceSolution> solutions = new HashMap<>();
        List<ReferenceSolution> references = new ArrayList<>();
        for (Entry entry : entries) {
            Run start = entry.run().branch().back(entry.run().trajectory().length());
            references.add(
                    referenceSteps == 0 || start.done()
                            ? null
                            : solutions.computeIfAbsent(
                                    List.of(
                                            entry.without(OF_THE_SOLVER),
                                            start.level().at(-1, -1),
                                            start.trajectory().plan().end().at(-1, -1)),
                                    key -> new ReferenceSolution(start, referenceSteps)));
        }
        return new Comparison(entries, references);
    }

    private static void requireSome(List<Entry> entries) {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("there is nothing to compare. Give one run or more.");
        }
    }

    /** The same with reference solutions of other steps, 0 for none; from the start. */
    public Comparison reference(int steps) {
        return of(
                entries.stream()
                        .map(entry -> new Entry(
                                entry.at(),
                                entry.run()
                                        .branch()
                                        .back(entry.run().trajectory().length()),
                                entry.decode()))
                        .toList(),
                steps);
    }

    /** Who is told of every call and every step of every run and of the reference solutions. */
    public Comparison observe(Observer observer) {
        this.observer = Objects.requireNonNull(observer, "observer");
        return this;
    }

    /** The runs, in the order of the grid. */
    public List<Entry> entries() {
        return entries;
    }

    /** Runs that are finished, or cannot be, whether or not their reference solution is. */
    public int finished() {
        int finished = 0;
        for (int i = 0; i < entries.size(); i++) {
            finished += failures[i] != null || entries.get(i).run().done() ? 1 : 0;
        }
        return finished;
    }

    private boolean isOver(int i) {
        return failures[i] != null
                || entries.get(i).run().done()
                        && (references.get(i) == null || references.get(i).isSolved());
    }

    /** True when nothing is left to do. */
    public boolean done() {
        return IntStream.range(0, entries.size()).allMatch(this::isOver);
    }

    /** The part of the calls of all runs and references that is done, 0 to 1. */
    public double fraction() {
        double made = 0;
        double all = 0;
        for (int i = 0; i < entries.size(); i++) {
            Run run = entries.get(i).run();
            made += run.calls();
            all += run.calls() + (failures[i] == null ? run.callsLeft() : 0);
        }
        for (ReferenceSolution solution : solutions()) {
            made += solution.run().calls();
            all += solution.run().calls() + solution.run().callsLeft();
        }
        return all == 0 ? 1 : made / all;
    }

    /** The reference solutions, each once. */
    private List<ReferenceSolution> solutions() {
        return references.stream().filter(Objects::nonNull).distinct().toList();
    }

    /** What the distances are measured from, and what that takes, in a sentence; empty if there is no reference. */
    public String reference() {
        List<ReferenceSolution> solutions = solutions();
        if (solutions.isEmpty()) {
            return "";
        }
        Run first = solutions.get(0).run();
        if (solutions.get(0).isGiven()) {
            return "distance is from " + label(first) + ", as it stands";
        }
        int made = 0;
        int all = 0;
        double milliseconds = 0;
        for (ReferenceSolution solution : solutions) {
            made += solution.run().calls();
            all += solution.run().calls() + solution.run().callsLeft();
            milliseconds += solution.milliseconds();
        }
        return String.format(
                Locale.ROOT,
                "distance is from %s by the trapezoid rule in %d steps: %s%d calls of the model and %.1f s, which no row counts",
                solutions.size() == 1 ? "a reference solution" : solutions.size() + " reference solutions",
                first.trajectory().plan().count(),
                made == all ? "" : made + " of ",
                all,
                milliseconds / 1000);
    }

    /** What is to be known of the results beside their numbers, a sentence each. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        List<Result> results = results();
        if (!reference().isEmpty()) {
            notes.add(reference());
        }
        if (results.stream().anyMatch(Result::isRounding)) {
            notes.add(String.format(
                    Locale.ROOT,
                    "no order where the distance is below %.0e: that is the rounding of float32",
                    ROUNDING));
        }
        List<String> begun = results.stream()
                .filter(result -> result.hasBegun()
                        && result.failure().isEmpty()
                        && !result.entry().run().done())
                .map(result -> label(result.entry().run()) + ", after "
                        + result.entry().run().trajectory().length() + " steps")
                .toList();
        if (!begun.isEmpty()) {
            notes.add("unfinished: " + String.join("; ", begun));
        }
        List<Result> ahead =
                results.stream().filter(result -> !result.hasBegun()).toList();
        if (!ahead.isEmpty()) {
            notes.add("not begun: " + ahead.size() + (ahead.size() == 1 ? " run, " : " runs, from ")
                    + label(ahead.get(0).entry().run()) + (ahead.size() == 1 ? "" : " on"));
        }
        return notes;
    }

    /** What a run is of all, in words: its place, and what it has on the axes; or that it is a reference. */
    public String label(Run run) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).run() == run) {
                return "run " + (i + 1) + " of " + entries.size() + ", "
                        + String.join(", ", entries.get(i).at().values());
            }
        }
        List<ReferenceSolution> solutions = solutions();
        int place = 1;
        while (place < solutions.size() && solutions.get(place - 1).run() != run) {
            place++;
        }
        return "reference solution " + place + " of " + solutions.size() + " by the trapezoid rule";
    }

    /**
     * Makes all steps that are left, run after run. A run that fails is left where it stands, with the reason in its result.
     *
     * @throws CancellationException if {@link #cancel} was called or the thread interrupted; what is
     *     finished is kept, and this goes on from there when called again
     * @throws IllegalStateException if every run fails; the message is that of the first
     */
    public synchronized Comparison finish() {
        for (int i = 0; i < entries.size(); i++) {
            if (isOver(i)) {
                continue;
            }
            try {
                entries.get(i).run().observe(observer).finish();
                if (references.get(i) != null) {
                    references.get(i).solve(observer);
                }
            } catch (CancellationException e) {
                throw e;
            } catch (RuntimeException e) { // one's own model may throw anything
                failures[i] =
                        Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
            }
        }
        if (Arrays.stream(failures).allMatch(Objects::nonNull)) {
            throw new IllegalStateException(failures[0]);
        }
        return this;
    }

    /** Stops the run that another thread is in, before its next question to the model. */
    public void cancel() {
        entries.forEach(entry -> entry.run().cancel());
        references.stream()
                .filter(Objects::nonNull)
                .forEach(reference -> reference.run().cancel());
    }

    /** The reference solution of a run, if it has one that is solved. */
    public Optional<Tensor> solution(Entry entry) {
        return Optional.ofNullable(references.get(entries.indexOf(entry)))
                .filter(ReferenceSolution::isSolved)
                .map(ReferenceSolution::x);
    }

    /**
     * The first run of each that has a reference solution, by what a solution depends on: the axes but sampler, spacing and
     * steps. Samplers may start from slightly other levels and so have solutions of their own; one stands for all.
     */
    public Map<Map<String, String>, Entry> solved() {
        Map<Map<String, String>, Entry> solved = new LinkedHashMap<>();
        entries.stream()
                .filter(entry -> solution(entry).isPresent())
                .forEach(entry -> solved.putIfAbsent(entry.without(OF_THE_SOLVER), entry));
        return solved;
    }

    /** What was measured, one run after the other; of those that are not finished too. */
    public List<Result> results() {
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            results.add(new Result(
                    entry,
                    milliseconds(entry.run()),
                    isRandom(entry.run()),
                    distance(i),
                    order(i),
                    Objects.requireNonNullElse(failures[i], "")));
        }
        return results;
    }

    private static double milliseconds(Run run) {
        return run.facts().stream().mapToDouble(StepFacts::milliseconds).sum();
    }

    private static boolean isRandom(Run run) {
        var way = run.trajectory();
        return !way.noise().equals(way.back(way.length()).noise());
    }

    private double distance(int i) {
        ReferenceSolution reference = references.get(i);
        Run run = entries.get(i).run();
        if (reference == null || !reference.isSolved() || !run.done() && !reference.isGiven()) {
            return Double.NaN;
        }
        Tensor solution = reference.x();
        if (!Arrays.equals(solution.shape(), run.x().shape())) {
            return Double.NaN;
        }
        return run.x().minus(solution).norm() / solution.norm();
    }

    /** The convergence from the run of the next fewer steps that has all else in common. */
    private double order(int i) {
        Entry entry = entries.get(i);
        int steps = entry.run().sampling().steps();
        int before = -1;
        for (int k = 0; k < entries.size(); k++) {
            int other = entries.get(k).run().sampling().steps();
            boolean coarser = other < steps
                    && (before < 0
                            || other > entries.get(before).run().sampling().steps());
            if (coarser && entries.get(k).without(List.of(STEPS)).equals(entry.without(List.of(STEPS)))) {
                before = k;
            }
        }
        if (before < 0 || !entry.at().containsKey(STEPS) || isRandom(entry.run()) || distance(i) < ROUNDING) {
            return Double.NaN;
        }
        double ratio = steps / (double) entries.get(before).run().sampling().steps();
        return Math.log(distance(before) / distance(i)) / Math.log(ratio);
    }

    @Override
    public String toString() {
        return "comparison of " + entries.size() + (entries.size() == 1 ? " run" : " runs") + ", " + finished()
                + " finished";
    }
}
