package org.daguerre.notebook;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.daguerre.name.Names;

/** Cells that work as they stand, each with something of one's own to go on from. */
final class Templates {

    private static final Map<String, String> CELLS = new LinkedHashMap<>();

    static {
        CELLS.put("sampler", """
                // One step: from the state x at a noise level to the state at the next, by one answer of the model.
                // As it stands it is DDIM. A level has alpha(), sigma(), lambda(), ratio() and t().
                Sampler mySampler = Sampler.of("mySampler", (x, prediction, level, next) ->
                    prediction.denoised().times(next.alpha()).plus(next.sigma(), prediction.noise()));

                // In the next cell:  %sample "three red apples" --sampler mySampler
                // and:               %compare "three red apples" --sampler ddim,mySampler --steps 5,10,20
                """);
        CELLS.put("schedule", """
                // The noise level of a timestep from 0 to 999: alpha-bar, the share of the picture, falls from 1 towards 0.
                // As it stands it is the cosine schedule.
                NoiseSchedule mySchedule = t ->
                    Level.preserving(t, Math.pow(Math.cos((t / 1000 + 0.008) / 1.008 * Math.PI / 2), 2));

                // In the next cell:  %plot schedule mySchedule cosine
                // and:               %sample "three red apples" --schedule mySchedule
                """);
        CELLS.put("guidance", """
                // How the answers with and without the prompt become one. uncond + w (cond - uncond) is the classic.
                // As it stands it guides in the middle of the way only (Kynkäänniemi et al. 2024, arXiv 2404.07724).
                Guidance myGuidance = Guidance.of((cond, uncond, level) -> {
                    double w = level.ratio() > 0.3 && level.ratio() < 5 ? 4 : 1;
                    return uncond.plus(w, cond.minus(uncond));
                });

                // In the next cell:  %sample "three red apples" --guidance myGuidance
                """);
        CELLS.put("prediction", """
                // How the clean picture is read from a network's raw output for the state x = alpha x0 + sigma eps.
                // As it stands the output is v = alpha eps - sigma x0 (Salimans and Ho 2022, arXiv 2202.00512).
                PredictionType myPrediction = (raw, x, level) ->
                    x.times(level.alpha()).plus(-level.sigma(), raw);

                // In the next cell:  %sample "three red apples" --prediction myPrediction
                """);
    }

    private Templates() {}

    static List<String> kinds() {
        return List.copyOf(CELLS.keySet());
    }

    /** @param kind sampler, schedule, guidance or prediction */
    static String cell(String kind) {
        if (kind == null) {
            throw new IllegalArgumentException(
                    "%daguerre new lacks what is to be new. Give one of: " + String.join(", ", CELLS.keySet()) + ".");
        }
        return CELLS.get(Names.known("kind", kind, CELLS.keySet())).stripTrailing();
    }
}
