package org.daguerre.path;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import org.daguerre.tensor.Tensor;

/** Little-endian numbers in files, a piece at a time. */
final class Values {

    private static final int PIECE = 1 << 20;

    private Values() {}

    interface Writing {
        void to(FileChannel channel) throws IOException;
    }

    interface Reading<T> {
        T from(FileChannel channel) throws IOException;
    }

    static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static Path write(Path file, Writing content) {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            content.to(channel);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write " + file + " (" + reason(e)
                            + "). Give a file name in a folder that exists and can be written.",
                    e);
        }
    }

    /**
     * What is read from a file.
     *
     * @throws IllegalArgumentException if it is larger than Java's memory, or no plain file: a pipe or a device has no size to
     *     hold it to
     */
    static <T> T read(Path file, Reading<T> content) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IllegalArgumentException(file + " is no plain file. Give one that was saved.");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            try {
                if (size <= Runtime.getRuntime().maxMemory()) {
                    return content.from(channel);
                }
            } catch (OutOfMemoryError e) { // of an array of its size: nothing else has suffered
                throw tooLarge(file, size);
            }
            throw tooLarge(file, size);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + " (" + reason(e) + "). Give a file that exists.", e);
        }
    }

    private static IllegalArgumentException tooLarge(Path file, long size) {
        return new IllegalArgumentException(String.format(
                Locale.ROOT,
                "%s has %.1f GB, and Java, which may take %.1f, has no room for it."
                        + " Start Java with a larger -Xmx, or save less.",
                file,
                size / 1e9,
                Runtime.getRuntime().maxMemory() / 1e9));
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "");
    }

    static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    static void write(FileChannel channel, FloatBuffer values) throws IOException {
        ByteBuffer piece = buffer(PIECE);
        while (values.hasRemaining()) {
            piece.clear();
            FloatBuffer floats = piece.asFloatBuffer();
            int count = Math.min(floats.remaining(), values.remaining());
            floats.put(values.slice().limit(count));
            values.position(values.position() + count);
            writeAll(channel, piece.limit(count * Float.BYTES));
        }
    }

    /** So many bytes from here, which the caller knows to be there. */
    static ByteBuffer read(FileChannel channel, int bytes) throws IOException {
        ByteBuffer read = buffer(bytes);
        while (read.hasRemaining()) {
            if (channel.read(read) < 0) {
                throw new java.io.EOFException();
            }
        }
        return read.flip();
    }

    /** A tensor from here; its size is held to the bytes that are there before it is allocated. */
    static Tensor tensor(
            FileChannel channel, long[] shape, long bytes, Function<String, IllegalArgumentException> refusal)
            throws IOException {
        FloatBuffer target = FloatBuffer.allocate(count(shape, Float.BYTES, bytes, refusal));
        while (target.hasRemaining()) {
            int count = Math.min(PIECE / Float.BYTES, target.remaining());
            target.put(read(channel, count * Float.BYTES).asFloatBuffer());
        }
        return Tensor.wrap(
                target.array(), Arrays.stream(shape).mapToInt(n -> (int) n).toArray());
    }

    /** The number of values of a shape, if that is what so many bytes hold. */
    static int count(long[] shape, int size, long bytes, Function<String, IllegalArgumentException> refusal) {
        long count = 1;
        for (long axis : shape) {
            if (axis < 0 || axis > Integer.MAX_VALUE || axis != 0 && count > Integer.MAX_VALUE / axis) {
                throw refusal.apply("shape " + Arrays.toString(shape) + " has too many values");
            }
            count *= axis;
        }
        if (count * size != bytes) {
            throw refusal.apply(
                    "shape " + Arrays.toString(shape) + " needs " + count * size + " bytes, and there are " + bytes);
        }
        return (int) count;
    }

    /** A name out of a file, fit for a line. */
    static String shown(String name) {
        String line = name.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= 60 ? line : line.substring(0, 60) + "...";
    }
}
