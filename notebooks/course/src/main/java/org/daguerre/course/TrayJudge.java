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
        return Judge.judge(Raster.of(picture.width(), picture.height(), picture.pixels()), claim);
    }
}
