package org.daguerre.onnx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The configuration files beside a model's graphs. */
public final class JsonFile {

    /** The largest that is read; real ones are below a tenth of it. */
    public static final long MAX_BYTES = 16L << 20;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private JsonFile() {}

    /**
     * Reads a file that must be a JSON object; -Infinity, which Python writes, is a number.
     *
     * @throws ModelException if it is none, is over 16 MB, or is one of what {@link OnnxFile#check} refuses
     */
    public static ObjectNode read(Path file) {
        OnnxFile.check(file);
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ModelException(OnnxFile.label(file) + " is over 16 MB. Download or export it again.");
            }
            if (JSON.readTree(file.toFile()) instanceof ObjectNode object) {
                return object;
            }
            throw new ModelException(OnnxFile.label(file) + " is no JSON object. Download or export it again.");
        } catch (JsonProcessingException e) {
            throw new ModelException(OnnxFile.label(file) + " is not JSON"
                    + (e.getLocation() == null
                            ? ""
                            : " (line " + e.getLocation().getLineNr() + ")")
                    + ". Download or export it again.");
        } catch (IOException e) {
            throw new ModelException(OnnxFile.label(file) + " cannot be read. Check its permissions.", e);
        }
    }
}
