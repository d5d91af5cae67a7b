package org.daguerre.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.daguerre.scene.Box;
import org.daguerre.scene.Experiment;
import org.daguerre.scene.Findings;
import org.daguerre.scene.Found;
import org.daguerre.scene.Rate;
import org.daguerre.scene.Scene;

/**
 * Where things were asked to stand, compared with where a picture has them.
 *
 * @param boxes one a thing; they do not overlap
 */
record Placement(List<Box> boxes) {

    /** The overlap from which a thing counts as in its box, as detectors are measured (Everingham et al. 2010, doi 10.1007/s11263-009-0275-4). */
    private static final double IN_ITS_BOX = 0.5;

    static Placement of(Scene scene) {
        return new Placement(scene.things().stream().map(Box::of).toList());
    }

    /** The boxes as a model is asked for them. */
    List<org.daguerre.pipeline.Box> asked() {
        return boxes.stream()
                .map(box ->
                        new org.daguerre.pipeline.Box(box.phrase(), box.left(), box.top(), box.right(), box.bottom()))
                .toList();
    }

    /** An object, the rectangle around its mask, in pixels, and the share of its mask that lies in the box it is compared with. */
    private record Match(Found object, double iou, double inside) {}

    /**
     * How many boxes hold an object whose own box overlaps by a half, one of the phrase's colour, and one of its colour and shape;
     * whether there are as many objects as boxes; the mean over the boxes of that overlap and of the share of the object's mask that lies
     * inside, both 0 for an empty box.
     */
    Experiment.Observed observe(Findings findings) {
        int held = 0, coloured = 0, right = 0;
        double iou = 0, inside = 0;
        List<Found> objects = findings.objects();
        List<boolean[]> masks = objects.stream()
                .map(object -> findings.mask(each -> each == object))
                .toList();
        for (Box box : boxes) {
            Match best = new Match(null, 0, 0);
            for (int i = 0; i < objects.size(); i++) {
                Match match = match(objects.get(i), masks.get(i), box);
                best = match.iou > best.iou ? match : best;
            }
            boolean in = best.iou >= IN_ITS_BOX;
            held += in ? 1 : 0;
            coloured += in && box.phrase().startsWith(best.object.colour().word() + " ") ? 1 : 0;
            right += in && box.phrase().equals(phrase(best.object)) ? 1 : 0;
            iou += best.iou / boxes.size();
            inside += best.inside / boxes.size();
        }
        Map<String, Rate> rates = new LinkedHashMap<>();
        rates.put("an object", new Rate(held, boxes.size()));
        rates.put("one of its colour", new Rate(coloured, boxes.size()));
        rates.put("the object named", new Rate(right, boxes.size()));
        rates.put("as many as boxes", Study.rate(objects.size() == boxes.size()));
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("IoU", iou);
        values.put("mask inside", inside);
        return new Experiment.Observed(rates, values);
    }

    private static Match match(Found object, boolean[] mask, Box box) {
        int left = Scene.SIZE, top = Scene.SIZE, right = 0, bottom = 0, area = 0, inside = 0;
        for (int i = 0; i < mask.length; i++) {
            if (mask[i]) {
                int x = i % Scene.SIZE, y = i / Scene.SIZE;
                left = Math.min(left, x);
                top = Math.min(top, y);
                right = Math.max(right, x + 1);
                bottom = Math.max(bottom, y + 1);
                area++;
                inside += within(x + 0.5, box.left(), box.right()) && within(y + 0.5, box.top(), box.bottom()) ? 1 : 0;
            }
        }
        double wide = overlap(left, right, box.left(), box.right()),
                high = overlap(top, bottom, box.top(), box.bottom());
        double asked = (box.right() - box.left()) * (box.bottom() - box.top()) * Scene.SIZE * Scene.SIZE;
        double common = wide * high, all = asked + (double) (right - left) * (bottom - top) - common;
        return new Match(object, common / all, area == 0 ? 0 : (double) inside / area);
    }

    private static boolean within(double pixel, double from, double to) {
        return from * Scene.SIZE <= pixel && pixel <= to * Scene.SIZE;
    }

    private static double overlap(double from, double to, double boxFrom, double boxTo) {
        return Math.max(0, Math.min(to, boxTo * Scene.SIZE) - Math.max(from, boxFrom * Scene.SIZE));
    }

    private static String phrase(Found object) {
        return object.colour().word() + " " + object.shape().word();
    }
}
