package org.daguerre.onnx;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/** What a file that claims to be a model often is instead. */
public final class OnnxFile {

    private static final int SNIFFED_BYTES = 512;

    /** Outputs are appended in memory, where the whole file must fit; larger models keep their weights beside the graph. */
    private static final long APPENDABLE_BYTES = 1L << 30;

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

    /** The file with a second graph field behind it; protobuf merges the two, so the names join the graph's outputs. */
    static byte[] withOutputs(Path file, Collection<String> names) {
        try {
            if (Files.size(file) > APPENDABLE_BYTES) {
                throw new ModelException(label(file)
                        + " is over 1 GB in one piece. Export it with its weights beside it (model.onnx_data).");
            }
            ByteArrayOutputStream outputs = new ByteArrayOutputStream();
            CodedOutputStream graph = CodedOutputStream.newInstance(outputs);
            for (String name : names) {
                byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
                int length = 1 + CodedOutputStream.computeByteArraySizeNoTag(utf8);
                graph.writeTag(12, 2);
                graph.writeUInt32NoTag(length);
                graph.writeByteArray(1, utf8);
            }
            graph.flush();
            byte[] head = Files.readAllBytes(file);
            ByteArrayOutputStream tail = new ByteArrayOutputStream();
            CodedOutputStream model = CodedOutputStream.newInstance(tail);
            model.writeByteArray(7, outputs.toByteArray());
            model.flush();
            byte[] all = Arrays.copyOf(head, head.length + tail.size());
            System.arraycopy(tail.toByteArray(), 0, all, head.length, tail.size());
            return all;
        } catch (IOException e) {
            throw new ModelException(label(file) + " cannot be read. Check its permissions.", e);
        }
    }
}
