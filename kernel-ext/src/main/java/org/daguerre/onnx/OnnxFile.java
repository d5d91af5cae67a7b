package org.daguerre.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a file that claims to be a model often is instead. */
public final class OnnxFile {

    private static final int SNIFFED_BYTES = 512;

    private OnnxFile() {}

    /** The file's name with its folder's, as in unet/model.onnx: enough to find it, and no private path. */
    public static String label(Path file) {
        Path parent = file.toAbsolutePath().normalize().getParent();
        return parent == null || parent.getFileName() == null
                ? file.getFileName().toString()
                : parent.getFileName() + "/" + file.getFileName();
    }

    /**
     * Throws if the file is missing, empty, no regular file, a web page or a Git-LFS pointer.
     *
     * @throws ModelException naming the file and the remedy
     */
    public static void check(Path file) {
        String label = label(file);
        if (!Files.exists(file)) {
            throw new ModelException(label + " is missing. Put the file there or give another model folder.");
        }
        if (Files.isDirectory(file)) {
            throw new ModelException(label + " is a folder. Give the file in it.");
        }
        if (!Files.isRegularFile(file)) {
            throw new ModelException(label + " is no regular file. Give a file on disk.");
        }
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(SNIFFED_BYTES);
        } catch (IOException e) {
            throw new ModelException(label + " cannot be read. Check its permissions.", e);
        }
        if (head.length == 0) {
            throw new ModelException(label + " is empty. Download or export it again.");
        }
        String text = new String(head, StandardCharsets.ISO_8859_1).strip().toLowerCase(Locale.ROOT);
        if (text.startsWith("version https://git-lfs.github.com/")) {
            throw new ModelException(
                    label + " is a Git-LFS pointer, the file itself was not fetched. Run: git lfs pull");
        }
        if (text.startsWith("<!doctype") || text.startsWith("<html") || text.startsWith("<?xml")) {
            throw new ModelException(
                    label + " is a web page, not a model. Download the file itself (the raw or resolve link).");
        }
    }
}
