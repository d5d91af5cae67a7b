package org.daguerre.scene;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes scenes as the files that the training recipe reads, in shards of {@value #SHARD}:
 *
 * <pre>
 * scenes.json           world, count, seed, shard, vocabulary, full_vocabulary, held_out (SHA-256 of the list), version; written last
 * pictures-00000.npy    uint8 [n, 128, 128, 3]
 * masks-00000.npy       uint8 [n, 2, 16, 16]: share of each 8 x 8 block that group 1 and group 2 cover, 0..255
 * captions-00000.jsonl  kind, caption, groups, canonical, canonical_groups, full, full_groups, objects; an object a line
 * </pre>
 *
 * A shard appears under its name only when it is whole, and one that is there is not drawn again, so a call that was killed goes on.
 */
public final class SceneFiles {

    /** Scenes in a shard; the last one may have fewer. */
    public static final int SHARD = 4000;

    /** Changes whenever the same call would no longer write the same files. */
    private static final int VERSION = 3;

    private static final int BLOCK = 8; // pixels a side of one mask cell, the latent's own grid
    private static final int CHUNK = 250; // scenes drawn side by side before they are written

    private final ObjectMapper json = new ObjectMapper();
    private final Series series;
    private final int count;
    private final Path folder;

    /**
     * @param series which scenes
     * @param count  how many, from number 0 on
     * @param folder where; made if it is not there
     */
    public SceneFiles(Series series, int count, Path folder) {
        if (count < 1) {
            throw new IllegalArgumentException("--count is " + count + ". Give a number of scenes from 1 on.");
        }
        this.series = series;
        this.count = count;
        this.folder = folder;
    }

    /**
     * Draws and writes all that is not there yet.
     *
     * @param drawn told how many scenes are done, now and then
     * @throws IOException           if the disk is full or the folder not to be written to; whole shards stay, no part of one does
     * @throws IllegalStateException if the folder holds scenes of another world, seed, count or version
     */
    public void write(LongConsumer drawn) throws IOException {
        try {
            writeShards(drawn);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private void writeShards(LongConsumer drawn) throws IOException {
        Files.createDirectories(folder);
        String description = description();
        Path plan = folder.resolve("scenes.json.part"), done = folder.resolve("scenes.json");
        for (Path earlier : List.of(plan, done)) {
            if (Files.exists(earlier) && !Files.readString(earlier).equals(description)) {
                throw new IllegalStateException("'" + folder
                        + "' holds other scenes (world, seed, count or version differ). Give an empty folder.");
            }
        }
        Files.writeString(plan, description);
        for (int start = 0, shard = 0; start < count; start += SHARD, shard++) {
            int size = Math.min(SHARD, count - start);
            if (!Files.exists(file("pictures", shard, "npy"))) {
                writeShard(shard, start, size, drawn);
            }
            drawn.accept(start + size);
        }
        Files.move(plan, done, StandardCopyOption.ATOMIC_MOVE);
    }

    private IOException unwritable(IOException cause) {
        String where = "Scenes cannot be written to '" + folder + "': ";
        boolean file = Stream.iterate(folder.toAbsolutePath(), Objects::nonNull, Path::getParent)
                .anyMatch(path -> Files.exists(path) && !Files.isDirectory(path));
        if (file || cause instanceof AccessDeniedException) {
            String reason = file ? "a file is in the way" : "permission denied";
            return new IOException(where + reason + ". Give a folder that you may write to.", cause);
        }
        String reason =
                cause instanceof FileSystemException e && e.getReason() != null ? e.getReason() : cause.getMessage();
        return new IOException(where + reason + ". Make room and give the same command again: it goes on.", cause);
    }

    private void writeShard(int shard, int start, int size, LongConsumer drawn) throws IOException {
        Map<Path, Path> parts = new LinkedHashMap<>(); // the pictures last: they say that the shard is there
        for (String name : List.of("captions:jsonl", "masks:npy", "pictures:npy")) {
            Path whole = file(name.split(":")[0], shard, name.split(":")[1]);
            parts.put(folder.resolve(whole.getFileName() + ".part"), whole);
        }
        List<Path> files = new ArrayList<>(parts.keySet());
        int cells = Scene.SIZE / BLOCK;
        try (BufferedWriter captions = Files.newBufferedWriter(files.get(0));
                NpyWriter masks = new NpyWriter(files.get(1), size, 2, cells, cells);
                NpyWriter pictures = new NpyWriter(files.get(2), size, Scene.SIZE, Scene.SIZE, 3)) {
            for (int chunk = 0; chunk < size; chunk += CHUNK) {
                int from = start + chunk, to = start + Math.min(size, chunk + CHUNK);
                List<Row> rows = IntStream.range(from, to)
                        .parallel()
                        .mapToObj(i -> Row.of(series.at(i)))
                        .toList();
                for (Row row : rows) {
                    captions.write(json.writeValueAsString(line(row.example)));
                    captions.write('\n');
                    masks.write(row.masks);
                    pictures.write(row.picture.rgb());
                }
                drawn.accept(to);
            }
        } catch (IOException e) {
            for (Path part : files) {
                Files.deleteIfExists(part);
            }
            throw e;
        }
        for (Map.Entry<Path, Path> part : parts.entrySet()) {
            Files.move(part.getKey(), part.getValue(), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** One scene, rendered. */
    private record Row(Example example, Raster picture, byte[] masks) {
        static Row of(Example example) {
            int cells = Scene.SIZE / BLOCK;
            byte[] masks = new byte[2 * cells * cells];
            for (int group = 1; group <= 2; group++) {
                float[] shares = example.coverage(group);
                for (int cell = 0; cell < cells * cells; cell++) {
                    double sum = 0;
                    for (int i = 0; i < BLOCK * BLOCK; i++) {
                        int y = cell / cells * BLOCK + i / BLOCK, x = cell % cells * BLOCK + i % BLOCK;
                        sum += shares[y * Scene.SIZE + x];
                    }
                    masks[(group - 1) * cells * cells + cell] = (byte) (int) (sum * 255 / (BLOCK * BLOCK) + 0.5);
                }
            }
            return new Row(example, example.picture(), masks);
        }
    }

    private static Map<String, Object> line(Example example) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("kind", example.kind().name().toLowerCase(Locale.ROOT));
        line.put("caption", example.caption().text());
        line.put("groups", example.caption().groups());
        line.put("canonical", example.canonical().text());
        line.put("canonical_groups", example.canonical().groups());
        Caption full = example.fullCaption();
        line.put("full", full.text());
        line.put("full_groups", full.groups());
        line.put("objects", example.boxes().stream().map(SceneFiles::object).toList());
        return line;
    }

    private static Map<String, Object> object(Box box) {
        double[] corners = {box.left(), box.top(), box.right(), box.bottom()};
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("phrase", box.phrase());
        object.put(
                "box",
                Arrays.stream(corners).map(at -> Math.rint(at * 1e4) / 1e4).toArray());
        return object;
    }

    private String description() throws IOException {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("version", VERSION);
        description.put("world", series.world().toString());
        description.put("count", count);
        description.put("seed", series.seed());
        description.put("shard", SHARD);
        description.put("vocabulary", withSpecials(series.world().vocabulary()));
        description.put("full_vocabulary", withSpecials(series.world().fullVocabulary()));
        description.put(
                "held_out",
                sha256(HeldOut.class
                        .getResourceAsStream(series.world().heldOut())
                        .readAllBytes()));
        return json.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsString(description) + "\n";
    }

    private static List<String> withSpecials(List<String> words) {
        List<String> vocabulary = new ArrayList<>(List.of("<pad>", "<unk>", "<bos>", "<eos>"));
        vocabulary.addAll(words);
        return vocabulary;
    }

    private Path file(String what, int shard, String ending) {
        return folder.resolve("%s-%05d.%s".formatted(what, shard, ending));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
