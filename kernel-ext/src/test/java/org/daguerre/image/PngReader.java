package org.daguerre.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Reads a PNG as strictly as its specification allows: signature, every checksum, the end, nothing after it. */
public final class PngReader {

    public record Chunk(String type, byte[] data) {}

    public final int width;
    public final int height;
    public final List<Chunk> chunks = new ArrayList<>();

    public PngReader(byte[] png) {
        ByteBuffer in = ByteBuffer.wrap(png);
        assertEquals(0x89504e470d0a1a0aL, in.getLong(), "PNG signature");
        String type;
        do {
            int length = in.getInt();
            assertTrue(length >= 0 && length <= in.remaining() - 8, "chunk reaches past the end of the file");
            byte[] typeAndData = new byte[4 + length];
            in.get(typeAndData);
            CRC32 crc = new CRC32();
            crc.update(typeAndData);
            assertEquals((int) crc.getValue(), in.getInt(), "CRC");
            type = new String(typeAndData, 0, 4, StandardCharsets.US_ASCII);
            chunks.add(new Chunk(type, Arrays.copyOfRange(typeAndData, 4, typeAndData.length)));
        } while (!type.equals("IEND"));
        assertEquals(0, in.remaining(), "bytes after IEND");
        assertEquals("IHDR", chunks.get(0).type());
        ByteBuffer header = ByteBuffer.wrap(chunks.get(0).data());
        width = header.getInt();
        height = header.getInt();
        assertEquals(8, header.get(), "bit depth");
        assertEquals(2, header.get(), "colour type: RGB");
    }

    /** The decompressed scan lines; their number tells whether the pixels are complete. */
    public byte[] scanLines() throws DataFormatException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        chunks.stream().filter(c -> c.type().equals("IDAT")).forEach(c -> packed.writeBytes(c.data()));
        Inflater inflater = new Inflater();
        inflater.setInput(packed.toByteArray());
        byte[] lines = new byte[height * (1 + 3 * width) + 1];
        int read = 0;
        while (!inflater.finished()) {
            int n = inflater.inflate(lines, read, lines.length - read);
            assertTrue(n > 0 || inflater.finished(), "compressed pixels are cut off or too long");
            read += n;
        }
        assertEquals(0, inflater.getRemaining(), "bytes after the compressed pixels");
        inflater.end();
        return Arrays.copyOf(lines, read);
    }

    /** The chunks of one type, in order. */
    public List<byte[]> of(String type) {
        return chunks.stream()
                .filter(c -> c.type().equals(type))
                .map(Chunk::data)
                .toList();
    }
}
