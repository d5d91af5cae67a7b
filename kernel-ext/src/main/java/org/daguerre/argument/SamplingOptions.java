package org.daguerre.argument;

import org.daguerre.pipeline.Request;
import picocli.CommandLine.Option;

/** The options that describe a picture, the same for commands and magics. What is not given stays as the request has it. */
public final class SamplingOptions extends MethodOptions {

    @Option(names = "--seed", paramLabel = "N", description = "the seed of the noise, a whole number (default: 0)")
    private Long seed;

    @Option(names = "--count", paramLabel = "N", description = "the number of pictures, 1 to 64 (default: 1)")
    private Integer count;

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
        return count == null ? asked : asked.count(count);
    }
}
