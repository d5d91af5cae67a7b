package org.daguerre.scene;

import java.util.List;

/**
 * A scene set up by hand for a lesson, with what a model is asked for and what is truly there.
 *
 * @param prompt what a model is asked
 * @param scene  what is on the tray
 * @param truth  the claim that is true of the scene
 */
public record StagedScene(String prompt, Scene scene, Claim truth) {

    /** How often four coins were asked for before people gave up: the length of the four-coins experiment. */
    public static final int FOUR_COINS_ATTEMPTS = 47;

    private static final Thing[] CLUSTERS = {apple(26, 50), apple(44, 74), apple(84, 50), apple(102, 74)};

    /** Five apples: two on the left, two on the right, one in front. */
    public static StagedScene fiveApples() {
        return apples(apple(64, 100), 5);
    }

    /** The same as a model likes to paint it: the fifth has become a reddish blob at the tray's rim, and a clear count gives four. */
    public static StagedScene fiveApplesOneABlob() {
        return apples(new Thing(Shape.BALL, Colour.RED, 64, 119, 4.2, 0, 1), 4);
    }

    /** Four coins, the prompt that is tried {@value #FOUR_COINS_ATTEMPTS} times. */
    public static StagedScene fourCoins() {
        List<Thing> coins = List.of(coin(34, 38), coin(88, 44), coin(40, 88), coin(92, 94));
        return new StagedScene(
                "four yellow coins on a tray",
                new Scene(Tray.SLATE, Cloth.LINEN, 4, coins),
                Claim.of(new Group(4, Colour.YELLOW, Shape.COIN)));
    }

    private static StagedScene apples(Thing fifth, int clear) {
        List<Thing> things = List.of(CLUSTERS[0], CLUSTERS[1], CLUSTERS[2], CLUSTERS[3], fifth);
        return new StagedScene(
                "five red apples on a tray",
                new Scene(Tray.STONE, Cloth.DENIM, 4, things),
                Claim.of(new Group(clear, Colour.RED, Shape.APPLE)));
    }

    private static Thing apple(double x, double y) {
        return new Thing(Shape.APPLE, Colour.RED, x, y, 12.5, 0, 1);
    }

    private static Thing coin(double x, double y) {
        return new Thing(Shape.COIN, Colour.YELLOW, x, y, 12.5, 0, 1);
    }
}
