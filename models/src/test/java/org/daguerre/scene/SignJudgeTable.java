package org.daguerre.scene;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** How far the judge of signs can be trusted. As a program it prints {@code docs/judge-signs.md}. */
final class SignJudgeTable {

    private static final int SIGNS = 2000, WORSE = 500;
    private static final long SEED = 20_260_101; // not the training's
    private static final int MOST_FINGERS = 7;

    private final String name;
    private final int[][] colours = new int[Colour.values().length][Colour.values().length];
    private final int[][] fingers = new int[MOST_FINGERS][MOST_FINGERS];
    private final Map<String, Integer> misread = new TreeMap<>();
    private int words;
    private int wordsRight;
    private int fonts;
    private int hands;
    private int handsRight;
    private int coloursRight;
    private int allRight;

    private SignJudgeTable(String name) {
        this.name = name;
    }

    /** Judges {@code signs} signs after {@code sigma} pixels of blur and {@code noise} levels of noise. */
    static SignJudgeTable of(int signs, String name, double sigma, double noise) {
        SignJudgeTable table = new SignJudgeTable(name);
        SignSeries series = new SignSeries(SEED);
        for (int i = 0; i < signs; i++) {
            DrawnSign drawn = series.at(i);
            Raster picture = drawn.picture();
            table.add(drawn.scene().sign(), sigma + noise == 0 ? picture : Degraded.of(picture, sigma, noise, i));
        }
        return table;
    }

    private void add(Sign drawn, Raster picture) {
        SignVerdict verdict = SignJudge.judge(picture, drawn);
        if (drawn instanceof Word word) {
            words++;
            wordsRight += verdict.content() ? 1 : 0;
            fonts += verdict.font() ? 1 : 0;
            if (!verdict.content()) {
                misread.merge(
                        word.letters() + " | " + verdict.found().map(Sign::text).orElse("nothing"), 1, Integer::sum);
            }
        } else {
            hands++;
            handsRight += verdict.content() ? 1 : 0;
            int seen = verdict.found()
                    .map(s -> s instanceof Hand hand ? hand.fingers() : 0)
                    .orElse(0);
            fingers[((Hand) drawn).fingers()][Math.min(seen, MOST_FINGERS - 1)]++;
        }
        verdict.found()
                .ifPresent(
                        seen -> colours[drawn.colour().ordinal()][seen.colour().ordinal()]++);
        coloursRight += verdict.colour() ? 1 : 0;
        allRight += verdict.right() ? 1 : 0;
    }

    Rate word() {
        return new Rate(wordsRight, words);
    }

    Rate font() {
        return new Rate(fonts, words);
    }

    Rate fingers() {
        return new Rate(handsRight, hands);
    }

    Rate colour() {
        return new Rate(coloursRight, words + hands);
    }

    Rate right() {
        return new Rate(allRight, words + hands);
    }

    private String row() {
        StringBuilder row = new StringBuilder("| " + name);
        for (Rate rate : new Rate[] {word(), font(), fingers(), colour(), right()}) {
            row.append(String.format(Locale.ROOT, " | %.4f", rate.value()));
        }
        return row + " |\n";
    }

    private String confusion() {
        StringBuilder page = new StringBuilder("\n## Confusion, " + name + "\n\n");
        page.append(JudgeTable.matrix(
                IntStream.range(0, MOST_FINGERS).boxed().toArray(Integer[]::new),
                n -> n + (n == MOST_FINGERS - 1 ? " fingers or more" : n == 1 ? " finger" : " fingers"),
                fingers));
        page.append(JudgeTable.matrix(Colour.values(), Colour::word, colours));
        page.append("Words misread: ")
                .append(words - wordsRight)
                .append(" of ")
                .append(words)
                .append(".\n");
        if (!misread.isEmpty()) {
            page.append("\n| drawn | judged | times |\n|---|---|--:|\n");
            misread.forEach((what, times) -> page.append("| " + what + " | " + times + " |\n"));
        }
        return page.toString();
    }

    /** Prints the page. */
    public static void main(String[] args) {
        SignJudgeTable plain = of(SIGNS, "as rendered", 0, 0);
        SignJudgeTable[] worse = {
            of(WORSE, "blur 1", 1, 0),
            of(WORSE, "blur 1.5", 1.5, 0),
            of(WORSE, "noise 12", 0, 12),
            of(WORSE, "blur 1, noise 8", 1, 8),
            of(WORSE, "blur 1.5, noise 12", 1.5, 12)
        };
        System.out.print("""
                # How far the judge of signs can be trusted

                `org.daguerre.scene.SignJudge` looked at %d signs (seed %d, not a training seed) of which the truth is known, and at
                the first %d of them made worse. Blur is a Gaussian's sigma in pixels, noise the deviation of white noise in levels of 255. A word is right if
                all its letters are; the judge knows letters, not the list of words. This page is the output of

                    mvn -q -pl models test-compile
                    java -cp models/target/classes:models/target/test-classes org.daguerre.scene.SignJudgeTable > docs/judge-signs.md

                | pictures | word | font | fingers | colour | all right |
                |---|--:|--:|--:|--:|--:|
                """.formatted(SIGNS, SEED, WORSE));
        System.out.print(plain.row());
        for (SignJudgeTable table : worse) {
            System.out.print(table.row());
        }
        System.out.print(plain.confusion());
        System.out.print(worse[worse.length - 1].confusion());
    }
}
