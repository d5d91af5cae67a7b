package org.daguerre.scene;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntConsumer;

/**
 * Lets a model paint prompts and judges the pictures. Every verdict is a line of a {@code .jsonl} file, written as soon as it is known:
 * a run that was killed goes on where it was, and the file says which pictures went wrong and how.
 *
 * <pre>{@code
 * var evaluation = new Evaluation("tray, guidance 3", Prompts.heldOut(300, 1), Path.of("verdicts.jsonl"));
 * Report report = evaluation.run(prompt -> Painting.of(paint(prompt.caption().text(), prompt.seed())), done -> {});
 * Files.writeString(Path.of("report.md"), report.markdown());
 * }</pre>
 */
public final class Evaluation {

    /** A model: the same prompt, seed included, must give the same picture. */
    @FunctionalInterface
    public interface Painter {
        Painting paint(Prompt prompt);
    }

    /**
     * What was said about one picture: a line of the file.
     *
     * @param relation null where the prompt says none
     * @param iou      the mean of {@link WordMap#iou} over the words that name a group, null without maps or without such objects
     * @param shuffled the same for maps of words that do not name that group: what a map that follows no word reaches
     */
    record Line(
            String subject,
            String prompt,
            long seed,
            List<Found> found,
            boolean count,
            boolean colour,
            boolean shape,
            boolean binding,
            Boolean relation,
            boolean right,
            String sentence,
            Double iou,
            Double shuffled) {

        boolean answers(String subject, Prompt prompt) {
            return this.subject.equals(subject)
                    && this.prompt.equals(prompt.caption().text())
                    && seed == prompt.seed();
        }
    }

    private final String subject;
    private final List<Prompt> prompts;
    private final Path verdicts;

    /**
     * @param subject  what is measured: the model and all settings that change its pictures or their maps
     * @param prompts  what it is asked, see {@link Prompts}
     * @param verdicts the file of verdicts; made if it is not there
     */
    public Evaluation(String subject, List<Prompt> prompts, Path verdicts) {
        if (prompts.isEmpty()) {
            throw new IllegalArgumentException("There are no prompts. Give one at least.");
        }
        this.subject = subject;
        this.prompts = List.copyOf(prompts);
        this.verdicts = verdicts;
    }

    /**
     * Paints and judges all prompts that have no verdict yet.
     *
     * @param judged told how many prompts have a verdict, after each
     * @throws IllegalStateException if the file holds verdicts on another subject or other prompts
     */
    public Report run(Painter painter, IntConsumer judged) throws IOException {
        LineFile<Line> file = new LineFile<>(verdicts, Line.class);
        List<Line> lines = file.earlier(prompts.size(), (i, line) -> line.answers(subject, prompts.get(i)));
        judged.accept(lines.size());
        while (lines.size() < prompts.size()) {
            Prompt prompt = prompts.get(lines.size());
            Line line = line(prompt, painter.paint(prompt));
            file.append(line);
            lines.add(line);
            judged.accept(lines.size());
        }
        return Report.of(subject, prompts, lines);
    }

    private Line line(Prompt prompt, Painting painting) {
        Verdict verdict = Judge.judge(painting.picture(), prompt.claim());
        List<Double> own = new ArrayList<>(), other = new ArrayList<>();
        for (int number = 1; number <= prompt.claim().groups().size(); number++) {
            Group group = prompt.claim().groups().get(number - 1);
            boolean[] mask = verdict.findings().mask(object -> object.is(group));
            for (WordMap map : painting.maps()) {
                boolean names = prompt.caption().groups().get(map.word()) == number;
                (names ? own : other).add(map.iou(mask));
            }
        }
        return new Line(
                subject,
                prompt.caption().text(),
                prompt.seed(),
                verdict.findings().objects(),
                verdict.count(),
                verdict.colour(),
                verdict.shape(),
                verdict.binding(),
                verdict.relation().orElse(null),
                verdict.right(),
                verdict.sentence(),
                mean(own),
                mean(other));
    }

    private static Double mean(List<Double> values) {
        OptionalDouble mean = values.stream()
                .mapToDouble(Double::doubleValue)
                .filter(value -> !Double.isNaN(value))
                .average();
        return mean.isPresent() ? mean.getAsDouble() : null;
    }
}
