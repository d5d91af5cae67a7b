package org.daguerre.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.daguerre.name.Names;

/**
 * Weights beside the graph, checked before native code follows their path (onnx/docs/ExternalDataSecurity.md): a regular
 * file inside the model's folder, without links out of it, and long enough.
 */
final class ExternalData {

    private ExternalData() {}

    /** @param needed the bytes of its values, as its shape and element type say */
    static void check(Path model, TensorProto tensor, long needed) {
        Map<String, String> entries = new HashMap<>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            entries.put(entry.getKey(), entry.getValue());
        }
        String location = entries.getOrDefault("location", "");
        String what = OnnxFile.label(model) + " keeps " + Names.quoted(tensor.getName()) + " in "
                + Names.quoted(location) + ", which ";
        try {
            Path folder = model.toAbsolutePath().normalize().getParent();
            Path file = folder.resolve(location).normalize();
            if (location.isEmpty() || Path.of(location).isAbsolute() || !file.startsWith(folder)) {
                throw refused(what + "is outside the model's folder");
            }
            if (!Files.exists(file)) {
                throw new ModelException(what + "is missing. Download it too, into the same folder.");
            }
            if (!Files.isRegularFile(file)) {
                throw refused(what + "is no regular file");
            }
            if (!file.toRealPath().startsWith(folder.toRealPath())) {
                throw refused(what + "is a link out of the model's folder");
            }
            if (hardLinks(file) > 1) {
                throw refused(what + "is a hard link");
            }
            long size = Files.size(file);
            long offset = number(entries, "offset", 0, what);
            long length = number(entries, "length", Math.max(0, size - offset), what);
            if (offset < 0 || length < 0 || offset > size || length > size - offset) {
                throw new ModelException(what + "has " + size + " bytes and should have " + length + " from byte "
                        + offset + ". Download it again.");
            }
            if (length < needed) {
                throw new ModelException(what + "has " + length + " bytes of it, and its shape " + tensor.getDimsList()
                        + " needs more. Download or export the model again.");
            }
        } catch (InvalidPathException e) {
            throw refused(what + "is no path");
        } catch (IOException e) {
            throw new ModelException(what + "cannot be read. Check its permissions.", e);
        }
    }

    private static int hardLinks(Path file) throws IOException {
        return Files.getFileStore(file).supportsFileAttributeView("unix")
                        || file.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? (int) Files.getAttribute(file, "unix:nlink")
                : 1;
    }

    private static long number(Map<String, String> entries, String key, long fallback, String what) {
        try {
            return entries.containsKey(key) ? Long.parseLong(entries.get(key)) : fallback;
        } catch (NumberFormatException e) {
            throw new ModelException(
                    what + "has the " + key + " " + Names.quoted(entries.get(key)) + ". Export the model again.");
        }
    }

    private static ModelException refused(String fact) {
        return new ModelException(fact + ". Keep external weights as a plain file beside the model.");
    }
}
