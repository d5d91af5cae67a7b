package org.daguerre.evaluation;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daguerre.image.ContactSheet;
import org.daguerre.image.Picture;
import org.daguerre.pipeline.Autoencoder;
import org.daguerre.pipeline.LoadedModel;
import org.daguerre.pipeline.Request;
import org.daguerre.scene.SceneSeries;

/** A model at a glance, the same for all: three prompts under three seeds, or of an autoencoder four scenes before and after. */
public final class ModelSheet {

    /** A row each. */
    public static final List<String> PROMPTS =
            List.of("three red apples", "a blue cup left of a yellow star", "two green pears and a pink heart");

    private static final int SEEDS = 3;
    private static final int SCENES = 4;
    private static final int SIDE = 64; // small enough to be kept beside each model
    private static final int CONSISTENCY_STEPS = 4;

    private ModelSheet() {}

    /**
     * The sheet of a model as it is meant to be asked: 30 steps under guidance 3, or of a consistency model 4 steps without.
     *
     * @throws IllegalStateException if it neither draws nor decodes
     */
    public static ContactSheet of(LoadedModel model) {
        if (model instanceof Autoencoder autoencoder) {
            return of(autoencoder);
        }
        Request request = model.toModel().prompt("");
        boolean consistency = model.toModel().scheduler().className().equals("LCMScheduler");
        return of(consistency ? request.steps(CONSISTENCY_STEPS).guidance(1) : request);
    }

    /** The sheet under other settings. */
    public static ContactSheet of(Request settings) {
        return ContactSheet.of(PROMPTS.stream()
                        .flatMap(prompt ->
                                settings.prompt(prompt).seed(1).count(SEEDS).start().finish().pictures().stream())
                        .map(picture -> picture.enlargedWithin(SIDE).reducedWithin(SIDE))
                        .toList())
                .columns(SEEDS)
                .gutter(2);
    }

    /** Rendered scenes above what is left of them. */
    private static ContactSheet of(Autoencoder autoencoder) {
        SceneSeries scenes = new SceneSeries(1);
        List<Picture> rendered = IntStream.range(0, SCENES)
                .mapToObj(i -> scenes.at(i).picture())
                .map(raster -> Picture.of(raster.width(), raster.height(), raster.pixels()))
                .toList();
        Stream<Picture> decoded =
                rendered.stream().map(picture -> autoencoder.roundTrip(picture).picture());
        return ContactSheet.of(Stream.concat(rendered.stream(), decoded)
                        .map(picture -> picture.enlargedWithin(SIDE).reducedWithin(SIDE))
                        .toList())
                .columns(SCENES)
                .gutter(2);
    }
}
