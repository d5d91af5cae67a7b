package org.daguerre.path;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.daguerre.tensor.Tensor;

/**
 * NumPy's file of one array (format 1.0 and 2.0), float32 in little-endian and row-major order, bit for bit. A file is held to
 * its own size before anything of it is kept.
 */
public final class Npy {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_HEADER = 1 << 16;
    private static final int ALIGNMENT = 64;

    /** At most the 64 axes that NumPy knows: an open repetition would take a frame of the stack for each. */
    private static final Pattern HEADER = Pattern.compile("\\{'descr': '([^']*)', 'fortran_order': (True|False), "
            + "'shape': \\(((?:\\d{1,10}(?:, ?\\d{1,10}){0,63},?)?)\\),? *}\\s*");

    private Npy() {}

    /**
     * Writes a tensor and replaces a file that is there.
     *
     * @return the file
     * @throws UncheckedIOException if it cannot be written
     */
    public static Path write(Path file, Tensor tensor) {
        String shape = Arrays.stream(tensor.shape()).mapToObj(n -> n + ",").collect(Collectors.joining(" "));
        String dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': ("
                + (tensor.rank() > 1 ? shape.substring(0, shape.length() - 1) : shape) + "), }";
        int prefix = MAGIC.length + 4;
        int padding = ALIGNMENT - (prefix + dictionary.length() + 1) % ALIGNMENT;
        byte[] header = (dictionary + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer head = Values.buffer(prefix + header.length);
        head.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) header.length);
        head.put(header).flip();
        return Values.write(file, channel -> {
            Values.writeAll(channel, head);
            Values.write(channel, tensor.buffer());
        });
    }

    /**
     * Reads a tensor.
     *
     * @throws IllegalArgumentException if the file is no array of float32 in row-major order; the message says what it is
     * @throws UncheckedIOException if it cannot be read
     */
    public static Tensor read(Path file) {
        return Values.read(file, channel -> read(file, channel));
    }

    private static Tensor read(Path file, FileChannel channel) throws IOException {
        ByteBuffer prefix = Values.read(channel, (int) Math.min(channel.size(), MAGIC.length + 6));
        if (prefix.remaining() < MAGIC.length + 6) {
            throw no(file, "it has " + prefix.remaining() + " bytes");
        }
        int version = prefix.position(MAGIC.length).get();
        prefix.get();
        if (Safetensors.isBeginOfOne(prefix)) {
            throw new IllegalArgumentException(
                    file + " is a .safetensors file of named arrays, no .npy file of one."
                            + " Read it by RunPath.read(file) if it is the path of a run, otherwise by Safetensors.read(file).");
        }
        if (!isBeginOfOne(prefix) || version != 1 && version != 2) {
            throw no(file, "it does not begin as one of format 1.0 or 2.0 does");
        }
        long length = version == 1 ? Short.toUnsignedLong(prefix.getShort()) : Integer.toUnsignedLong(prefix.getInt());
        long start = MAGIC.length + (version == 1 ? 4 : 6);
        if (length > MAX_HEADER || start + length > channel.size()) {
            throw no(file, "its header of " + length + " bytes is longer than the file or than " + MAX_HEADER);
        }
        channel.position(start);
        String header = StandardCharsets.ISO_8859_1
                .decode(Values.read(channel, (int) length))
                .toString();
        Matcher matcher = HEADER.matcher(header);
        if (!matcher.matches()) {
            throw no(file, "its header describes no plain array");
        }
        if (!matcher.group(1).equals("<f4") || matcher.group(2).equals("True")) {
            throw new IllegalArgumentException(file + " has the type '" + Values.shown(matcher.group(1)) + "'"
                    + (matcher.group(2).equals("True") ? " in column order" : "")
                    + ", not float32 in row-major order. Save numpy.ascontiguousarray(a, dtype='float32').");
        }
        String[] axes =
                matcher.group(3).isEmpty() ? new String[0] : matcher.group(3).split("[, ]+");
        long[] shape = Arrays.stream(axes).mapToLong(Long::parseLong).toArray();
        return Values.tensor(channel, shape, channel.size() - start - length, what -> no(file, what));
    }

    /** Whether a file that begins like this is, or means to be, one of this format. */
    static boolean isBeginOfOne(ByteBuffer bytes) {
        return bytes.limit() >= MAGIC.length
                && bytes.duplicate().limit(MAGIC.length).rewind().equals(ByteBuffer.wrap(MAGIC));
    }

    private static IllegalArgumentException no(Path file, String why) {
        return new IllegalArgumentException(file + " is no .npy file that can be read: " + why + ". Save it again.");
    }
}
