package org.daguerre.path;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.daguerre.tensor.Tensor;

/**
 * A file of named arrays and texts in the safetensors format: tensors of float32 (F32), rows of float64 (F64) and the
 * metadata, bit for bit. A file is not trusted: every size is held to the file's own before anything is allocated, and
 * arrays that overlap or leave holes are refused, as the format wants it.
 *
 * @param tensors F32 arrays of any shape, in the order of the file
 * @param rows F64 arrays of one axis
 * @param metadata texts by name
 */
public record Safetensors(Map<String, Tensor> tensors, Map<String, double[]> rows, Map<String, String> metadata) {

    private static final int MAX_HEADER = 16 << 20;
    private static final String METADATA = "__metadata__";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    public Safetensors {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        rows = Collections.unmodifiableMap(new LinkedHashMap<>(rows));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        if (tensors.keySet().stream().anyMatch(rows::containsKey) || tensors.containsKey(METADATA)) {
            throw new IllegalArgumentException("a name stands for two arrays. Give each a name of its own.");
        }
    }

    /**
     * Writes the file and replaces one that is there.
     *
     * @return the file
     * @throws UncheckedIOException if it cannot be written
     */
    public Path write(Path file) {
        ObjectNode header = JSON.createObjectNode();
        ObjectNode texts = header.putObject(METADATA);
        metadata.forEach(texts::put);
        long[] end = {0};
        rows.forEach((name, row) -> describe(header, name, "F64", new int[] {row.length}, Double.BYTES, end));
        tensors.forEach((name, tensor) -> describe(header, name, "F32", tensor.shape(), Float.BYTES, end));
        return Values.write(file, channel -> {
            byte[] text = JSON.writeValueAsBytes(header);
            int length = (text.length + 7) / 8 * 8;
            ByteBuffer head = Values.buffer(8 + length).putLong(length).put(text);
            while (head.hasRemaining()) {
                head.put((byte) ' ');
            }
            Values.writeAll(channel, head.flip());
            for (double[] row : rows.values()) {
                ByteBuffer bytes = Values.buffer(Math.multiplyExact(row.length, Double.BYTES));
                bytes.asDoubleBuffer().put(row);
                Values.writeAll(channel, bytes);
            }
            for (Tensor tensor : tensors.values()) {
                Values.write(channel, tensor.buffer());
            }
        });
    }

    private static void describe(ObjectNode header, String name, String type, int[] shape, int size, long[] end) {
        ObjectNode entry = header.putObject(name).put("dtype", type);
        var axes = entry.putArray("shape");
        long bytes = size;
        for (int axis : shape) {
            axes.add(axis);
            bytes *= axis;
        }
        entry.putArray("data_offsets").add(end[0]).add(end[0] + bytes);
        end[0] += bytes;
    }

    private record Entry(String name, String type, long[] shape, long from, long to) {}

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if it is no such file, or has arrays of other types; the message says what is wrong
     * @throws UncheckedIOException if it cannot be read
     */
    public static Safetensors read(Path file) {
        return Values.read(file, channel -> read(file, channel));
    }

    private static Safetensors read(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < 8) {
            throw no(file, "it has " + size + " bytes");
        }
        ByteBuffer prefix = Values.read(channel, 8);
        if (Npy.isBeginOfOne(prefix)) {
            throw new IllegalArgumentException(
                    file + " is a .npy file of one array, no .safetensors file of named ones."
                            + " Read it by Npy.read(file); the whole path of a run is saved as .safetensors.");
        }
        long length = prefix.getLong();
        if (length < 2 || length > MAX_HEADER || length > size - 8) {
            throw no(
                    file,
                    "its header of " + Long.toUnsignedString(length) + " bytes is longer than the file or than "
                            + MAX_HEADER);
        }
        ObjectNode header = header(file, Values.read(channel, (int) length).array());
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : header.properties()) {
            if (field.getKey().equals(METADATA)) {
                field.getValue()
                        .properties()
                        .forEach(text ->
                                metadata.put(text.getKey(), text.getValue().asText()));
            } else {
                entries.add(entry(file, field.getKey(), field.getValue()));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::from).thenComparingLong(Entry::to));
        long end = 0;
        for (Entry entry : entries) {
            if (entry.from != end || entry.to < entry.from) {
                throw no(file, "array '" + Values.shown(entry.name) + "' overlaps another or leaves a hole");
            }
            end = entry.to;
        }
        if (end != size - 8 - length) {
            throw no(file, "its arrays have " + end + " bytes, and there are " + (size - 8 - length));
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, double[]> rows = new LinkedHashMap<>();
        for (Entry entry : entries) {
            if (entry.type.equals("F32")) {
                tensors.put(
                        entry.name,
                        Values.tensor(channel, entry.shape, entry.to - entry.from, why -> no(file, entry, why)));
            } else {
                int count = Values.count(entry.shape, Double.BYTES, entry.to - entry.from, why -> no(file, entry, why));
                if (count > Integer.MAX_VALUE / Double.BYTES) {
                    throw no(file, entry, count + " values are too many for a row");
                }
                double[] row = new double[count];
                Values.read(channel, count * Double.BYTES).asDoubleBuffer().get(row);
                rows.put(entry.name, row);
            }
        }
        return new Safetensors(tensors, rows, metadata);
    }

    private static ObjectNode header(Path file, byte[] text) throws IOException {
        try {
            if (text[0] == '{' && JSON.readTree(text) instanceof ObjectNode header) {
                return header;
            }
        } catch (JsonProcessingException e) {
            throw no(file, "its header is not JSON, or has a name twice");
        }
        throw no(file, "its header is no JSON object");
    }

    private static Entry entry(Path file, String name, JsonNode described) {
        JsonNode offsets = described.path("data_offsets");
        JsonNode axes = described.path("shape");
        String type = described.path("dtype").asText();
        if (!axes.isArray() || offsets.size() != 2 || !offsets.isArray()) {
            throw no(file, "array '" + Values.shown(name) + "' has no shape and data_offsets");
        }
        if (!type.equals("F32") && !(type.equals("F64") && axes.size() == 1)) {
            throw new IllegalArgumentException("array '" + Values.shown(name) + "' of " + file + " has the type "
                    + Values.shown(type) + ". Save it as float32, or a row as float64.");
        }
        long[] shape = new long[axes.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = whole(file, name, axes.get(i));
        }
        return new Entry(name, type, shape, whole(file, name, offsets.get(0)), whole(file, name, offsets.get(1)));
    }

    private static long whole(Path file, String name, JsonNode number) {
        if (!number.isIntegralNumber() || !number.canConvertToLong() || number.asLong() < 0) {
            throw no(file, "array '" + Values.shown(name) + "' has a size that is no whole number of 0 or more");
        }
        return number.asLong();
    }

    /** Whether a file that begins like this, with 9 bytes or more, is or means to be one of this format. */
    static boolean isBeginOfOne(ByteBuffer bytes) {
        return bytes.limit() > Long.BYTES && bytes.get(Long.BYTES) == '{';
    }

    private static IllegalArgumentException no(Path file, Entry entry, String why) {
        return no(file, "of array '" + Values.shown(entry.name) + "', " + why);
    }

    private static IllegalArgumentException no(Path file, String why) {
        return new IllegalArgumentException(
                file + " is no .safetensors file that can be read: " + why + ". Save it again.");
    }
}
