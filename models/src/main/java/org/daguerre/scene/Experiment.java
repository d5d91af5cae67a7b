package org.daguerre.scene;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * What changes when one thing changes: observations under several conditions, and a table with a row for each. Every observation is a line
 * of a {@code .jsonl} file, written as soon as it is known: a run that was killed goes on where it was.
 *
 * @param subject      what is measured, with all settings
 * @param observations in the order in which they were made
 */
public record Experiment(String subject, List<Observation> observations) {

    private static final double Z = 1.959963984540054; // 97.5 % of a normal distribution lies below

    /** One thing to observe: under which condition, and what is asked. */
    public record Case(String condition, String asked) {}

    /**
     * What was observed.
     *
     * @param rates  how often something was right, by name
     * @param values what was measured, by name
     */
    public record Observed(Map<String, Rate> rates, Map<String, Double> values) {}

    /** An observation with what it is of: a line of the file. */
    public record Observation(
            String subject, String condition, String asked, Map<String, Rate> rates, Map<String, Double> values) {}

    public Experiment {
        observations = List.copyOf(observations);
    }

    /**
     * Observes all cases that have no line in the file yet.
     *
     * @param file    made if it is not there
     * @param observe observes case {@code i}; the same case must give the same
     * @param done    told how many cases are observed, after each
     * @throws IllegalStateException if the file holds observations of another subject or other cases
     */
    public static Experiment run(
            String subject, List<Case> cases, Path file, IntFunction<Observed> observe, IntConsumer done)
            throws IOException {
        LineFile<Observation> lines = new LineFile<>(file, Observation.class);
        List<Observation> observations = lines.earlier(
                cases.size(),
                (i, line) -> line.subject.equals(subject)
                        && line.condition.equals(cases.get(i).condition())
                        && line.asked.equals(cases.get(i).asked()));
        done.accept(observations.size());
        while (observations.size() < cases.size()) {
            Case next = cases.get(observations.size());
            Observed observed = observe.apply(observations.size());
            Observation line =
                    new Observation(subject, next.condition(), next.asked(), observed.rates(), observed.values());
            lines.append(line);
            observations.add(line);
            done.accept(observations.size());
        }
        return new Experiment(subject, observations);
    }

    /** The conditions in their order. */
    public List<String> conditions() {
        return observations.stream().map(Observation::condition).distinct().toList();
    }

    /** A rate under a condition, all observations taken together. */
    public Rate rate(String condition, String name) {
        return observations.stream()
                .filter(line -> line.condition.equals(condition) && line.rates.containsKey(name))
                .map(line -> line.rates.get(name))
                .reduce(new Rate(0, 0), Rate::plus);
    }

    /** All values of a name under a condition. */
    public List<Double> values(String condition, String name) {
        return observations.stream()
                .filter(line -> line.condition.equals(condition) && line.values.containsKey(name))
                .map(line -> line.values.get(name))
                .toList();
    }

    /** The mean of a value under a condition; NaN if it was not measured there. */
    public double mean(String condition, String name) {
        return mean(values(condition, name));
    }

    /** How far the true mean may lie from {@link #mean}, with 95 % confidence: 1.96 standard errors; 0 of fewer than two values. */
    public double reach(String condition, String name) {
        return reach(values(condition, name));
    }

    /** The names of the rates, in the order in which they came up. */
    public List<String> rates() {
        return names(Observation::rates);
    }

    /** A row for each condition: rates with Wilson's interval, means of values with theirs (1.96 standard errors), 95 % both. */
    public String table() {
        List<String> rates = names(Observation::rates), values = names(Observation::values);
        StringBuilder table = new StringBuilder("|");
        for (String name : rates) {
            table.append(" | ").append(name).append(" | n");
        }
        for (String name : values) {
            table.append(" | ").append(name);
        }
        table.append(" |\n|---")
                .append("|--:|--:".repeat(rates.size()))
                .append("|--:".repeat(values.size()))
                .append("|\n");
        for (String condition : conditions()) {
            table.append("| ").append(condition);
            for (String name : rates) {
                Rate rate = rate(condition, name);
                table.append(
                        rate.n() == 0
                                ? " | - | 0"
                                : text(" | %.3f (%.3f to %.3f) | %d", rate.value(), rate.low(), rate.high(), rate.n()));
            }
            for (String name : values) {
                List<Double> known = values(condition, name);
                table.append(known.isEmpty() ? " | -" : text(" | %.4g ± %.2g", mean(known), reach(known)));
            }
            table.append(" |\n");
        }
        return table.toString();
    }

    /** The same for programs: subject, conditions [condition, rates {name: [right, n, low, high]}, values {name: [mean, reach, n]}]. */
    public String json() {
        List<Object> rows = new ArrayList<>();
        for (String condition : conditions()) {
            Map<String, Object> rates = new LinkedHashMap<>(), values = new LinkedHashMap<>();
            for (String name : names(Observation::rates)) {
                Rate rate = rate(condition, name);
                rates.put(name, List.of(rate.right(), rate.n(), rate.low(), rate.high()));
            }
            for (String name : names(Observation::values)) {
                List<Double> known = values(condition, name);
                if (!known.isEmpty()) {
                    values.put(name, List.of(mean(known), reach(known), known.size()));
                }
            }
            rows.add(Map.of("condition", condition, "rates", rates, "values", values));
        }
        try {
            return new ObjectMapper()
                    .writer(SerializationFeature.INDENT_OUTPUT, SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                    .writeValueAsString(Map.of("subject", subject, "conditions", rows));
        } catch (JsonProcessingException e) {
            throw new AssertionError("maps of text and numbers are always JSON", e);
        }
    }

    private List<String> names(Function<Observation, Map<String, ?>> of) {
        Set<String> names = new LinkedHashSet<>();
        observations.forEach(line -> names.addAll(of.apply(line).keySet()));
        return List.copyOf(names);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(value -> value).sum() / values.size();
    }

    private static double reach(List<Double> values) {
        double mean = mean(values);
        double squares = values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        return values.size() < 2 ? 0 : Z * Math.sqrt(squares / (values.size() - 1) / values.size());
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
