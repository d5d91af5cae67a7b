package org.daguerre.scene;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** The prompts that models of signs are measured with, and the measuring. */
public final class SignPrompts {

    /** The measures of signs, in the order of a report. */
    static final List<String> MEASURES = List.of(
            "all right",
            "word",
            "word, pixel font",
            "word, outline font",
            "letters",
            "font",
            "colour",
            "fingers",
            "fingers, 1",
            "fingers, 2",
            "fingers, 3",
            "fingers, 4",
            "fingers, 5");

    private SignPrompts() {}

    /**
     * Signs of which no training picture shows the combination, see {@link HeldOut}: seven words, then three hands. The same arguments
     * give the same list, and a shorter list is the beginning of a longer one.
     *
     * @param count   how many, from 1
     * @param seed    draws the combinations
     * @param spelled whether words that were never shown at all are among them, which only a model that reads letters can know
     */
    public static List<Sign> heldOut(int count, long seed, boolean spelled) {
        if (count < 1) {
            throw new IllegalArgumentException("--prompts is " + count + ". Give a number of prompts from 1 on.");
        }
        List<Sign> prompts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Draws draws = new Draws(seed, i);
            Sign sign;
            do {
                sign = i % 10 < 7
                        ? new Word(
                                draws.of(Word.ALL.toArray(String[]::new)),
                                draws.of(Font.values()),
                                draws.of(Colour.values()))
                        : new Hand(1 + draws.whole(0, Hand.ALL - 1), draws.of(Colour.values()));
            } while (!HeldOut.contains(sign)
                    || !spelled && sign instanceof Word word && HeldOut.contains(new Word(word.letters(), null, null)));
            prompts.add(sign);
        }
        return prompts;
    }

    /**
     * Paints and judges all prompts that have no verdict yet.
     *
     * @param subject  what is measured: the model and all settings that change its pictures
     * @param prompts  what it is asked; prompt {@code i} is painted with seed {@code seed + i}
     * @param spelled  whether words are asked letter by letter
     * @param painter  the model
     * @param verdicts the file of verdicts; made if it is not there
     * @param judged   told how many prompts have a verdict, after each
     * @throws IllegalStateException if the file holds verdicts on another subject or other prompts
     */
    public static Report evaluate(
            String subject, List<Sign> prompts, boolean spelled, Painter painter, Path verdicts, IntConsumer judged)
            throws IOException {
        List<String> asked =
                prompts.stream().map(sign -> SignGrammar.prompt(sign, spelled)).toList();
        return Trial.run(
                subject,
                asked,
                verdicts,
                i -> {
                    SignVerdict verdict = SignJudge.judge(painter.paint(asked.get(i), i), prompts.get(i));
                    return new Trial(subject, asked.get(i), verdict.sentence(), measures(verdict), 0, 0);
                },
                MEASURES,
                judged);
    }

    /** A model: the same prompt and number must give the same picture. */
    @FunctionalInterface
    public interface Painter {
        Raster paint(String prompt, int number);
    }

    static List<Report.Measure> measures(SignVerdict verdict) {
        List<Report.Measure> measures = new ArrayList<>();
        measures.add(Trial.measure("all right", verdict.right()));
        measures.add(Trial.measure("colour", verdict.colour()));
        if (verdict.asked() instanceof Word word) {
            measures.add(Trial.measure("word", verdict.content()));
            if (word.font() != null) {
                measures.add(Trial.measure("word, " + word.font().word() + " font", verdict.content()));
                measures.add(Trial.measure("font", verdict.font()));
            }
            String read = verdict.found()
                    .map(s -> s instanceof Word w ? w.letters() : "")
                    .orElse("");
            int right = 0;
            for (int i = 0; i < Math.min(read.length(), word.letters().length()); i++) {
                right += read.charAt(i) == word.letters().charAt(i) ? 1 : 0;
            }
            measures.add(
                    new Report.Measure("letters", new Rate(right, word.letters().length())));
        } else if (verdict.asked() instanceof Hand hand) {
            measures.add(Trial.measure("fingers", verdict.content()));
            measures.add(Trial.measure("fingers, " + hand.fingers(), verdict.content()));
        }
        return measures;
    }
}
