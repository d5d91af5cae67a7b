package org.daguerre.training;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.daguerre.scene.Cloth;
import org.daguerre.scene.Colour;
import org.daguerre.scene.Raster;
import org.daguerre.scene.Renderer;
import org.daguerre.scene.Scene;
import org.daguerre.scene.Shape;
import org.daguerre.scene.Thing;
import org.daguerre.scene.Tray;
import org.daguerre.tensor.Tensor;

/**
 * Pictures of one object, {@value #SIZE} x {@value #SIZE} pixels, each with its colour and shape: the world of the course, as
 * small as can still be told apart. Drawn by the {@link Renderer} eight times as large and averaged down.
 */
public final class Icons {

    /** Pixels a side. */
    public static final int SIZE = 16;

    private static final int SHRINK = Scene.SIZE / SIZE;
    private static final double CENTRE = Scene.SIZE / 2.0, SHIFT = 6;
    private static final double RADIUS = 44, RADIUS_SPREAD = 4;
    private static final double TURN = 0.1;
    private static final double NO_RIM = -2 * Scene.SIZE;

    private static final List<String> COLOURS =
            Stream.of(Colour.values()).map(Colour::word).toList();
    private static final List<String> SHAPES =
            Stream.of(Shape.values()).map(Shape::word).toList();

    private final List<Thing> things;
    private final float[][] pictures;

    private Icons(List<Thing> things) {
        this.things = things;
        this.pictures = things.parallelStream().map(Icons::drawn).toArray(float[][]::new);
    }

    /** Draws pictures of any shape in any colour. */
    public static Icons draw(int count, long seed) {
        return drawWithout(count, seed);
    }

    /**
     * Draws pictures, but none of some combinations: what is asked for later and was never seen.
     *
     * @param count 1 to 100,000
     * @param heldOut such as "red heart"
     */
    public static Icons drawWithout(int count, long seed, String... heldOut) {
        if (count < 1 || count > 100_000) {
            throw new IllegalArgumentException("count is " + count + ". Give 1 to 100000, 4000 is enough.");
        }
        List<int[]> never = Stream.of(heldOut).map(Icons::prompt).toList();
        boolean vague = never.stream().anyMatch(words -> words[0] == 0 || words[1] == 0);
        if (vague || never.size() >= COLOURS.size()) {
            throw new IllegalArgumentException("held out are " + Arrays.toString(heldOut) + ". Name up to "
                    + (COLOURS.size() - 1) + " combinations of a colour and a shape, such as \"red heart\".");
        }
        Random random = new Random(seed);
        return new Icons(Stream.generate(() -> thing(random))
                .filter(thing -> never.stream().noneMatch(words -> Arrays.equals(words, prompt(thing))))
                .limit(count)
                .toList());
    }

    private static Thing thing(Random random) {
        return new Thing(
                Shape.values()[random.nextInt(Shape.values().length)],
                Colour.values()[random.nextInt(Colour.values().length)],
                CENTRE + SHIFT * (2 * random.nextDouble() - 1),
                CENTRE + SHIFT * (2 * random.nextDouble() - 1),
                RADIUS + RADIUS_SPREAD * (2 * random.nextDouble() - 1),
                TURN * (2 * random.nextDouble() - 1),
                1);
    }

    private static float[] drawn(Thing thing) {
        Raster large = Renderer.render(new Scene(Tray.SLATE, Cloth.values()[0], NO_RIM, List.of(thing)));
        float[] picture = new float[3 * SIZE * SIZE];
        for (int y = 0; y < Scene.SIZE; y++) {
            for (int x = 0; x < Scene.SIZE; x++) {
                for (int channel = 0; channel < 3; channel++) {
                    picture[(channel * SIZE + y / SHRINK) * SIZE + x / SHRINK] += large.at(x, y, channel);
                }
            }
        }
        for (int i = 0; i < picture.length; i++) {
            picture[i] = picture[i] / (SHRINK * SHRINK) / 127.5f - 1;
        }
        return picture;
    }

    /** How many words there are for each place of a prompt: colours, shapes. */
    static int[] vocabulary() {
        return new int[] {COLOURS.size(), SHAPES.size()};
    }

    /**
     * The words of a prompt as numbers, colour and shape, from 1 on; 0 where it names none.
     *
     * @throws IllegalArgumentException if it has a word that is neither
     */
    static int[] prompt(String words) {
        int[] prompt = new int[2];
        for (String word : words.strip().toLowerCase(Locale.ROOT).split("\\s+")) {
            int colour = COLOURS.indexOf(word) + 1;
            int shape = SHAPES.indexOf(word) + 1;
            if (colour > 0) {
                prompt[0] = colour;
            } else if (shape > 0) {
                prompt[1] = shape;
            } else if (!List.of("a", "an", "").contains(word)) {
                throw new IllegalArgumentException("this network does not know the word '" + word
                        + "'. Give a colour, a shape or both, such as \"red heart\"; colours: "
                        + String.join(", ", COLOURS) + "; shapes: " + String.join(", ", SHAPES) + ".");
            }
        }
        return prompt;
    }

    private static int[] prompt(Thing thing) {
        return new int[] {thing.colour().ordinal() + 1, thing.shape().ordinal() + 1};
    }

    /** How many there are. */
    public int count() {
        return things.size();
    }

    /** Picture i, {@code [1, 3, 16, 16]} in -1..1. */
    public Tensor picture(int i) {
        return Tensor.of(pictures[i], 1, 3, SIZE, SIZE);
    }

    /** What picture i shows, such as "red heart". */
    public String caption(int i) {
        return things.get(i).colour().word() + " " + things.get(i).shape().word();
    }

    float[] values(int i) {
        return pictures[i];
    }

    int[] promptOf(int i) {
        return prompt(things.get(i));
    }

    @Override
    public String toString() {
        return things.size() + " icons of " + SIZE + " x " + SIZE + " pixels";
    }
}
