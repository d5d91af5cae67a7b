package org.daguerre.scene;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The language of full captions:
 *
 * <pre>
 * full   = kind [ "and" kind ] "on" "a" tray "tray" "over" "a" cloth "cloth"
 * kind   = phrase place | phrase "with" item { item } [ "and" item ]
 * item   = number place
 * phrase = ("a" | "an" | number) colour noun
 * place  = ("far left" | "left" | "in the center" | "right" | "far right")
 *          ("near the top" | "above the middle" | "halfway down" | "below the middle" | "near the bottom")
 *        | "at the" [ "top" | "bottom" ] [ "left" | "right" ] | "in the middle"
 * </pre>
 *
 * The second form of a place is that of more than {@value FullClaim#SINGLY_PLACED} objects.
 */
public final class FullGrammar {

    private FullGrammar() {}

    /** Every word of the language, in a fixed order: first those of the {@link Grammar}, then those that only full captions use. */
    public static List<String> vocabulary() {
        Set<String> words = new LinkedHashSet<>(Grammar.vocabulary());
        words.addAll(List.of("with", "in", "over", "cloth"));
        for (Place.Grid grid : Place.Grid.values()) {
            places(grid)
                    .forEach(place -> Collections.addAll(words, place.words().split(" ")));
        }
        for (Tray tray : Tray.values()) {
            words.add(tray.word());
        }
        for (Cloth cloth : Cloth.values()) {
            words.add(cloth.word());
        }
        return List.copyOf(words);
    }

    /** The places of a grid, those of more words first, so that none is read as the beginning of another. */
    private static List<Place> places(Place.Grid grid) {
        List<Place> places = new ArrayList<>();
        for (int cell = 0; cell < grid.cells() * grid.cells(); cell++) {
            places.add(new Place(grid, cell % grid.cells(), cell / grid.cells()));
        }
        places.sort((a, b) -> b.words().split(" ").length - a.words().split(" ").length);
        return places;
    }

    /**
     * Reads a full caption.
     *
     * @return what it claims, or empty if the sentence is not one of this language or its numbers do not add up
     */
    public static Optional<FullClaim> parse(String text) {
        WordReader words = new WordReader(text);
        List<FullClaim.Located> kinds = new ArrayList<>();
        do {
            FullClaim.Located kind = kind(words);
            if (kind == null) {
                return Optional.empty();
            }
            kinds.add(kind);
        } while (kinds.size() < 2 && words.take("and"));
        for (Tray tray : Tray.values()) {
            for (Cloth cloth : Cloth.values()) {
                if (words.takeAll(FullClaim.ground(tray, cloth))) {
                    return words.ended() ? Optional.of(new FullClaim(kinds, tray, cloth)) : Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private static FullClaim.Located kind(WordReader words) {
        Group group = words.group();
        if (group == null || group.colour() == null) {
            return null;
        }
        List<Place> places = new ArrayList<>();
        if (!words.take("with")) {
            places.add(place(words));
        } else {
            boolean last = false;
            while (!last && places.size() < group.count()) {
                last = words.take("and");
                int count = words.number();
                places.addAll(Collections.nCopies(count, count == 0 ? null : place(words)));
                last |= count == 0;
            }
        }
        boolean whole = places.size() == group.count() && !places.contains(null);
        return whole ? new FullClaim.Located(group, places) : null;
    }

    private static Place place(WordReader words) {
        for (Place.Grid grid : Place.Grid.values()) {
            for (Place place : places(grid)) {
                if (words.takeAll(place.words())) {
                    return place;
                }
            }
        }
        return null;
    }
}
