package org.daguerre.scene;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a person saw in sampled pictures, and how far the judge agrees. A file of labels has a line for each picture, its number from 1 on
 * and, after a tab, what there is:
 *
 * <pre>
 * # comments and empty lines are skipped, and so is a number without a label
 * 1	3 red apples, 1 green cup
 * 2	nothing
 * 3	1 red apple, 1 unclear
 * </pre>
 *
 * "unclear" is an object that is no shape of this world or whose colour cannot be told.
 */
public final class Labels {

    private static final Pattern GROUP = Pattern.compile("(\\d{1,2}) (?:(unclear)|([a-z]+) ([a-z]+?)s?)");

    /** One object by its words, "red apple", or "unclear". */
    private final Map<Integer, List<String>> seen;

    private Labels(Map<Integer, List<String>> seen) {
        this.seen = seen;
    }

    /**
     * Reads a file of labels.
     *
     * @throws IllegalArgumentException if a line is not as described; the message has its number
     */
    public static Labels read(Path file) throws IOException {
        Map<Integer, List<String>> seen = new TreeMap<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String[] parts = lines.get(i).strip().split("\t", 2);
            if (parts[0].isEmpty() || parts[0].startsWith("#") || parts.length == 1 && parts[0].matches("\\d{1,4}")) {
                continue;
            }
            List<String> objects = parts.length < 2 ? null : objects(parts[1].strip());
            if (objects == null
                    || !parts[0].matches("\\d{1,4}")
                    || seen.put(Integer.valueOf(parts[0]), objects) != null) {
                throw new IllegalArgumentException("line " + (i + 1) + " of '" + file + "' is no label, or its number"
                        + " stands twice. Write a number, a tab and, for example, \"3 red apples, 1 green cup\".");
            }
        }
        return new Labels(seen);
    }

    private static List<String> objects(String label) {
        List<String> objects = new ArrayList<>();
        for (String part : label.equals("nothing") ? new String[0] : label.split(", *")) {
            Matcher group = GROUP.matcher(part);
            if (!group.matches()) {
                return null;
            }
            boolean known = group.group(2) != null
                    || Arrays.stream(Colour.values()).anyMatch(c -> c.word().equals(group.group(3)))
                            && Arrays.stream(Shape.values())
                                    .anyMatch(s -> s.word().equals(group.group(4)));
            if (!known) {
                return null;
            }
            String object = group.group(2) != null ? "unclear" : group.group(3) + " " + group.group(4);
            for (int n = Integer.parseInt(group.group(1)); n > 0; n--) {
                objects.add(object);
            }
        }
        objects.sort(null);
        return objects;
    }

    /** How many pictures have a label. */
    public int size() {
        return seen.size();
    }

    /**
     * Compares with the verdicts of an {@link Evaluation}, picture 1 with its first line.
     *
     * @param verdicts the file that the evaluation wrote
     * @return a page with agreement on count, on all objects, on right or wrong, and the confusion of shapes and colours
     */
    public String agreement(Path verdicts) throws IOException {
        List<String> lines = Files.readAllLines(verdicts);
        ObjectMapper json = new ObjectMapper();
        int counts = 0, all = 0, bothRight = 0, bothWrong = 0, onlyJudge = 0, onlyPerson = 0, missed = 0, invented = 0;
        Map<String, Integer> confusion = new TreeMap<>();
        for (Map.Entry<Integer, List<String>> label : seen.entrySet()) {
            if (label.getKey() < 1 || label.getKey() > lines.size()) {
                throw new IllegalArgumentException("Label " + label.getKey() + " has no verdict: '" + verdicts
                        + "' has " + lines.size() + ". Evaluate as many prompts as are labelled.");
            }
            Evaluation.Line line = json.readValue(lines.get(label.getKey() - 1), Evaluation.Line.class);
            List<String> person = new ArrayList<>(label.getValue()), judge = new ArrayList<>();
            line.found()
                    .forEach(found -> judge.add(
                            found.colour().word() + " " + found.shape().word()));
            judge.sort(null);
            counts += person.size() == judge.size() ? 1 : 0;
            all += person.equals(judge) ? 1 : 0;
            Claim claim = Grammar.parse(line.prompt()).orElseThrow();
            boolean right = person.equals(asked(claim)),
                    judged = line.count() && line.binding(); // the place is not labelled
            bothRight += right && judged ? 1 : 0;
            bothWrong += !right && !judged ? 1 : 0;
            onlyJudge += !right && judged ? 1 : 0;
            onlyPerson += right && !judged ? 1 : 0;
            pair(person, judge, String::equals, confusion);
            pair(person, judge, (a, b) -> noun(a).equals(noun(b)), confusion);
            pair(person, judge, (a, b) -> a.split(" ")[0].equals(b.split(" ")[0]), confusion);
            pair(person, judge, (a, b) -> true, confusion);
            missed += person.size();
            invented += judge.size();
        }
        int n = seen.size();
        double expected = n == 0
                ? 1
                : ((double) (bothRight + onlyPerson) * (bothRight + onlyJudge)
                                + (double) (bothWrong + onlyJudge) * (bothWrong + onlyPerson))
                        / ((double) n * n);
        double kappa = expected == 1 ? 1 : ((double) (bothRight + bothWrong) / n - expected) / (1 - expected);
        StringBuilder page = new StringBuilder("Labels by eye against the judge, " + n + " pictures\n\n");
        List<Report.Measure> measures = List.of(
                new Report.Measure("same number of objects", new Rate(counts, n)),
                new Report.Measure("same objects", new Rate(all, n)),
                new Report.Measure("same verdict on the prompt's objects", new Rate(bothRight + bothWrong, n)));
        page.append(Report.table(measures));
        page.append(String.format(
                Locale.ROOT,
                "\nRight by both %d, wrong by both %d, right by the judge only %d, by the person only %d; Cohen's kappa %.3f.\n",
                bothRight,
                bothWrong,
                onlyJudge,
                onlyPerson,
                kappa));
        page.append("Objects that the judge missed ")
                .append(missed)
                .append(", invented ")
                .append(invented)
                .append(".\n");
        page.append("\n| by eye | by the judge | times |\n|---|---|--:|\n");
        confusion.forEach((what, times) -> page.append("| " + what + " | " + times + " |\n"));
        return page.toString();
    }

    private static List<String> asked(Claim claim) {
        List<String> asked = new ArrayList<>();
        for (Group group : claim.groups()) {
            for (int i = 0; i < group.count(); i++) {
                asked.add(group.colour().word() + " " + group.shape().word());
            }
        }
        asked.sort(null);
        return asked;
    }

    private static String noun(String object) {
        return object.substring(object.indexOf(' ') + 1);
    }

    /** Takes pairs that agree off both lists; those that are not the same object are counted. */
    private static void pair(
            List<String> person,
            List<String> judge,
            BiPredicate<String, String> alike,
            Map<String, Integer> confusion) {
        for (String mine : List.copyOf(person)) {
            for (String theirs : judge) {
                if (alike.test(mine, theirs)) {
                    person.remove(mine);
                    judge.remove(theirs);
                    if (!mine.equals(theirs)) {
                        confusion.merge(mine + " | " + theirs, 1, Integer::sum);
                    }
                    break;
                }
            }
        }
    }
}
