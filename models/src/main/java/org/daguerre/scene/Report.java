package org.daguerre.scene;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How well a model did.
 *
 * @param subject  what was measured
 * @param prompts  how many prompts it was asked
 * @param measures the rates, each with the number of pictures or objects that it is about; intervals over objects take them for
 *                 independent, although those of one picture are not quite
 * @param wordMaps the agreement of attention maps with the objects, or null where there are none
 * @param foregroundPsnr peak signal-to-noise ratio in dB over the 8 x 8 blocks that hold a part of an object, all pictures taken together, or
 *                 null where there is no true picture to compare with
 */
public record Report(String subject, int prompts, List<Measure> measures, WordMaps wordMaps, Double foregroundPsnr) {

    /** A named rate. */
    public record Measure(String name, Rate rate) {}

    /**
     * Means over pictures of {@link WordMap#iou}.
     *
     * @param mean     with the words' own objects
     * @param shuffled with maps of words that do not name those objects, null where only naming words have maps
     * @param pictures how many pictures had objects to compare with
     */
    public record WordMaps(double mean, Double shuffled, int pictures) {}

    public Report {
        measures = List.copyOf(measures);
    }

    /** One prompt and what came of it. */
    private record Case(Prompt prompt, Evaluation.Line line) {

        Claim claim() {
            return prompt.claim();
        }

        boolean bothObjects() {
            return line.count() && line.binding();
        }
    }

    static Report of(String subject, List<Prompt> prompts, List<Evaluation.Line> lines) {
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            cases.add(new Case(prompts.get(i), lines.get(i)));
        }
        List<Case> single = only(cases, c -> c.prompt.kind() == Drawn.Kind.COUNT);
        List<Case> pairs = only(cases, c -> c.prompt.kind() == Drawn.Kind.PAIR);
        List<Case> relations = only(cases, c -> c.prompt.kind() == Drawn.Kind.RELATION);
        List<Case> placeable = only(relations, Case::bothObjects);
        List<Measure> measures = new ArrayList<>();
        measures.add(rate("all right", cases, c -> c.line.right()));
        measures.add(objects("colour of the objects, one group", single, (o, g) -> o.colour() == g.colour()));
        measures.add(objects("shape of the objects, one group", single, (o, g) -> o.shape() == g.shape()));
        measures.add(rate("count, one group", single, c -> c.line.count()));
        measures.add(rate("count of 1 to 3", only(single, c -> c.claim().count() <= 3), c -> c.line.count()));
        for (int n = 1; n <= 6; n++) {
            int asked = n;
            measures.add(rate("count of " + n, only(single, c -> c.claim().count() == asked), c -> c.line.count()));
        }
        measures.add(rate("pair, each colour with its shape", pairs, c -> c.line.binding()));
        measures.add(rate("pair, all right", pairs, c -> c.line.right()));
        measures.add(rate("relation, both objects right", relations, Case::bothObjects));
        measures.add(rate("relation, given both objects", placeable, c -> c.line.relation()));
        measures.add(rate(
                "left and right, given both objects",
                only(placeable, c -> c.claim().relation().horizontal()),
                c -> c.line.relation()));
        measures.add(rate(
                "above and below, given both objects",
                only(placeable, c -> !c.claim().relation().horizontal()),
                c -> c.line.relation()));
        measures.add(rate("relation, all right", relations, c -> c.line.right()));
        return new Report(subject, prompts.size(), measures, wordMaps(lines), null);
    }

    private static List<Case> only(List<Case> cases, Predicate<Case> which) {
        return cases.stream().filter(which).toList();
    }

    private static Measure rate(String name, List<Case> cases, Predicate<Case> right) {
        return new Measure(name, new Rate((int) cases.stream().filter(right).count(), cases.size()));
    }

    @FunctionalInterface
    private interface Agreement {
        boolean holds(Found object, Group asked);
    }

    private static Measure objects(String name, List<Case> cases, Agreement agreement) {
        int right = 0, n = 0;
        for (Case each : cases) {
            for (Found object : each.line.found()) {
                right += agreement.holds(object, each.claim().first()) ? 1 : 0;
                n++;
            }
        }
        return new Measure(name, new Rate(right, n));
    }

    private static WordMaps wordMaps(List<Evaluation.Line> lines) {
        long pictures = lines.stream().filter(line -> line.iou() != null).count();
        return pictures == 0
                ? null
                : new WordMaps(
                        mean(lines, Evaluation.Line::iou), mean(lines, Evaluation.Line::shuffled), (int) pictures);
    }

    private static Double mean(List<Evaluation.Line> lines, Function<Evaluation.Line, Double> of) {
        List<Double> known = lines.stream().map(of).filter(Objects::nonNull).toList();
        return known.isEmpty()
                ? null
                : known.stream().mapToDouble(value -> value).sum() / known.size();
    }

    /** The rate of this name, for example "all right". */
    public Rate rate(String name) {
        return measures.stream()
                .filter(measure -> measure.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no measure '" + name + "'. There are "
                        + measures.stream().map(Measure::name).toList() + "."))
                .rate();
    }

    /** A table for a model's card. */
    public String markdown() {
        StringBuilder table = new StringBuilder();
        table.append("%s, %d %s\n\n".formatted(subject, prompts, foregroundPsnr == null ? "prompts" : "pictures"));
        table.append(table(measures));
        if (wordMaps != null) {
            table.append(
                    "\nWord maps against the objects that they name, %d pictures: mean IoU %s; maps of other words %s.\n"
                            .formatted(wordMaps.pictures(), decimal(wordMaps.mean()), decimal(wordMaps.shuffled())));
        }
        if (foregroundPsnr != null) {
            table.append(String.format(Locale.ROOT, "\nForeground PSNR %.1f dB.\n", foregroundPsnr));
        }
        return table.toString();
    }

    static String table(List<Measure> measures) {
        StringBuilder table = new StringBuilder();
        table.append("| measure | right | n | rate | 95 % interval |\n|---|--:|--:|--:|---|\n");
        for (Measure measure : measures) {
            Rate rate = measure.rate();
            String value = rate.n() == 0 ? "-" : decimal(rate.value());
            String interval = decimal(rate.low()) + " to " + decimal(rate.high());
            table.append(
                    "| %s | %d | %d | %s | %s |\n".formatted(measure.name(), rate.right(), rate.n(), value, interval));
        }
        return table.toString();
    }

    private static String decimal(Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.3f", value);
    }

    /** The same for programs: subject, prompts, measures [name, right, n, rate, low, high], word_maps [mean, shuffled, pictures],
     * foreground_psnr. */
    public String json() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("subject", subject);
        report.put("prompts", prompts);
        report.put("measures", measures.stream().map(Report::row).toList());
        report.put("word_maps", wordMaps);
        report.put("foreground_psnr", foregroundPsnr);
        try {
            return new ObjectMapper().writer(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report);
        } catch (JsonProcessingException e) {
            throw new AssertionError("maps of text and numbers are always JSON", e);
        }
    }

    private static Map<String, Object> row(Measure measure) {
        Rate rate = measure.rate();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", measure.name());
        row.put("right", rate.right());
        row.put("n", rate.n());
        row.put("rate", rate.n() == 0 ? null : rate.value());
        row.put("low", rate.low());
        row.put("high", rate.high());
        return row;
    }
}
