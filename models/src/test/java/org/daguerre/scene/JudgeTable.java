package org.daguerre.scene;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;

/**
 * How far the judge can be trusted: what it says about scenes of which the truth is known. As a program it prints {@code docs/judge.md}.
 */
final class JudgeTable {

    private static final int SCENES = 2000, WORSE = 500;
    private static final long SEED = 20_260_101; // not the training's
    private static final double NEAR = 8; // pixels from a thing to the object that is taken for it

    private final String name;
    private final int[][] shapes = new int[Shape.values().length][Shape.values().length];
    private final int[][] colours = new int[Colour.values().length][Colour.values().length];
    private int missed;
    private int invented;
    private int scenes;
    private int counts;
    private int allRight;
    private int relations;
    private int relationsRight;
    private int oppositesAccepted;
    private int placed;
    private int toPlace;
    private int grounds;

    private JudgeTable(String name) {
        this.name = name;
    }

    /** Judges {@code scenes} scenes after {@code sigma} pixels of blur and {@code noise} levels of noise. */
    static JudgeTable of(int scenes, String name, double sigma, double noise) {
        JudgeTable table = new JudgeTable(name);
        SceneSeries series = new SceneSeries(SEED);
        for (int i = 0; i < scenes; i++) {
            Drawn drawn = series.at(i);
            Raster picture = Renderer.render(drawn.scene());
            table.add(drawn, sigma + noise == 0 ? picture : Degraded.of(picture, sigma, noise, i));
        }
        return table;
    }

    private void add(Drawn drawn, Raster picture) {
        Verdict verdict = Judge.judge(picture, drawn.claim());
        scenes++;
        counts += verdict.count() ? 1 : 0;
        allRight += verdict.right() ? 1 : 0;
        if (verdict.relation().isPresent()) {
            relations++;
            relationsRight += verdict.relation().get() ? 1 : 0;
            Claim claim = drawn.claim();
            Claim opposite =
                    new Claim(claim.first(), claim.second(), claim.relation().opposite());
            oppositesAccepted +=
                    Verdict.of(opposite, verdict.findings()).relation().get() ? 1 : 0;
        }
        FullVerdict full = FullVerdict.of(drawn.full(), verdict.findings());
        placed += full.placed().right();
        toPlace += full.placed().n();
        grounds += full.tray() && full.cloth() ? 1 : 0;
        int known = 0;
        for (Thing thing : drawn.scene().things()) {
            Found found = verdict.findings().objects().stream()
                    .filter(f -> Math.hypot(f.x() - thing.x(), f.y() - thing.y()) < NEAR)
                    .findFirst()
                    .orElse(null);
            if (found == null) {
                missed++;
            } else {
                known++;
                shapes[thing.shape().ordinal()][found.shape().ordinal()]++;
                colours[thing.colour().ordinal()][found.colour().ordinal()]++;
            }
        }
        invented += verdict.findings().objects().size() - known;
    }

    Rate count() {
        return new Rate(counts, scenes);
    }

    Rate right() {
        return new Rate(allRight, scenes);
    }

    Rate relation() {
        return new Rate(relationsRight, relations);
    }

    /** How often the opposite of the true relation was taken for true. */
    Rate opposite() {
        return new Rate(oppositesAccepted, relations);
    }

    /** Objects that are where the full caption says, by the judge's eyes. */
    Rate place() {
        return new Rate(placed, toPlace);
    }

    /** Scenes of which tray and cloth were both recognised. */
    Rate ground() {
        return new Rate(grounds, scenes);
    }

    Rate shape() {
        return diagonal(shapes);
    }

    Rate colour() {
        return diagonal(colours);
    }

    private Rate diagonal(int[][] matrix) {
        int right = 0, all = missed;
        for (int i = 0; i < matrix.length; i++) {
            right += matrix[i][i];
            all += Arrays.stream(matrix[i]).sum();
        }
        return new Rate(right, all);
    }

    private String row() {
        StringBuilder row = new StringBuilder("| " + name);
        for (Rate rate : new Rate[] {count(), shape(), colour(), relation(), opposite(), place(), ground(), right()}) {
            row.append(String.format(Locale.ROOT, " | %.4f", rate.value()));
        }
        return row + " | " + missed + " | " + invented + " |\n";
    }

    static <T> String matrix(T[] values, Function<T, String> word, int[][] matrix) {
        StringBuilder table = new StringBuilder("| drawn \\ judged |");
        for (T value : values) {
            table.append(' ').append(word.apply(value)).append(" |");
        }
        table.append("\n|---|").append("--:|".repeat(values.length)).append('\n');
        for (int i = 0; i < values.length; i++) {
            table.append("| ").append(word.apply(values[i])).append(" |");
            for (int n : matrix[i]) {
                table.append(' ').append(n).append(" |");
            }
            table.append('\n');
        }
        return table + "\n";
    }

    /** Prints the page. */
    public static void main(String[] args) {
        JudgeTable plain = of(SCENES, "as rendered", 0, 0);
        JudgeTable[] worse = {
            of(WORSE, "blur 1", 1, 0),
            of(WORSE, "blur 1.5", 1.5, 0),
            of(WORSE, "noise 12", 0, 12),
            of(WORSE, "blur 1, noise 8", 1, 8),
            of(WORSE, "blur 1.5, noise 12", 1.5, 12)
        };
        System.out.print("""
                # How far the judge can be trusted

                `org.daguerre.scene.Judge` looked at %d scenes (seed %d, not a training seed) of which the truth is known, and at
                the first %d of them made worse. Blur is a Gaussian's sigma in pixels, noise the deviation of white noise in levels of 255. Shape and colour are shares of
                the objects drawn, a missed one counts as wrong. "Opposite" is how often the opposite of the drawn relation was
                taken for true, "place" the share of objects seen where the full caption says, "ground" how often tray and cloth were both right. This page is the output of

                    mvn -q -pl models test-compile
                    java -cp models/target/classes:models/target/test-classes org.daguerre.scene.JudgeTable > docs/judge.md

                | pictures | count | shape | colour | relation | opposite | place | ground | all right | missed | invented |
                |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
                """.formatted(SCENES, SEED, WORSE));
        System.out.print(plain.row());
        for (JudgeTable table : worse) {
            System.out.print(table.row());
        }
        JudgeTable worst = worse[worse.length - 1];
        for (JudgeTable table : new JudgeTable[] {plain, worst}) {
            System.out.println("\n## Confusion, " + table.name + "\n");
            System.out.print(matrix(Shape.values(), Shape::word, table.shapes));
            System.out.print(
                    matrix(Colour.values(), Colour::word, table.colours).stripTrailing() + "\n");
        }
    }
}
