package org.daguerre.plot;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.daguerre.image.Colormap;
import org.daguerre.image.HeatMap;
import org.daguerre.image.Picture;
import org.daguerre.image.Theme;
import org.daguerre.tensor.Tensor;

/** Latents channel by channel. */
public final class LatentsPlot {

    private LatentsPlot() {}

    /** One square a value, all channels of {@code [1, C, H, W]} on one scale with zero in its middle. */
    public static Figure of(Tensor latents, Theme theme) {
        List<HeatMap> channels = HeatMap.channels(latents);
        List<String> names = IntStream.range(0, channels.size())
                .mapToObj(c -> String.format(
                        Locale.ROOT,
                        "channel %d: %.2f ± %.2f",
                        c,
                        channels.get(c).values().mean(),
                        channels.get(c).values().std()))
                .toList();
        List<Picture> tiles = channels.stream().map(HeatMap::picture).toList();
        String extreme = String.format(Locale.ROOT, "%.2f", channels.get(0).high());
        int[] shape = latents.shape();
        return Tiles.figure(
                "Latents, " + shape[1] + (shape[1] == 1 ? " channel" : " channels") + " of " + shape[3] + " x "
                        + shape[2] + " (mean ± std)",
                names,
                tiles,
                channels.size() <= 4 ? 4 : (int) Math.ceil(Math.sqrt(channels.size())),
                new Tiles.Scale(Colormap.DIVERGING, "-" + extreme, "0", extreme),
                theme,
                "Latents as colours between -" + extreme + " (blue) and " + extreme + " (orange); "
                        + String.join("; ", names) + ".");
    }
}
