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
import java.util.stream.Stream;
import org.daguerre.tensor.Tensor;

/**
 * Runs side by side on a {@link Grid}, each measured against the solution that it approaches: {@link ReferenceSolution}, of
 * the same model from the same noise. A comparison that is cancelled keeps the runs that are finished, and goes on from there.
 */
public final class Comparison {

    /** Runs that a note names. */
    private static final int MOST_NAMED = 6;

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
     * @param distance norm of the difference from the reference solution in parts of its norm; on an exact model the error,
     *     but for the last step from the schedule's least noise to none, which both make alike. NaN without a reference, and where the run is not finished
     * @param floor what the distance is known to: how far a reference solution of half the steps ends from the one it is
     *     measured from, at least {@link #ROUNDING}; 0 from a run that was given, NaN without a reference
     * @param order how fast the distance falls with the steps, between the run of the next fewer steps and this one:
     *     ln(distance ratio) / ln(step ratio); NaN where there is no such run, noise was drawn, or either distance is below
     *     the floor
     * @param failure why it is not finished, or empty
     */
    public record Result(
            Entry entry,
            double milliseconds,
            boolean random,
            double distance,
            double floor,
            double order,
            String failure) {

        /** False if no step of it was made, and none failed. */
        public boolean hasBegun() {
            return !entry.run().steps().isEmpty() || !failure.isEmpty();
        }

        /** True if its distance is below what it is known to, so that it says no more and shows no order. */
        public boolean isBelowFloor() {
            return !random && distance < floor;
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
     * of them, as it stands: {@code Comparison.of(Map.entry("one", run), Map.entry("other", branch))}.
     */
    @SafeVarargs
    public static Comparison of(Map.Entry<String, ? extends Sampled>... runs) {
        List<Entry> entries = Arrays.stream(runs)
                .map(run ->
                        new Entry(Map.of("run", run.getKey()), run.getValue().run(), null))
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
     * @param referenceSteps steps of the reference solutions, 2 or more, or 0 for none
     */
    public static Comparison of(List<Entry> entries, int referenceSteps) {
        requireSome(entries);
        if (referenceSteps < 0 || referenceSteps == 1 || referenceSteps > 10_000) {
            throw new IllegalArgumentException(
                    "the reference has " + referenceSteps + (referenceSteps == 1 ? " step" : " steps")
                            + ". Give 2 to 10000, or 0 for none; " + REFERENCE_STEPS + " are usual.");
        }
        Map<ReferenceSolution.Problem, ReferenceSolution> solutions = new HashMap<>();
        List<ReferenceSolution> references = new ArrayList<>();
        for (Entry entry : entries) {
            Run start = entry.run().branch().back(entry.run().trajectory().length());
            references.add(
                    referenceSteps == 0 || start.done()
                            ? null
                            : solutions.computeIfAbsent(
                                    ReferenceSolution.Problem.of(start),
                                    problem -> ReferenceSolution.of(start, referenceSteps)));
        }
        return new Comparison(entries, references);
    }

    private static void requireSome(List<Entry> entries) {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("there is nothing to compare. Give one run or more.");
        }
    }

    /** The same with reference solutions of other steps, 2 or more, or 0 for none; from the start. */
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
        ReferenceSolution reference = references.get(i);
        return failures[i] != null
                || entries.get(i).run().done()
                        && (reference == null
                                || reference.isSolved()
                                || !reference.failure().isEmpty());
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
            made += solution.calls();
            all += solution.calls() + solution.callsLeft();
        }
        return all == 0 ? 1 : made / all;
    }

    /** The reference solutions that a run is or will be measured from, each once. */
    private List<ReferenceSolution> solutions() {
        return IntStream.range(0, entries.size())
                .filter(i -> failures[i] == null)
                .mapToObj(references::get)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
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
            made += solution.calls();
            all += solution.calls() + solution.callsLeft();
            milliseconds += solution.milliseconds();
        }
        return String.format(
                Locale.ROOT,
                "distance is from %s by the trapezoid rule in %d steps%s: %s%d calls of the model and %.1f s, which no row counts",
                solutions.size() == 1 ? "a reference solution" : solutions.size() + " reference solutions",
                first.trajectory().plan().count(),
                uncertainty(solutions),
                made == all ? "" : made + " of ",
                all,
                milliseconds / 1000);
    }

    private static String uncertainty(List<ReferenceSolution> solutions) {
        List<Double> known = solutions.stream()
                .filter(ReferenceSolution::isSolved)
                .map(ReferenceSolution::uncertainty)
                .filter(uncertainty -> !uncertainty.isNaN()) // of a solution that is zero
                .toList();
        return known.isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        ", and one of half the steps ends %s%.1g from it",
                        known.size() == 1 ? "" : "up to ",
                        Collections.max(known));
    }

    /** What is to be known of the results beside their numbers, a sentence each. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        List<Result> results = results();
        if (!reference().isEmpty()) {
            notes.add(reference());
        }
        List<ReferenceSolution> solutions = solutions();
        for (int i = 0; i < solutions.size(); i++) {
            if (!solutions.get(i).failure().isEmpty()) {
                notes.add("no distance from " + label(solutions.get(i).run()) + ": "
                        + solutions.get(i).failure());
            }
        }
        belowFloor(
                        String.format(Locale.ROOT, "%.0e, the rounding of float32", ROUNDING),
                        results.stream().filter(result -> result.floor() == ROUNDING))
                .ifPresent(notes::add);
        belowFloor("what its reference is known to", results.stream().filter(result -> result.floor() > ROUNDING))
                .ifPresent(notes::add);
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

    private static Optional<String> belowFloor(String floor, Stream<Result> results) {
        List<String> below = results.filter(Result::isBelowFloor)
                .map(result -> String.join(", ", result.entry().at().values()))
                .toList();
        int left = below.size() - MOST_NAMED;
        return below.isEmpty()
                ? Optional.empty()
                : Optional.of("a distance says no more, and shows no order, below " + floor + ": "
                        + String.join("; ", below.subList(0, Math.min(MOST_NAMED, below.size())))
                        + (left > 0 ? "; and " + left + " more" : ""));
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
        while (place < solutions.size() && !solutions.get(place - 1).isSolvedBy(run)) {
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
                failures[i] = reason(e);
            }
        }
        if (Arrays.stream(failures).allMatch(Objects::nonNull)) {
            throw new IllegalStateException(failures[0]);
        }
        return this;
    }

    static String reason(RuntimeException thrown) {
        return Objects.requireNonNullElse(thrown.getMessage(), thrown.getClass().getSimpleName());
    }

    /** Stops the run that another thread is in, before its next question to the model. */
    public void cancel() {
        entries.forEach(entry -> entry.run().cancel());
        solutions().forEach(ReferenceSolution::cancel);
    }

    /**
     * The reference solution of a run, if it has one that is solved.
     *
     * @throws IllegalArgumentException if the run is of another comparison
     */
    public Optional<Tensor> solution(Entry entry) {
        int i = entries.indexOf(entry);
        if (i < 0) {
            throw new IllegalArgumentException(
                    "the run " + entry.at() + " is not of this comparison. Give one of its entries().");
        }
        return Optional.ofNullable(references.get(i))
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
                    floor(i),
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
        if (!Arrays.equals(reference.x().shape(), run.x().shape())) {
            return Double.NaN;
        }
        return reference.distance(run.x());
    }

    private double floor(int i) {
        ReferenceSolution reference = references.get(i);
        if (reference == null || !reference.isSolved()) {
            return Double.NaN;
        }
        return reference.isGiven() ? 0 : Math.max(ROUNDING, reference.uncertainty());
    }

    private boolean isBelowFloor(int i) {
        return distance(i) < floor(i);
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
        if (before < 0
                || !entry.at().containsKey(STEPS)
                || isRandom(entry.run())
                || isBelowFloor(i)
                || isBelowFloor(before)) {
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
