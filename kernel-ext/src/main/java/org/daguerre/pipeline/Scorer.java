package org.daguerre.pipeline;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.daguerre.image.Picture;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.ModelException;
import org.daguerre.onnx.OnnxModel;
import org.daguerre.onnx.Port;
import org.daguerre.tensor.Tensor;
import org.daguerre.text.TextEncoder;

/**
 * Says how well a picture fits a prompt: two encoders, of text and of pictures, that were taught to lead what belongs together to
 * the same direction of one space (Radford et al. 2021, CLIP, arXiv 2103.00020). {@code Daguerre.scorer("clip").score(picture,
 * "three red apples")}. Safe to use from any thread.
 */
public final class Scorer implements LoadedModel {

    private static final String PIXELS = "pixel_values";
    private static final String IMAGE_EMBEDS = "image_embeds";

    private final ModelFolder folder;
    private final TextEncoder textEncoder;
    private final OnnxModel imageEncoder;
    private final ModelCard card;
    private volatile boolean closed;

    /**
     * One of several that were compared.
     *
     * @param index its place in the list that was given, from 0
     * @param score -1 to 1
     */
    public record Ranked(int index, double score) {}

    private Scorer(ModelFolder folder, boolean verified, TextEncoder textEncoder, OnnxModel imageEncoder) {
        this.folder = folder;
        this.textEncoder = textEncoder;
        this.imageEncoder = imageEncoder;
        Port input = imageEncoder.input(PIXELS, 4);
        imageEncoder.output(IMAGE_EMBEDS, 2);
        if (!textEncoder.projects()) {
            throw new ModelException(textEncoder.model().label() + " has no output 'text_embeds' to compare with "
                    + imageEncoder.label() + ". Export the text encoder with its projection.");
        }
        int text = textEncoder.model().outputs().get("text_embeds").axis(1);
        int image = imageEncoder.outputs().get(IMAGE_EMBEDS).axis(1);
        if (text > 0 && image > 0 && text != image) {
            throw new ModelException(textEncoder.model().label() + " gives " + text + " numbers, "
                    + imageEncoder.label() + " " + image + ". Take both from one model.");
        }
        Map<String, OnnxModel> networks = new LinkedHashMap<>();
        networks.put("text_encoder", textEncoder.model());
        networks.put("image_encoder", imageEncoder);
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("space", image > 0 ? image + " numbers" : "as many numbers as its graph gives");
        facts.put("reads", textEncoder.tokenizer().modelMaxLength() + " tokens");
        int usual = folder.config("image_encoder").path("image_size").asInt(224); // CLIP's
        this.card = ModelCard.of(
                folder, verified, facts, List.of(input.axisOr(2, usual), input.axisOr(3, usual)), networks, List.of());
    }

    /**
     * Loads the text_encoder and image_encoder of a folder.
     *
     * @throws ModelException if it has not both, a file is missing, damaged or of another model, or the device is not there;
     *     nothing stays open
     */
    public static Scorer load(Path path, Device device) {
        return load(ModelFolder.open(path), device);
    }

    static Scorer load(ModelFolder folder, Device device) {
        folder.require(ModelFolder.Kind.DUAL_ENCODER);
        folder.requireMemory();
        boolean verified = folder.verify();
        TextEncoder text = Components.textEncoder(folder, device, "", true);
        OnnxModel image = null;
        try {
            image = OnnxModel.load(folder.graph("image_encoder"), device);
            return new Scorer(folder, verified, text, image);
        } catch (RuntimeException | Error e) {
            text.close();
            if (image != null) {
                image.close();
            }
            throw e;
        }
    }

    /**
     * The cosine between the vectors of picture and prompt, -1 to 1. What it means depends on the model: compare scores, do not
     * read one.
     *
     * @param picture of {@link ModelCard#pictureSize()}, or a whole number of times smaller
     */
    public double score(Picture picture, String prompt) {
        return cosine(embed(picture), embed(prompt));
    }

    /** The pictures by how well they fit a prompt, best first. */
    public List<Ranked> rank(List<Picture> pictures, String prompt) {
        Tensor wanted = embed(prompt);
        return rank(pictures.stream().map(this::embed).toList(), wanted);
    }

    /** The prompts by how well they fit a picture, best first. */
    public List<Ranked> rank(Picture picture, List<String> prompts) {
        Tensor shown = embed(picture);
        return rank(prompts.stream().map(this::embed).toList(), shown);
    }

    /** Vectors of prompts by how well they fit that of a picture, or the other way round, best first; as {@link #embed} gives them. */
    public static List<Ranked> rank(List<Tensor> embeds, Tensor other) {
        return IntStream.range(0, embeds.size())
                .mapToObj(i -> new Ranked(i, cosine(embeds.get(i), other)))
                .sorted(Comparator.comparingDouble(Ranked::score).reversed())
                .toList();
    }

    /** The vector of a prompt, {@code [1, dim]}. */
    public Tensor embed(String prompt) {
        return textEncoder
                .encode(textEncoder.tokenizer().tokenize(prompt))
                .pooled()
                .orElseThrow();
    }

    /**
     * The vector of a picture, {@code [1, dim]}.
     *
     * @throws IllegalArgumentException if it cannot read pictures of this size
     */
    public Tensor embed(Picture picture) {
        int height = card.pictureSize().get(0), width = card.pictureSize().get(1);
        Picture read = picture.enlargedWithin(Math.max(height, width));
        if (read.height() != height || read.width() != width) {
            throw new IllegalArgumentException("the picture is " + picture.height() + " x " + picture.width()
                    + " pixels, and '" + name() + "' reads " + height + " x " + width + ". Give one of that size.");
        }
        return imageEncoder.run(Map.of(PIXELS, read.toTensor()), IMAGE_EMBEDS);
    }

    /** The graph that reads pictures. */
    public OnnxModel imageEncoder() {
        return imageEncoder;
    }

    private static double cosine(Tensor a, Tensor b) {
        float[] x = a.toArray(), y = b.toArray();
        double product = 0, ofX = 0, ofY = 0;
        for (int i = 0; i < x.length; i++) {
            product += (double) x[i] * y[i];
            ofX += (double) x[i] * x[i];
            ofY += (double) y[i] * y[i];
        }
        double length = Math.sqrt(ofX * ofY);
        return length == 0 ? 0 : Math.max(-1, Math.min(1, product / length));
    }

    @Override
    public String fingerprint() {
        return folder.fingerprint();
    }

    @Override
    public ModelCard card() {
        return card;
    }

    @Override
    public Model toModel() {
        throw new IllegalStateException(folder.holds());
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        textEncoder.close();
        imageEncoder.close();
    }

    @Override
    public String toString() {
        return card.toString();
    }
}
