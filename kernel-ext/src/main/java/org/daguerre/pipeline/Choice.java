package org.daguerre.pipeline;

import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.daguerre.backbone.Conditioning;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.sampler.Sampler;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Spacing;

/**
 * What a {@link Request} chose: the model's own where null, changed by what was asked for.
 *
 * @param scheduler the model's, with the names that were asked for
 * @param sampler one's own
 * @param schedule one's own
 * @param spacing what becomes of the sampler's own spacing
 * @param prediction what the network's output is read as
 * @param height of the state
 * @param width of the state
 * @param origin what a run starts from
 * @param told what the network is told instead of the prompt
 * @param boxes where things shall stand
 */
record Choice(
        Scheduler scheduler,
        Sampler sampler,
        NoiseSchedule schedule,
        UnaryOperator<Spacing> spacing,
        PredictionType prediction,
        int height,
        int width,
        Origin origin,
        Told told,
        List<Box> boxes) {

    /**
     * What the network is told instead of the prompt.
     *
     * @param of of a request, whose size it may tell
     * @param how where it comes from, for people
     */
    record Told(Function<Request, Conditioning> of, String how) {}

    Choice scheduler(Scheduler scheduler) {
        return new Choice(scheduler, sampler, schedule, spacing, prediction, height, width, origin, told, boxes);
    }

    Choice sampler(Sampler sampler) {
        return new Choice(scheduler, sampler, schedule, spacing, prediction, height, width, origin, told, boxes);
    }

    Choice schedule(NoiseSchedule schedule) {
        return new Choice(scheduler, sampler, schedule, spacing, prediction, height, width, origin, told, boxes);
    }

    Choice spacing(UnaryOperator<Spacing> spacing) {
        return new Choice(scheduler, sampler, schedule, spacing, prediction, height, width, origin, told, boxes);
    }

    Choice prediction(PredictionType prediction) {
        return new Choice(scheduler, sampler, schedule, spacing, prediction, height, width, origin, told, boxes);
    }

    Choice origin(Origin origin) {
        return new Choice(scheduler, sampler, schedule, spacing, prediction, height, width, origin, told, boxes);
    }

    Choice told(Told told) {
        return new Choice(scheduler, sampler, schedule, spacing, prediction, height, width, origin, told, boxes);
    }

    Choice boxes(List<Box> boxes) {
        return new Choice(scheduler, sampler, schedule, spacing, prediction, height, width, origin, told, boxes);
    }

    Choice size(int height, int width) {
        return new Choice(scheduler, sampler, schedule, spacing, prediction, height, width, origin, told, boxes);
    }
}
