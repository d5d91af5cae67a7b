package org.daguerre.scene;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether a full caption is true of a picture, part by part.
 *
 * @param verdict on how many there are of what
 * @param placed  how many of the objects asked for are there and at their place
 * @param tray    whether the tray is the one asked for
 * @param cloth   whether the cloth is the one asked for
 */
public record FullVerdict(Verdict verdict, Rate placed, boolean tray, boolean cloth) {

    private static final double TOLERANCE = 3; // pixels that a centre may lie beyond its place

    /** Whether this claim is true of these findings. */
    public static FullVerdict of(FullClaim asked, Findings findings) {
        return new FullVerdict(
                Verdict.of(asked.claim(), findings),
                placed(asked, findings.objects()),
                asked.tray() == findings.tray(),
                asked.cloth() == findings.cloth());
    }

    /** Whether every part is true. */
    public boolean right() {
        return verdict.right() && placed.right() == placed.n() && tray && cloth;
    }

    /** The largest number of objects that can be given a place each (Kuhn's augmenting paths). */
    private static Rate placed(FullClaim asked, List<Found> objects) {
        List<List<Found>> candidates = new ArrayList<>(); // for every object asked, the objects that may be it
        for (FullClaim.Located kind : asked.groups()) {
            for (Place place : kind.places()) {
                candidates.add(objects.stream()
                        .filter(found -> found.is(kind.group()) && place.distance(found.x(), found.y()) <= TOLERANCE)
                        .toList());
            }
        }
        int[] holder = new int[objects.size()]; // 1 + the number of the object asked that has taken this one, or 0
        int placed = 0;
        for (int i = 0; i < candidates.size(); i++) {
            placed += taken(i, candidates, objects, holder, new boolean[objects.size()]) ? 1 : 0;
        }
        return new Rate(placed, candidates.size());
    }

    private static boolean taken(
            int asked, List<List<Found>> candidates, List<Found> objects, int[] holder, boolean[] tried) {
        for (Found found : candidates.get(asked)) {
            int j = objects.indexOf(found);
            if (!tried[j]) {
                tried[j] = true;
                if (holder[j] == 0 || taken(holder[j] - 1, candidates, objects, holder, tried)) {
                    holder[j] = asked + 1;
                    return true;
                }
            }
        }
        return false;
    }
}
