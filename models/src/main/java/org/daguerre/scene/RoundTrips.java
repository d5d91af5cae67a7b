package org.daguerre.scene;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * What an autoencoder leaves of pictures of which the truth is known: the ceiling for every model that samples through it. Trays hold 1 to
 * {@value Group#MOST} objects of one kind in turn. A run that was killed goes on where it was.
 */
public final class RoundTrips {

    private static final int BLOCK = 8; // pixels a side of the blocks that are foreground or not
    private static final double NEAR = 8; // pixels from a thing to the object that is taken for it

    private final String subject;
    private final World world;
    private final int count;
    private final long seed;
    private final Path verdicts;

    /**
     * @param subject  what is measured: the autoencoder
     * @param world    whose pictures
     * @param count    how many, from 1; 500 for a model's card
     * @param seed     draws the pictures; no seed that a model was trained with
     * @param verdicts the file of verdicts; made if it is not there
     */
    public RoundTrips(String subject, World world, int count, long seed, Path verdicts) {
        if (count < 1) {
            throw new IllegalArgumentException("--round-trips is " + count + ". Give a number of pictures from 1 on.");
        }
        this.subject = subject + ", round trips of " + world + " of seed " + seed;
        this.world = world;
        this.count = count;
        this.seed = seed;
        this.verdicts = verdicts;
    }

    /**
     * Sends all pictures that have no verdict yet through the autoencoder and judges them.
     *
     * @param autoencoder encodes and decodes a picture; the same picture must give the same one
     * @param judged      told how many pictures have a verdict, after each
     * @throws IllegalStateException if the file holds verdicts on another subject or other pictures
     */
    public Report run(UnaryOperator<Raster> autoencoder, IntConsumer judged) throws IOException {
        return world == World.TRAYS ? trays(autoencoder, judged) : signs(autoencoder, judged);
    }

    private Report trays(UnaryOperator<Raster> autoencoder, IntConsumer judged) throws IOException {
        SceneSeries series = new SceneSeries(seed);
        List<Group> asked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Draws draws = new Draws(~seed, i);
            asked.add(new Group(1 + i % Group.MOST, draws.of(Colour.values()), draws.of(Shape.values())));
        }
        List<String> order = new ArrayList<>(List.of("shape", "colour", "count", "count of 1 to 6"));
        IntStream.rangeClosed(1, Group.MOST).forEach(n -> order.add("count of " + n));
        return Trial.run(
                subject,
                asked.stream().map(Group::phrase).toList(),
                verdicts,
                i -> tray(series.showing(Claim.of(asked.get(i)), i), asked.get(i), autoencoder),
                order,
                judged);
    }

    private Trial tray(Scene scene, Group asked, UnaryOperator<Raster> autoencoder) {
        Raster picture = Renderer.render(scene), after = autoencoder.apply(picture);
        Verdict verdict = Judge.judge(after, Claim.of(asked));
        int shapes = 0, colours = 0;
        for (Thing thing : scene.things()) {
            for (Found found : verdict.findings().objects()) {
                if (Math.hypot(found.x() - thing.x(), found.y() - thing.y()) < NEAR) {
                    shapes += found.shape() == thing.shape() ? 1 : 0;
                    colours += found.colour() == thing.colour() ? 1 : 0;
                    break;
                }
            }
        }
        List<Report.Measure> measures = new ArrayList<>();
        measures.add(new Report.Measure("shape", new Rate(shapes, asked.count())));
        measures.add(new Report.Measure("colour", new Rate(colours, asked.count())));
        measures.add(Trial.measure("count", verdict.count()));
        if (asked.count() <= 6) {
            measures.add(Trial.measure("count of 1 to 6", verdict.count()));
        }
        measures.add(Trial.measure("count of " + asked.count(), verdict.count()));
        return trial(asked.phrase(), verdict.sentence(), measures, Renderer.coverage(scene, 1), picture, after);
    }

    private Report signs(UnaryOperator<Raster> autoencoder, IntConsumer judged) throws IOException {
        List<DrawnSign> drawn =
                IntStream.range(0, count).mapToObj(new SignSeries(seed)::at).toList();
        return Trial.run(
                subject,
                drawn.stream().map(sign -> sign.scene().sign().text()).toList(),
                verdicts,
                i -> sign(drawn.get(i), autoencoder),
                SignPrompts.MEASURES,
                judged);
    }

    private Trial sign(DrawnSign drawn, UnaryOperator<Raster> autoencoder) {
        Sign sign = drawn.scene().sign();
        Raster picture = drawn.picture(), after = autoencoder.apply(picture);
        SignVerdict verdict = SignJudge.judge(after, sign);
        return trial(sign.text(), verdict.sentence(), SignPrompts.measures(verdict), drawn.coverage(1), picture, after);
    }

    /** With the squared error over the blocks that hold a part of the foreground. */
    private Trial trial(
            String asked,
            String sentence,
            List<Report.Measure> measures,
            float[] coverage,
            Raster picture,
            Raster after) {
        int blocks = Scene.SIZE / BLOCK;
        boolean[] foreground = new boolean[blocks * blocks];
        for (int i = 0; i < coverage.length; i++) {
            foreground[i / Scene.SIZE / BLOCK * blocks + i % Scene.SIZE / BLOCK] |= coverage[i] > 0;
        }
        double squaredError = 0;
        long values = 0;
        for (int i = 0; i < coverage.length; i++) {
            int x = i % Scene.SIZE, y = i / Scene.SIZE;
            for (int c = 0; c < 3 && foreground[y / BLOCK * blocks + x / BLOCK]; c++) {
                double difference = after.at(x, y, c) - picture.at(x, y, c);
                squaredError += difference * difference;
                values++;
            }
        }
        return new Trial(subject, asked, sentence, measures, squaredError, values);
    }
}
