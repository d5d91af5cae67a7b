package org.daguerre.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.daguerre.denoiser.Prediction;
import org.daguerre.image.ContactSheet;
import org.daguerre.image.Lettering;
import org.daguerre.image.Picture;
import org.daguerre.image.Theme;
import org.daguerre.run.Run;
import org.daguerre.run.Sampled;
import org.daguerre.sampler.Step;
import org.daguerre.tensor.Tensor;

/** The path of a run as pictures: what the model was shown at a step, and below it the picture it believed in. */
public final class FilmStrip {

    private static final int LEFT = 34;
    private static final int TOP = 66;
    private static final int GAP = 4;
    private static final int MARGIN = 16;

    private record Frame(int step, double t, Picture x, Picture denoised) {}

    private final List<Frame> frames;
    private final Run run;
    private final Theme theme;

    private FilmStrip(Run run, List<Frame> frames, Theme theme) {
        this.run = run;
        this.frames = frames;
        this.theme = theme;
    }

    /**
     * Two rows of frames, from the first step made to the last.
     *
     * @param decode turns a state into a picture {@code [1, 3, H, W]} in [-1, 1]: a decoder, or the identity
     * @param frames the most frames in a row, 1 or more, 8 is good; steps in between are left out evenly
     */
    public static FilmStrip of(Sampled sampled, UnaryOperator<Tensor> decode, int frames, Theme theme) {
        Run run = sampled.run();
        List<Step> steps = run.steps();
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("the run has made no step yet, there is no path to show."
                    + " Take a step first: run.step() or run.finish().");
        }
        if (frames < 1) {
            throw new IllegalArgumentException("frames is " + frames + ". Give 1 or more.");
        }
        List<Frame> shown = new ArrayList<>();
        for (int i : spread(steps.size(), frames)) {
            Prediction asked = steps.get(i).calls().get(0);
            shown.add(new Frame(
                    i + 1,
                    asked.level().t(),
                    Picture.of(decode.apply(asked.x())),
                    Picture.of(decode.apply(asked.denoised()))));
        }
        return new FilmStrip(run, shown, theme);
    }

    private static int[] spread(int steps, int frames) {
        int count = Math.min(steps, frames);
        return count == 1
                ? new int[] {steps - 1}
                : IntStream.range(0, count)
                        .map(k -> Math.round((float) k * (steps - 1) / (count - 1)))
                        .toArray();
    }

    /** The frames alone, pixel by pixel and without a word: for machines without fonts, and for files. */
    public Picture picture() {
        List<Picture> pictures = new ArrayList<>();
        frames.forEach(frame -> pictures.add(frame.x()));
        frames.forEach(frame -> pictures.add(frame.denoised()));
        return ContactSheet.of(pictures)
                .columns(frames.size())
                .theme(theme)
                .picture()
                .withAltText(altText());
    }

    /** The frames with their steps and timesteps, as wide as the page. */
    public Figure figure() {
        Picture first = frames.get(0).x();
        double cell = Math.min(240, (Figure.WIDTH - LEFT - MARGIN + GAP) / (double) frames.size() - GAP);
        double cellHeight = cell * first.height() / first.width();
        int height = (int) Math.ceil(TOP + 2 * cellHeight + GAP + MARGIN);
        return new Figure(height, theme, altText(), List.of(), g -> {
            g.setFont(Lettering.font(15, Font.BOLD));
            g.setColor(new Color(theme.text()));
            g.drawString("The path of a run", MARGIN, 25);
            for (int row = 0; row < 2; row++) {
                AffineTransform upright = g.getTransform();
                g.translate(LEFT - 8, TOP + row * (cellHeight + GAP) + cellHeight / 2);
                g.rotate(-Math.PI / 2);
                Lettering.centred(
                        g,
                        row == 0 ? "state x" : "estimate",
                        Lettering.font(11.5, Font.PLAIN),
                        theme.text(),
                        0,
                        0,
                        cellHeight);
                g.setTransform(upright);
            }
            for (int i = 0; i < frames.size(); i++) {
                Frame frame = frames.get(i);
                double x = LEFT + i * (cell + GAP);
                Font font = Lettering.font(11.5, Font.PLAIN);
                Lettering.centred(g, "step " + frame.step(), font, theme.text(), x + cell / 2, TOP - 22, cell);
                Lettering.centred(g, t(frame), font, theme.quietText(), x + cell / 2, TOP - 7, cell);
                draw(g, frame.x(), x, TOP, cell, cellHeight);
                draw(g, frame.denoised(), x, TOP + cellHeight + GAP, cell, cellHeight);
            }
        });
    }

    /** Squares stay squares where there is room for them; otherwise smoothly, as pixels of uneven size would lie. */
    private static void draw(Graphics2D g, Picture picture, double x, double y, double width, double height) {
        boolean squares = width * Figure.SCALE >= 2.0 * picture.width();
        g.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION,
                squares
                        ? RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR
                        : RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        AffineTransform place = AffineTransform.getTranslateInstance(x, y);
        place.scale(width / picture.width(), height / picture.height());
        g.drawImage(picture.toImage(), place, null);
    }

    private static String t(Frame frame) {
        return "t "
                + (frame.t() == Math.rint(frame.t())
                        ? Long.toString((long) frame.t())
                        : String.format(Locale.ROOT, "%.1f", frame.t()));
    }

    private String altText() {
        Frame first = frames.get(0);
        Frame last = frames.get(frames.size() - 1);
        return "The path of a run of " + run.sampling().sampler() + " in " + frames.size()
                + (frames.size() == 1 ? " frame" : " frames") + " from step " + first.step() + " (" + t(first)
                + ") to step "
                + last.step() + " (" + t(last)
                + "): above, the states that the model was shown; below, the pictures it estimated from them.";
    }
}
