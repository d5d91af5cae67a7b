package org.daguerre.scene;

import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;

/** The worlds that models are trained on, each with a language of its own. */
public enum World {
    /** Objects on a tray: how many, what, of which colour, where. */
    TRAYS(SceneSeries::new, Grammar.vocabulary(), FullGrammar.vocabulary(), "held-out.txt"),
    /** A short word or a hand that shows a number. */
    SIGNS(SignSeries::new, SignGrammar.vocabulary(), SignGrammar.fullVocabulary(), "held-out-signs.txt");

    private final LongFunction<Series> series;
    private final List<String> vocabulary;
    private final List<String> fullVocabulary;
    private final String heldOut;

    World(LongFunction<Series> series, List<String> vocabulary, List<String> fullVocabulary, String heldOut) {
        this.series = series;
        this.vocabulary = vocabulary;
        this.fullVocabulary = fullVocabulary;
        this.heldOut = heldOut;
    }

    /** The examples of one seed. */
    public Series series(long seed) {
        return series.apply(seed);
    }

    /** The words of its captions in a fixed order. */
    public List<String> vocabulary() {
        return vocabulary;
    }

    /** The words of its full captions in a fixed order, those of {@link #vocabulary()} first. */
    public List<String> fullVocabulary() {
        return fullVocabulary;
    }

    /** The resource beside this class that lists what no example shows. */
    String heldOut() {
        return heldOut;
    }

    /** Its name, as {@code --world} takes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
