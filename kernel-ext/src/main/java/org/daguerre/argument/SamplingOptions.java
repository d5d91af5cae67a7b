package org.daguerre.argument;

import java.util.List;
import org.daguerre.pipeline.Box;
import org.daguerre.pipeline.Request;
import picocli.CommandLine.Option;

/** The options that describe a picture, the same for commands and magics. What is not given stays as the request has it. */
public final class SamplingOptions extends MethodOptions {

    private static final double HALFWAY = 0.5;

    @Option(names = "--seed", paramLabel = "N", description = "the seed of the noise, a whole number (default: 0)")
    private Long seed;

    @Option(names = "--count", paramLabel = "N", description = "the number of pictures, 1 to 64 (default: 1)")
    private Integer count;

    @Option(
            names = "--towards",
            paramLabel = "TEXT",
            description = "another prompt: the picture lies between the two, at --fraction")
    private String towards;

    @Option(
            names = "--fraction",
            paramLabel = "F",
            description = "how far towards that prompt, 0 to 1 and beyond (default: 0.5)")
    private Double fraction;

    @Option(
            names = "--box",
            paramLabel = "PHRASE@L,T,R,B",
            description = {
                "where a thing shall stand, 0 to 1 of width and height, for models that read boxes:",
                "\"red apple@0.1,0.2,0.5,0.6\"; may be given again"
            })
    private List<String> boxes = List.of();

    /** @param choices what names can stand for */
    public SamplingOptions(Choices choices) {
        super(choices);
    }

    /** Standard names alone. */
    public SamplingOptions() {}

    @Override
    public Request apply(Request request) {
        Request asked = super.apply(request);
        asked = seed == null ? asked : asked.seed(seed);
        asked = count == null ? asked : asked.count(count);
        asked = boxes.isEmpty()
                ? asked
                : asked.boxes(boxes.stream().map(Box::parse).toList());
        if (towards == null && fraction != null) {
            throw new IllegalArgumentException(
                    "--fraction is given without --towards. Give the prompt that it is the way to.");
        }
        return towards == null ? asked : asked.towards(towards, fraction == null ? HALFWAY : fraction);
    }
}
