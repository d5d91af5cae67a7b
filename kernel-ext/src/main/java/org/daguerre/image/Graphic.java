package org.daguerre.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Something to look at: a picture or a figure, as a PNG with a text that says what is to be seen. */
public interface Graphic {

    /** The width to show it at, in CSS pixels; the PNG may be finer. */
    int width();

    /** The height to show it at, in CSS pixels. */
    int height();

    /** A complete PNG file. */
    byte[] png();

    /** What is to be seen, for those who cannot see it. Plain text that may hold a user's words: escape it in markup. */
    String altText();

    /**
     * Writes the PNG to a file and replaces one that is there.
     *
     * @return the file
     * @throws UncheckedIOException if the file cannot be written; the message says which and what may help
     */
    default Path save(Path file) {
        try {
            return Files.write(file, png());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write " + file + " (" + Png.reason(e)
                            + "). Give a file name in a folder that exists and can" + " be written.",
                    e);
        }
    }
}
