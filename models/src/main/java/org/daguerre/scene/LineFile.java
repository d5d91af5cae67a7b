package org.daguerre.scene;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** A file of one JSON object a line, each written as soon as it is known, so that a run that was killed goes on where it was. */
final class LineFile<T> {

    /** Whether a line is the one that belongs at a place. */
    @FunctionalInterface
    interface Belongs<T> {
        boolean at(int index, T line);
    }

    private final ObjectMapper json = new ObjectMapper();
    private final Path file;
    private final Class<T> type;

    LineFile(Path file, Class<T> type) {
        this.file = file;
        this.type = type;
    }

    /**
     * The whole lines that an earlier run left, {@code most} at most; one that a kill cut short is taken off the file.
     *
     * @throws IllegalStateException if a line is not one of ours or does not belong where it is; the file is left as it is
     */
    List<T> earlier(int most, Belongs<T> belongs) throws IOException {
        List<T> lines = new ArrayList<>();
        if (!Files.exists(file)) {
            return lines;
        }
        String text = Files.readString(file);
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        for (String written : whole.lines().limit(most).toList()) {
            T line = parsed(written);
            if (line == null || !belongs.at(lines.size(), line)) {
                throw new IllegalStateException(
                        "'" + file + "' holds verdicts on another model, setting or list of prompts. "
                                + "Give another file, or remove this one.");
            }
            lines.add(line);
        }
        if (whole.length() < text.length()) {
            Files.writeString(file, whole);
        }
        return lines;
    }

    private T parsed(String line) {
        try {
            return json.readValue(line, type);
        } catch (JsonProcessingException e) {
            return null; // not one of ours
        }
    }

    /** The file and its folder are made with its first line. */
    void append(T line) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(
                file, json.writeValueAsString(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
