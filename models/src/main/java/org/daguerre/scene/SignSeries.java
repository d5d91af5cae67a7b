package org.daguerre.scene;

/**
 * The series of signs of one seed: three in ten are hands, the others words, half in each font. Size and place say nothing about what is
 * shown. Of the draws that {@link HeldOut} lists none is kept.
 *
 * @param seed any number
 */
public record SignSeries(long seed) implements Series {

    private static final double SMALLEST_LETTER = 12, LARGEST_LETTER = 15; // half its height, pixels
    private static final double SMALLEST_HAND = 44, LARGEST_HAND = 49;
    private static final double MARGIN = 12; // least space to the picture's edge, pixels
    private static final double STRAY = 14; // farthest from the middle, pixels

    @Override
    public World world() {
        return World.SIGNS;
    }

    @Override
    public DrawnSign at(long index) {
        Draws draws = new Draws(seed, index);
        Sign shown;
        do {
            shown = draws.chance(0.3) ? hand(draws) : word(draws);
        } while (HeldOut.contains(shown));
        SignScene scene = scene(draws, shown);
        Sign said = said(draws, shown);
        boolean counted = draws.chance(0.5);
        return new DrawnSign(scene, said, SignGrammar.caption(said, counted, draws.chance(0.4) ? " on a tray" : ""));
    }

    private static Word word(Draws draws) {
        return new Word(draws.of(Word.ALL.toArray(String[]::new)), draws.of(Font.values()), draws.of(Colour.values()));
    }

    /** A hand with all its fingers as often as with any other three numbers. */
    private static Hand hand(Draws draws) {
        return new Hand(draws.chance(0.4) ? Hand.ALL : draws.whole(1, Hand.ALL - 1), draws.of(Colour.values()));
    }

    /** Colour and font may be left open, never both. */
    private static Sign said(Draws draws, Sign shown) {
        boolean coloured = draws.chance(0.85);
        if (shown instanceof Word word) {
            Font font = !coloured || draws.chance(0.5) ? word.font() : null;
            return new Word(word.letters(), font, coloured ? word.colour() : null);
        }
        return coloured ? shown : new Hand(((Hand) shown).fingers(), null);
    }

    private static SignScene scene(Draws draws, Sign sign) {
        boolean word = sign instanceof Word;
        double radius =
                word ? draws.between(SMALLEST_LETTER, LARGEST_LETTER) : draws.between(SMALLEST_HAND, LARGEST_HAND);
        double half = word ? radius * Font.width(((Word) sign).letters().length()) / Font.HEIGHT : radius;
        double aside = Math.max(0, Math.min(STRAY, Scene.SIZE / 2.0 - MARGIN - half));
        double up = Math.max(0, Math.min(2 * STRAY, Scene.SIZE / 2.0 - MARGIN - radius));
        return new SignScene(
                draws.of(Tray.values()),
                draws.of(Cloth.values()),
                draws.between(2, 7),
                sign,
                Scene.SIZE / 2.0 + draws.between(-aside, aside),
                Scene.SIZE / 2.0 + draws.between(-up, up),
                radius,
                draws.between(-0.06, 0.06),
                draws.chance(0.5));
    }
}
