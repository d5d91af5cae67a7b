package org.daguerre.argument;

import java.util.ArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.name.Names;
import org.daguerre.pipeline.Request;
import org.daguerre.sampler.Samplers;
import org.daguerre.schedule.NoiseSchedules;
import org.daguerre.schedule.Spacing;
import picocli.CommandLine.Option;

/** The options that say how a picture is made, whichever it is. What is not given stays as the request has it. */
public class MethodOptions {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,6})(?:x(\\d{1,6}))?");

    private final Choices choices;

    @Option(names = "--negative", paramLabel = "TEXT", description = "what guidance leads away from, in double quotes")
    private String negative;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "the number of steps, 1 or more, usually 20 to 50 (default: " + Request.DEFAULT_STEPS + ")")
    private Integer steps;

    @Option(
            names = "--sampler",
            paramLabel = "NAME",
            completionCandidates = SamplerNames.class,
            description = "the sampler: " + Arguments.VALUES + " (default: the model's own)")
    private String sampler;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            completionCandidates = ScheduleNames.class,
            description = "the noise schedule: " + Arguments.VALUES + " (default: the model's own)")
    private String schedule;

    @Option(
            names = "--spacing",
            paramLabel = "NAME",
            completionCandidates = SpacingNames.class,
            description = "the timesteps: " + Arguments.VALUES + " (default: the model's own)")
    private String spacing;

    @Option(
            names = "--guidance",
            paramLabel = "W",
            description = "the guidance scale, a number; 1 is none, 3 to 7.5 are usual (default: "
                    + Request.DEFAULT_GUIDANCE + ")")
    private String guidance;

    @Option(
            names = "--prediction",
            paramLabel = "TYPE",
            completionCandidates = PredictionTypeNames.class,
            description = "what the network's output stands for: " + Arguments.VALUES + " (default: the model's own)")
    private String prediction;

    @Option(
            names = "--size",
            paramLabel = "HxW",
            description = "height and width in pixels, such as 512x512 (default: the model's own)")
    private String size;

    /** @param choices what names can stand for */
    public MethodOptions(Choices choices) {
        this.choices = choices;
    }

    /** Standard names alone. */
    public MethodOptions() {
        this(Choices.STANDARD);
    }

    /** The request with all that was given. */
    public Request apply(Request request) {
        Request asked = request;
        asked = negative == null ? asked : asked.negative(negative);
        asked = schedule == null ? asked : choices.schedule(asked, schedule);
        asked = sampler == null ? asked : choices.sampler(asked, sampler);
        asked = spacing == null ? asked : choices.spacing(asked, spacing);
        asked = steps == null ? asked : asked.steps(steps);
        asked = guidance == null ? asked : asked.guidance(choices.guidance(guidance));
        asked = prediction == null ? asked : choices.prediction(asked, prediction);
        return size == null ? asked : sized(asked);
    }

    private Request sized(Request request) {
        Matcher sides = SIZE.matcher(size);
        if (!sides.matches()) {
            throw new IllegalArgumentException("--size is " + Names.quoted(size)
                    + ", not height and width. Give them in pixels, such as 128x128.");
        }
        int height = Integer.parseInt(sides.group(1));
        return request.size(height, sides.group(2) == null ? height : Integer.parseInt(sides.group(2)));
    }

    static final class SamplerNames extends ArrayList<String> {
        SamplerNames() {
            super(Samplers.names());
        }
    }

    static final class ScheduleNames extends ArrayList<String> {
        ScheduleNames() {
            super(NoiseSchedules.ofBetas());
        }
    }

    static final class PredictionTypeNames extends ArrayList<String> {
        PredictionTypeNames() {
            super(PredictionType.standard().stream()
                    .map(PredictionType::toString)
                    .toList());
        }
    }

    static final class SpacingNames extends ArrayList<String> {
        SpacingNames() {
            super(Spacing.names());
        }
    }
}
