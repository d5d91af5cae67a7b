package org.daguerre.course;

import org.daguerre.image.Picture;
import org.daguerre.scene.Claim;
import org.daguerre.scene.Grammar;
import org.daguerre.scene.Judge;
import org.daguerre.scene.Raster;
import org.daguerre.scene.Verdict;

/** Asks the judge of trays about a sampled picture. */
public final class TrayJudge {

    private TrayJudge() {}

    /**
     * Whether a picture of 128 x 128 pixels shows what the prompt says, part by part.
     *
     * @throws IllegalArgumentException if the prompt is no caption of a tray, or the picture has another size
     */
    public static Verdict judge(Picture picture, String prompt) {
        Claim claim = Grammar.parse(prompt)
                .orElseThrow(() -> new IllegalArgumentException("prompt '" + prompt
                        + "' claims nothing about a tray. Ask for things such as \"three red apples on a tray\"."));
        int width = picture.width();
        int height = picture.height();
        int[] pixels = picture.toImage().getRGB(0, 0, width, height, null, 0, width);
        byte[] rgb = new byte[3 * pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            rgb[3 * i] = (byte) (pixels[i] >> 16);
            rgb[3 * i + 1] = (byte) (pixels[i] >> 8);
            rgb[3 * i + 2] = (byte) pixels[i];
        }
        return Judge.judge(new Raster(width, height, rgb), claim);
    }
}
