package org.daguerre.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;
import org.daguerre.pipeline.Generation;
import org.daguerre.scene.Claim;
import org.daguerre.scene.Experiment;
import org.daguerre.scene.Rate;
import org.daguerre.scene.Verdict;
import org.daguerre.tensor.Tensor;

/** What several pictures of one prompt have in common and what not. */
final class Pictures {

    private Pictures() {}

    /**
     * How often the pictures of a prompt are right, and the means of: <em>diversity</em>, the standard deviation of a value over the
     * seeds, in levels of 255; <em>saturation</em>, (max - min) / max of red, green and blue; <em>clipped</em>, the share of values
     * outside -1..1.
     */
    static Experiment.Observed observe(Generation pictures, Claim claim) {
        int count = pictures.count(), right = 0, bound = 0;
        float[][] values = new float[count][];
        double saturation = 0, clipped = 0;
        for (int i = 0; i < count; i++) {
            Verdict verdict = Study.judge(Study.raster(pictures.picture(i)), claim);
            right += verdict.right() ? 1 : 0;
            bound += verdict.binding() ? 1 : 0;
            Tensor pixels = pictures.pixels(i);
            values[i] = pixels.toArray();
            saturation += saturation(values[i]) / count;
            clipped += clipped(values[i]) / count;
        }
        Map<String, Rate> rates = new LinkedHashMap<>();
        rates.put("all right", new Rate(right, count));
        rates.put("colour with shape", new Rate(bound, count));
        Map<String, Double> means = new LinkedHashMap<>();
        means.put("diversity", diversity(values));
        means.put("saturation", saturation);
        means.put("clipped", clipped);
        return new Experiment.Observed(rates, means);
    }

    static double diversity(float[][] pictures) {
        int count = pictures.length, values = pictures[0].length;
        double sum = 0;
        for (int j = 0; j < values; j++) {
            double mean = 0, squares = 0;
            for (float[] picture : pictures) {
                mean += level(picture[j]) / count;
            }
            for (float[] picture : pictures) {
                squares += (level(picture[j]) - mean) * (level(picture[j]) - mean);
            }
            sum += Math.sqrt(squares / Math.max(1, count - 1));
        }
        return sum / values;
    }

    static double saturation(float[] picture) {
        int pixels = picture.length / 3;
        double sum = 0;
        for (int i = 0; i < pixels; i++) {
            double r = level(picture[i]), g = level(picture[pixels + i]), b = level(picture[2 * pixels + i]);
            double most = Math.max(r, Math.max(g, b)), least = Math.min(r, Math.min(g, b));
            sum += most == 0 ? 0 : (most - least) / most;
        }
        return sum / pixels;
    }

    private static double clipped(float[] picture) {
        int outside = 0;
        for (float value : picture) {
            outside += Math.abs(value) > 1 ? 1 : 0;
        }
        return (double) outside / picture.length;
    }

    /** Of a value in -1..1: 0 to 255. */
    private static double level(float value) {
        return 127.5 * (Math.max(-1, Math.min(1, value)) + 1);
    }
}
