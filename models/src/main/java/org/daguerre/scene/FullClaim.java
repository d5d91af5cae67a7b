package org.daguerre.scene;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * All that there is to say about a scene: how many objects of which colour and shape, where each of them is, and on what they lie. A model
 * trained on such captions is DALL-E 3's idea of "recaptioning" (Betker et al. 2023, "Improving Image Generation with Better Captions").
 *
 * @param groups one or two kinds of objects with their places
 * @param tray   the floor
 * @param cloth  what the tray stands on
 */
public record FullClaim(List<Located> groups, Tray tray, Cloth cloth) {

    /** The most objects that are placed in the {@link Place.Grid#FINE} grid. */
    public static final int SINGLY_PLACED = 6;

    /**
     * Objects of one kind.
     *
     * @param group  how many of what; the colour is never open
     * @param places one an object, in reading order
     */
    public record Located(Group group, List<Place> places) {

        public Located {
            places = places.stream()
                    .sorted(Comparator.comparingInt(Place::row).thenComparingInt(Place::column))
                    .toList();
            if (places.size() != group.count()) {
                throw new IllegalArgumentException(
                        "%d places for %s. Give each object one.".formatted(places.size(), group.phrase()));
            }
        }

        /** How many objects are at each place, in reading order. */
        Map<Place, Integer> counts() {
            Map<Place, Integer> counts = new LinkedHashMap<>();
            places.forEach(place -> counts.merge(place, 1, Integer::sum));
            return counts;
        }
    }

    public FullClaim {
        groups = List.copyOf(groups);
        if (groups.isEmpty() || groups.size() > 2) {
            throw new IllegalArgumentException(
                    "A full caption names one or two kinds of objects, not " + groups.size() + ".");
        }
    }

    /**
     * What there is to say about a scene. Up to {@value #SINGLY_PLACED} objects each have a {@link Place.Grid#FINE} place; of more the
     * caption counts how many are at each {@link Place.Grid#COARSE} one.
     */
    public static FullClaim of(Scene scene) {
        Place.Grid grid = scene.things().size() <= SINGLY_PLACED ? Place.Grid.FINE : Place.Grid.COARSE;
        Map<Group, List<Place>> kinds = new LinkedHashMap<>();
        for (Thing thing : scene.things()) {
            kinds.computeIfAbsent(new Group(1, thing.colour(), thing.shape()), kind -> new ArrayList<>())
                    .add(grid.at(thing.x(), thing.y()));
        }
        return new FullClaim(
                kinds.entrySet().stream()
                        .map(kind -> new Located(
                                new Group(
                                        kind.getValue().size(),
                                        kind.getKey().colour(),
                                        kind.getKey().shape()),
                                kind.getValue()))
                        .toList(),
                scene.tray(),
                scene.cloth());
    }

    /** The same without places and ground. */
    public Claim claim() {
        return new Claim(
                groups.get(0).group(), groups.size() == 1 ? null : groups.get(1).group(), null);
    }

    /** The sentence: "two red apples with one far left near the top and one right halfway down on a wood tray over a denim cloth". */
    public String text() {
        return caption().text();
    }

    /** The sentence, the colour and noun of the groups marked 1 and 2 in their order. */
    public Caption caption() {
        Caption.Writer caption = new Caption.Writer();
        for (int number = 1; number <= groups.size(); number++) {
            caption.say(number == 1 ? "" : "and");
            Located located = groups.get(number - 1);
            caption.say(located.group(), number);
            List<String> places = located.counts().entrySet().stream()
                    .map(at -> Group.number(at.getValue()) + " " + at.getKey().words())
                    .collect(Collectors.toCollection(ArrayList::new));
            if (located.group().count() == 1) {
                caption.say(located.places().get(0).words());
            } else {
                String last = places.remove(places.size() - 1);
                caption.say("with")
                        .say(String.join(" ", places))
                        .say(places.isEmpty() ? "" : "and")
                        .say(last);
            }
        }
        return caption.say(ground(tray, cloth)).caption();
    }

    /** How a caption ends: "on a wood tray over a denim cloth". */
    static String ground(Tray tray, Cloth cloth) {
        return "on a " + tray.word() + " tray over a " + cloth.word() + " cloth";
    }
}
