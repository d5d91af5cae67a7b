package org.daguerre.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daguerre.name.Names;
import org.daguerre.onnx.JsonFile;
import org.daguerre.onnx.ModelException;
import org.daguerre.onnx.OnnxFile;

/**
 * A model on disk in the layout of diffusers and optimum: model_index.json and a folder for every component. A component
 * can be another model's, so that a family need not ship one autoencoder many times: {@code "_shared": {"vae_decoder":
 * "tray"}} in model_index.json takes it from the folder {@code tray} beside this one.
 *
 * @param path the folder
 * @param components the class of every component by its name, as model_index.json has them
 * @param shared the folders of the components that are another model's, by component
 */
public record ModelFolder(Path path, Map<String, String> components, Map<String, Path> shared) {

    static final String INDEX = "model_index.json";

    static final String SUMS = "SHA256SUMS";
    static final String SHARED = "_shared";

    /** A line is about 100 bytes. */
    private static final long MOST_SUMS_BYTES = 1 << 20;

    private static final String CARD = "README.md";
    private static final Pattern COMPONENT = Pattern.compile("\\w{1,64}");
    private static final Pattern SIBLING = Pattern.compile("[\\w-]{1,64}");
    private static final Pattern SUM = Pattern.compile("([0-9a-fA-F]{64}) [ *](.+)");
    private static final Pattern LICENCE = Pattern.compile("(?m)^license:\\s*['\"]?([\\w.+-]{1,64})");
    private static final Pattern TITLE = Pattern.compile("(?m)^# (.{1,120})$");

    /** What the components of a folder make up. */
    enum Kind {
        /** A unet or transformer with all that it takes to draw. */
        TEXT_TO_IMAGE("a text-to-image model", "Draw with it: Daguerre.model(\"%s\")"),
        /** A vae_encoder and a vae_decoder. */
        AUTOENCODER(
                "an autoencoder alone",
                "Send pictures through it: Daguerre.autoencoder(\"%s\").roundTrip(picture); to draw, take a"
                        + " text-to-image model, such as tray"),
        /** A text_encoder and an image_encoder into one space. */
        DUAL_ENCODER(
                "encoders of text and picture alone",
                "Ask how well they fit: Daguerre.scorer(\"%s\").score(picture, \"a prompt\"); to draw, take a"
                        + " text-to-image model, such as tray");

        private final String holds;
        private final String use;

        Kind(String holds, String use) {
            this.holds = holds;
            this.use = use;
        }
    }

    public ModelFolder {
        components = Collections.unmodifiableMap(new LinkedHashMap<>(components));
        shared = Collections.unmodifiableMap(new LinkedHashMap<>(shared));
    }

    /**
     * Reads the index of a folder; nothing else is looked at yet.
     *
     * @throws ModelException if it is no model folder
     */
    public static ModelFolder open(Path path) {
        Path folder = path.toAbsolutePath().normalize();
        if (!Files.exists(folder)) {
            throw new ModelException("there is no model folder " + Names.quoted(path.toString())
                    + ". Give a folder with " + INDEX + ", or the name of a model that came with Daguerre.");
        }
        if (!Files.isDirectory(folder)) {
            throw new ModelException(
                    Names.quoted(path.toString()) + " is a file. Give the folder that holds " + INDEX + ".");
        }
        if (!Files.exists(folder.resolve(INDEX))) {
            throw new ModelException("folder " + Names.quoted(path.toString()) + " has no " + INDEX
                    + ". Give the folder of a diffusers or optimum export.");
        }
        ObjectNode index = JsonFile.read(folder.resolve(INDEX));
        Map<String, String> components = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : index.properties()) {
            JsonNode value = field.getValue();
            if (!field.getKey().startsWith("_")
                    && value.isArray()
                    && value.path(1).isTextual()) {
                if (!COMPONENT.matcher(field.getKey()).matches()) {
                    throw new ModelException(OnnxFile.label(folder.resolve(INDEX)) + " names the component "
                            + Names.quoted(field.getKey()) + ". Give names of letters, digits and _, such as unet.");
                }
                components.put(field.getKey(), value.path(1).asText());
            }
        }
        return new ModelFolder(folder, components, shared(folder, index));
    }

    private static Map<String, Path> shared(Path folder, ObjectNode index) {
        Map<String, Path> shared = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : index.path(SHARED).properties()) {
            String component = field.getKey();
            String owner = field.getValue().asText();
            if (!COMPONENT.matcher(component).matches()
                    || !SIBLING.matcher(owner).matches()) {
                throw new ModelException(OnnxFile.label(folder.resolve(INDEX)) + " shares " + Names.quoted(component)
                        + " with " + Names.quoted(owner)
                        + ". Give a component and the name of a model folder beside this one, such as tray.");
            }
            Path place = folder.resolveSibling(owner).resolve(component);
            if (!Files.isDirectory(place)) {
                throw new ModelException("model '" + folder.getFileName() + "' shares its " + component + " with '"
                        + owner + "', which is not beside it. Put the folder of '" + owner + "' there.");
            }
            shared.put(component, place);
        }
        return shared;
    }

    /**
     * Throws if the networks are larger than the memory of this machine.
     *
     * @throws ModelException with both sizes
     */
    void requireMemory() {
        long memory = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
        if (bytes() > memory) {
            throw new ModelException(String.format(
                    Locale.ROOT,
                    "model '%s' has %.1f GB of networks, and this machine has %.1f GB of memory. Take an export in half"
                            + " precision, or a smaller model.",
                    name(),
                    bytes() / 1e9,
                    memory / 1e9));
        }
    }

    /** The folder's own name. */
    public String name() {
        return path.getFileName().toString();
    }

    /** True if the model has this component. */
    public boolean has(String component) {
        return Files.exists(graph(component));
    }

    /** By what its index names and, where diffusers' index leaves it out, by what is there. */
    Kind kind() {
        if (named("unet") || named("transformer")) {
            return Kind.TEXT_TO_IMAGE;
        }
        return named("image_encoder") ? Kind.DUAL_ENCODER : decodes() ? Kind.AUTOENCODER : Kind.TEXT_TO_IMAGE;
    }

    private boolean named(String component) {
        return components.containsKey(component) || has(component);
    }

    /** True if it has an autoencoder, or at least the half that decodes. */
    boolean decodes() {
        return components.containsKey("vae") || named("vae_decoder");
    }

    /** @throws ModelException if the folder holds something else, with what it is good for */
    void require(Kind wanted) {
        if (kind() != wanted) {
            throw new ModelException(holds());
        }
    }

    /** One sentence on what is in the folder, and one on what to do with it. */
    String holds() {
        return "the folder of '" + name() + "' holds " + kind().holds + ". "
                + kind().use.formatted(name()) + ".";
    }

    /** The component that denoises: the transformer if there is one, else the unet. */
    String backbone() {
        return has("transformer") ? "transformer" : "unet";
    }

    /** Where a component's graph lies. */
    Path graph(String component) {
        return folder(component).resolve("model.onnx");
    }

    /** The folder of a component, its own or the one that it shares. */
    Path folder(String component) {
        return shared.getOrDefault(component, path.resolve(component));
    }

    /** A switch of model_index.json; false where it is not there. */
    boolean flag(String name) {
        return JsonFile.read(path.resolve(INDEX)).path(name).asBoolean(false);
    }

    /** A component's config.json, or an empty object where there is none. */
    ObjectNode config(String component) {
        Path file = folder(component).resolve("config.json");
        return Files.exists(file) ? JsonFile.read(file) : new ObjectMapper().createObjectNode();
    }

    /**
     * Compares every file that SHA256SUMS lists, and sees to it that it lists model_index.json and every file of every
     * component. Other files of the folder, such as pictures, may be there unlisted.
     *
     * @return false if there is no SHA256SUMS to compare with
     * @throws ModelException naming the first file that is missing or changed, or should be listed and is not
     */
    public boolean verify() {
        Path sums = path.resolve(SUMS);
        if (!Files.exists(sums)) {
            return false;
        }
        OnnxFile.check(sums);
        Map<Path, String> listed = new LinkedHashMap<>();
        try {
            for (String line : lines(sums)) {
                if (line.isBlank()) {
                    continue;
                }
                Matcher sum = SUM.matcher(line);
                Path file = sum.matches() ? path.resolve(sum.group(2)).normalize() : path;
                if (!holds(file)) {
                    throw new ModelException(SUMS + " of model '" + name()
                            + "' has a line that is no sum of a file in the folder. Make it anew with sha256sum.");
                }
                listed.put(file, sum.group(1).toLowerCase(Locale.ROOT));
            }
            for (Map.Entry<Path, String> entry : listed.entrySet()) {
                Path file = entry.getKey();
                OnnxFile.check(file);
                if (!sha256(file).equals(entry.getValue())) {
                    throw new ModelException(OnnxFile.label(file) + " is not the file that " + SUMS
                            + " describes. Download or export the model again; if you changed it yourself, delete "
                            + SUMS + ".");
                }
            }
            for (Path file : files()) {
                if (!listed.containsKey(file)) {
                    throw new ModelException(OnnxFile.label(file) + " is not listed in " + SUMS
                            + ". Add it with sha256sum, or remove it.");
                }
            }
            return true;
        } catch (IOException | UncheckedIOException | InvalidPathException e) {
            throw new ModelException(
                    SUMS + " of model '" + name() + "' cannot be read. Make it anew with sha256sum.", e);
        }
    }

    private List<String> lines(Path sums) throws IOException {
        if (Files.size(sums) > MOST_SUMS_BYTES) {
            throw new ModelException(SUMS + " of model '" + name() + "' is over " + (MOST_SUMS_BYTES >> 20)
                    + " MB. Make it anew with sha256sum.");
        }
        return Files.readAllLines(sums);
    }

    /** True of a place inside the folder or inside a component that it shares. */
    private boolean holds(Path file) {
        return file.startsWith(path) && !file.equals(path)
                || shared.values().stream().anyMatch(folder -> file.startsWith(folder) && !file.equals(folder));
    }

    /** The components by their folders: optimum lays what the index calls vae into two. */
    private Set<String> folders() {
        Set<String> folders = new TreeSet<>(components.keySet());
        folders.addAll(List.of("vae_decoder", "vae_encoder"));
        return folders;
    }

    /** model_index.json and the files of all components, those that diffusers' index leaves unnamed included. */
    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>(List.of(path.resolve(INDEX)));
        for (String component : folders()) {
            if (Files.isDirectory(folder(component))) {
                // The dot looks through a component that is a link; links further in are not followed out of the model.
                try (Stream<Path> inside = Files.walk(folder(component).resolve("."))) {
                    inside.filter(Files::isRegularFile)
                            .map(Path::normalize)
                            .sorted()
                            .forEach(files::add);
                }
            }
        }
        return files;
    }

    /**
     * What tells this model from one retrained under its name: 64 hexadecimal digits, the SHA-256 of SHA256SUMS without the line of
     * the card, which may be written anew, or, where there is none, of the sums of all files of the components.
     *
     * @throws ModelException if a file cannot be read
     */
    public String fingerprint() {
        Path sums = path.resolve(SUMS);
        MessageDigest digest = sha256();
        try {
            if (Files.exists(sums)) {
                lines(sums).stream()
                        .filter(line -> !line.endsWith(" " + CARD))
                        .forEach(line -> digest.update((line + "\n").getBytes(StandardCharsets.UTF_8)));
            } else {
                for (Path file : files()) {
                    digest.update(
                            (sha256(file) + "  " + path.relativize(file) + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException | UncheckedIOException e) {
            throw new ModelException("the files of model '" + name() + "' cannot be read. Check their permissions.", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = sha256();
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    /** The licence that README.md names in its front matter, or "not stated". */
    public String licence() {
        return readme(LICENCE, "not stated");
    }

    /** The first heading of README.md, or the folder's name. */
    public String title() {
        return readme(TITLE, name());
    }

    private String readme(Pattern pattern, String fallback) {
        Path readme = path.resolve(CARD);
        try {
            if (!Files.isRegularFile(readme) || Files.size(readme) > JsonFile.MAX_BYTES) {
                return fallback;
            }
            Matcher matcher = pattern.matcher(Files.readString(readme));
            return matcher.find() ? matcher.group(1).strip() : fallback;
        } catch (IOException e) {
            return fallback;
        }
    }

    /** Bytes of all files of the components. */
    public long bytes() {
        return folders().stream().mapToLong(this::bytes).sum();
    }

    /** Bytes of one component's files. */
    public long bytes(String component) {
        Path folder = folder(component);
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new ModelException(
                    "folder '" + component + "' of model '" + name() + "' cannot be read. Check its permissions.", e);
        }
    }

    @Override
    public String toString() {
        String what = kind() == Kind.TEXT_TO_IMAGE ? "" : kind().holds + ", ";
        return String.format(
                Locale.ROOT, "%s: %s, %s%.1f MB, licence %s", name(), title(), what, bytes() / 1e6, licence());
    }
}
