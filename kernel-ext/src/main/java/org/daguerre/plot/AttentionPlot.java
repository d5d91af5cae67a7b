package org.daguerre.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.daguerre.image.Colormap;
import org.daguerre.image.HeatMap;
import org.daguerre.image.Picture;
import org.daguerre.image.Theme;
import org.daguerre.tensor.Tensor;

/** Where in the picture each word was attended to. */
public final class AttentionPlot {

    private static final double OPACITY = 0.85;

    private AttentionPlot() {}

    /**
     * The picture alone, then under each word's map. Every map is drawn on its own scale, from 0 to the peak that stands
     * beside the word; with {@code oneScale} all share the highest peak.
     *
     * @param maps attention weights {@code [H, W]} by word, in reading order
     */
    public static Figure of(Picture picture, Map<String, Tensor> maps, boolean oneScale, Theme theme) {
        if (maps.isEmpty()) {
            throw new IllegalArgumentException("no attention map to plot. Give one or more words with their maps.");
        }
        double highest = maps.values().stream().mapToDouble(Tensor::max).max().orElseThrow();
        List<String> names = new ArrayList<>(List.of("picture"));
        List<Picture> tiles = new ArrayList<>(List.of(picture));
        List<String> peaks = new ArrayList<>();
        maps.forEach((word, map) -> {
            HeatMap heat = HeatMap.of(map).with(Colormap.INFERNO);
            names.add(String.format(Locale.ROOT, "%s (peak %.2g)", word, map.max()));
            tiles.add((oneScale && highest > 0 ? heat.range(0, highest) : heat).over(picture, OPACITY));
            peaks.add(describe(word, map));
        });
        return Tiles.figure(
                "Attention by word",
                names,
                tiles,
                tiles.size() <= 4 ? tiles.size() : tiles.size() % 5 == 0 || tiles.size() > 8 ? 5 : 4,
                new Tiles.Scale(
                        Colormap.INFERNO,
                        "0",
                        "attention",
                        oneScale ? String.format(Locale.ROOT, "%.2g", highest) : "the word's peak"),
                theme,
                "Attention maps over the picture: " + String.join("; ", peaks) + ".");
    }

    private static String describe(String word, Tensor map) {
        int[] shape = map.shape();
        int rows = shape[shape.length - 2];
        int columns = shape[shape.length - 1];
        float[] v = map.toArray();
        double total = 0;
        double across = 0;
        double down = 0;
        for (int i = 0; i < v.length; i++) {
            total += v[i];
            across += v[i] * (i % columns + 0.5);
            down += v[i] * (i / columns + 0.5);
        }
        if (!(total > 0)) {
            return "\"" + word + "\" is attended to nowhere";
        }
        return String.format(
                Locale.ROOT,
                "\"%s\" centres %.0f %% from the left and %.0f %% from the top, peak %.2g",
                word,
                100 * across / total / columns,
                100 * down / total / rows,
                map.max());
    }
}
