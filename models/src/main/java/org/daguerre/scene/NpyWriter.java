package org.daguerre.scene;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Writes one array of bytes as NumPy's {@code .npy}, version 1.0, dtype uint8, C order. */
final class NpyWriter implements Closeable {

    private final OutputStream out;
    private long left;

    /** Begins the file; exactly the product of {@code shape} bytes must follow. */
    NpyWriter(Path file, int... shape) throws IOException {
        out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
        left = Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
        String sizes = Arrays.stream(shape).mapToObj(n -> n + ",").collect(Collectors.joining(" "));
        String header = "{'descr': '|u1', 'fortran_order': False, 'shape': (" + sizes + "), }";
        int padding = 63 - (10 + header.length()) % 64; // the data starts at a multiple of 64
        header += " ".repeat(padding) + "\n";
        out.write(0x93);
        out.write("NUMPY".getBytes(StandardCharsets.US_ASCII));
        out.write(new byte[] {1, 0, (byte) header.length(), (byte) (header.length() >> 8)});
        out.write(header.getBytes(StandardCharsets.US_ASCII));
    }

    void write(byte[] bytes) throws IOException {
        left -= bytes.length;
        out.write(bytes);
    }

    @Override
    public void close() throws IOException {
        out.close();
        if (left != 0) {
            throw new IOException(
                    "An array file has " + Math.abs(left) + " bytes too " + (left > 0 ? "few." : "many."));
        }
    }
}
