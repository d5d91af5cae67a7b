package org.daguerre.argument;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.daguerre.image.Picture;
import org.daguerre.name.Names;
import org.daguerre.pipeline.Request;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that start a picture from another, the same for commands and magics. */
public final class ImageOptions {

    @Option(names = "--image", paramLabel = "FILE", description = "a PNG to start from instead of noise")
    private String image;

    @Option(
            names = "--strength",
            paramLabel = "S",
            description = "how much of the image is made anew, above 0 to 1 (default: 0.8)")
    private Double strength;

    @Option(
            names = "--mask",
            paramLabel = "FILE",
            description = "a PNG of the image's size: white is made anew, black is kept")
    private String mask;

    @Option(
            names = "--invert",
            paramLabel = "TEXT",
            description = {
                "starts from the noise that leads to the image under this prompt (DDIM inversion),",
                "and leads from there to the prompt by ddim"
            })
    private String invert;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** The request with all that was given. */
    public Request apply(Request request) {
        if (invert != null) {
            return inverted(request);
        }
        if (image == null && (strength != null || mask != null)) {
            throw new IllegalArgumentException((mask != null ? "--mask" : "--strength")
                    + " is given without --image. Give the PNG that it is for.");
        }
        Request asked = image == null ? request : request.image(read("--image", image));
        asked = strength == null ? asked : asked.strength(strength);
        return mask == null ? asked : asked.mask(read("--mask", mask));
    }

    private Request inverted(Request request) {
        if (image == null) {
            throw new IllegalArgumentException("--invert is given without --image. Give the PNG that it describes.");
        }
        for (String other : List.of("--strength", "--mask", "--sampler", "--spacing")) {
            if (command.commandLine().getParseResult().hasMatchedOption(other)) {
                throw new IllegalArgumentException(other + " is given with --invert, which starts from noise and goes"
                        + " the way of ddim back. Leave one of them out.");
            }
        }
        return request.inverted(read("--image", image), invert);
    }

    private static Picture read(String option, String file) {
        try {
            return Picture.read(Path.of(file));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    option + " is " + Names.quoted(file) + ", no file name. Give a PNG file.");
        }
    }
}
