package org.daguerre.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.daguerre.backbone.Backbone;
import org.daguerre.backbone.Conditioning;
import org.daguerre.onnx.ModelException;
import org.daguerre.onnx.Port;
import org.daguerre.tensor.Tensor;
import org.daguerre.text.ClipTokenizer;
import org.daguerre.text.TextEncoder;
import org.daguerre.text.TextEncoder.Encoding;
import org.daguerre.text.Tokens;
import org.daguerre.text.WeightedPrompt;

/**
 * Makes of a prompt what a backbone asks for. The inputs that it declares decide:
 *
 * <ul>
 *   <li>only {@code encoder_hidden_states} (Stable Diffusion 1 and 2, LCM): the last layer of the one encoder;
 *   <li>a pooled vector besides ({@code text_embeds} in SDXL, Podell et al. 2023, arXiv 2307.01952; {@code
 *       pooled_projections} in SD 3, Esser et al. 2024, arXiv 2403.03206): the penultimate layers of the CLIPs side by side,
 *       in SD 3 filled up with zeros to the width of T5, whose tokens follow;
 *   <li>patches (Flux): the last layer of T5 alone, the pooled vector from CLIP.
 * </ul>
 *
 * <p>Where there is a {@link PositionNet}, its tokens follow those of the prompt.
 */
final class Conditioner {

    /** The tokens of T5 that SD 3 was trained to read; Flux reads as many as the tokenizer makes. */
    static final int SD3_T5_TOKENS = 256;

    /** The rows of 77 tokens that a long prompt may fill with CLIP. */
    private static final int MOST_ROWS = 8;

    private static final String TEXT_EMBEDS = "text_embeds";
    private static final String POOLED = "pooled_projections";
    private static final String TIME_IDS = "time_ids";

    private final ModelFolder folder;
    private final List<TextEncoder> encoders;
    private final Backbone backbone;
    private final PositionNet positionNet;
    private final boolean pooling;

    Conditioner(ModelFolder folder, Components components) {
        this.folder = folder;
        this.encoders = components.textEncoders();
        this.backbone = components.backbone();
        this.positionNet = components.positionNet();
        this.pooling = backbone.conditions().keySet().stream()
                .anyMatch(name -> name.equals(TEXT_EMBEDS) || name.equals(POOLED));
        if (pooling && encoders.stream().noneMatch(TextEncoder::pools)) {
            throw lacking("pools its prompt, as CLIP's do");
        }
        if (!pooling && encoders.size() > 1) {
            throw new ModelException(label() + " reads one text encoder: it takes no pooled vector beside '"
                    + Conditioning.PROMPT + "'; model '" + folder.name() + "' has "
                    + String.join(", ", components.textEncoderNames())
                    + ", as SDXL and SD 3 do. Put the " + folder.backbone()
                    + " there that belongs to them, or take the others out of the folder and its model_index.json.");
        }
        if (backbone.patched() && encoders.stream().allMatch(TextEncoder::pools)) {
            throw lacking("does not pool its prompt, as T5's");
        }
    }

    private ModelException lacking(String kind) {
        return new ModelException("model '" + folder.name() + "' has no text encoder that " + kind + ", and " + label()
                + " takes " + String.join(", ", backbone.conditions().keySet()) + ". Add the model's own.");
    }

    /** The prompt as the encoder reads it whose tokens the backbone attends to; the first, where it attends to several. */
    Tokens tokens(String prompt) {
        return tokens(reader(), WeightedPrompt.parse(prompt));
    }

    /** A U-Net attends to any number of rows; a transformer that joins text and picture was trained on one. */
    private Tokens tokens(TextEncoder encoder, WeightedPrompt prompt) {
        boolean open = backbone.conditions().get(Conditioning.PROMPT).axis(1) < 0;
        boolean joint = backbone.conditions().containsKey(POOLED);
        boolean several = open && !joint && encoder.tokenizer() instanceof ClipTokenizer;
        return encoder.tokenizer().tokenize(prompt, several ? MOST_ROWS : 1);
    }

    private TextEncoder reader() {
        return backbone.patched()
                ? encoders.stream()
                        .filter(encoder -> !encoder.pools())
                        .findFirst()
                        .orElseThrow()
                : encoders.get(0);
    }

    /**
     * @param boxes where things shall stand; empty for none
     * @param height of the picture in pixels, which SDXL is told, as is the width
     */
    Conditioning condition(String prompt, List<Box> boxes, int height, int width) {
        WeightedPrompt weighted = WeightedPrompt.parse(prompt);
        List<Encoding> encodings = encoders.stream()
                .map(encoder -> encoder.encode(tokens(encoder, weighted)))
                .toList();
        Map<String, Tensor> values = new LinkedHashMap<>();
        for (Map.Entry<String, Port> condition : backbone.conditions().entrySet()) {
            String name = condition.getKey();
            values.put(
                    name,
                    switch (name) {
                        case Conditioning.PROMPT -> placed(promptEmbeds(encodings, condition.getValue()), boxes);
                        case TEXT_EMBEDS, POOLED -> pooled(encodings);
                        case TIME_IDS ->
                            // original size, corner of the crop, target size: a picture that was never scaled or
                            // cropped
                            Tensor.of(new float[] {height, width, 0, 0, height, width}, 1, 6);
                        default ->
                            throw new ModelException(label() + " takes " + condition.getValue()
                                    + ", which nothing here provides. Take a text-to-image model of Stable Diffusion's or Flux's"
                                    + " kind.");
                    });
        }
        return new Conditioning(values);
    }

    private Tensor placed(Tensor promptEmbeds, List<Box> boxes) {
        requireBoxes(boxes);
        return positionNet == null ? promptEmbeds : after(promptEmbeds, positionNet.tokens(boxes, this::phraseEmbed));
    }

    /** @throws IllegalArgumentException if these are more boxes than the model reads */
    void requireBoxes(List<Box> boxes) {
        int most = positionNet == null ? 0 : positionNet.most();
        if (boxes.size() > most) {
            throw new IllegalArgumentException(
                    most == 0
                            ? "model '" + folder.name() + "' reads no boxes. Leave them out, or take a model that does,"
                                    + " such as tray-boxes."
                            : boxes.size() + " boxes are given, and model '" + folder.name() + "' reads up to " + most
                                    + ". Give fewer.");
        }
    }

    /** The mean of the last layer over the words of a phrase. */
    private float[] phraseEmbed(String phrase) {
        TextEncoder encoder = reader();
        Tokens tokens = encoder.tokenizer().tokenize(phrase);
        Tensor states = encoder.encode(tokens).lastHiddenState();
        int dim = states.shape()[2];
        Tensor rows = states.reshape(tokens.size(), dim);
        Tensor sum = Tensor.zeros(1, dim);
        int words = 0;
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.tokens().get(i).word() >= 0) {
                sum = sum.plus(rows.slice(i));
                words++;
            }
        }
        return sum.over(Math.max(1, words)).toArray();
    }

    /** What guidance leads away from: of an empty negative prompt zeros, where the model was trained so. */
    Conditioning conditionAway(String negative, int height, int width) {
        Conditioning conditioning = condition(negative, List.of(), height, width);
        if (!negative.isEmpty() || !folder.flag("force_zeros_for_empty_prompt")) {
            return conditioning;
        }
        Map<String, Tensor> values = new LinkedHashMap<>(conditioning.values());
        values.replaceAll((name, value) -> name.equals(TIME_IDS) ? value : Tensor.zeros(value.shape()));
        return new Conditioning(values);
    }

    private Tensor promptEmbeds(List<Encoding> encodings, Port port) {
        if (!pooling) {
            return encodings.get(0).lastHiddenState();
        }
        List<Tensor> clips = new ArrayList<>();
        Tensor t5 = null;
        for (int i = 0; i < encoders.size(); i++) {
            Encoding encoding = encodings.get(i);
            if (!encoders.get(i).pools()) {
                t5 = encoding.lastHiddenState();
            } else if (!backbone.patched()) {
                clips.add(penultimate(i, encoding));
            }
        }
        if (backbone.patched()) {
            return t5;
        }
        Tensor joined = beside(clips);
        if (!backbone.conditions().containsKey(POOLED)) {
            return joined;
        }
        int dim = port.axisOr(2, t5 == null ? joined.shape()[2] : t5.shape()[2]);
        if (joined.shape()[2] > dim || t5 != null && t5.shape()[2] != dim) {
            return joined; // of another model, which the check of shapes will say
        }
        return after(widened(joined, dim), t5 == null ? Tensor.zeros(1, SD3_T5_TOKENS, dim) : t5);
    }

    private Tensor penultimate(int i, Encoding encoding) {
        return encoding.penultimate()
                .orElseThrow(() -> new ModelException(encoders.get(i).model().label()
                        + " does not show its hidden states, whose last but one " + label()
                        + " attends to. Export it with output_hidden_states, or put the right encoder there."));
    }

    private Tensor pooled(List<Encoding> encodings) {
        boolean projected = encoders.stream().anyMatch(TextEncoder::projects);
        List<Tensor> pooled = new ArrayList<>();
        for (int i = 0; i < encoders.size(); i++) {
            if (encoders.get(i).projects() == projected) {
                encodings.get(i).pooled().ifPresent(pooled::add);
            }
        }
        return beside(pooled);
    }

    /**
     * Compares what the encoders give with what the backbone takes: a component of another model is found here and not in the
     * middle of a run.
     */
    void check(int height, int width) {
        condition("", List.of(), height, width).values().forEach((name, value) -> {
            Port port = backbone.conditions().get(name);
            if (!port.fits(value.shape())) {
                String given = name.equals(TIME_IDS) ? "a text-to-image model gives " : "the text encoders give ";
                throw new ModelException(label() + " takes '" + name + "' of shape " + port.shapeText() + ", "
                        + given + Arrays.toString(value.shape())
                        + ". Take backbone, text encoders and tokenizers from one model.");
            }
        });
    }

    private String label() {
        return backbone.model().label();
    }

    /** Along the last axis: {@code [1, n, a]} and {@code [1, n, b]} to {@code [1, n, a + b]}. */
    private static Tensor beside(List<Tensor> parts) {
        int[] shape = parts.get(0).shape();
        int rows = parts.get(0).size() / shape[shape.length - 1];
        int width =
                parts.stream().mapToInt(part -> part.shape()[part.rank() - 1]).sum();
        float[] joined = new float[rows * width];
        int at = 0;
        for (Tensor part : parts) {
            int own = part.shape()[part.rank() - 1];
            if (part.size() != rows * own) {
                throw new ModelException("the text encoders read prompts of different lengths, " + rows + " and "
                        + part.size() / own + " tokens. Take their tokenizers from one model.");
            }
            float[] values = part.toArray();
            for (int row = 0; row < rows; row++) {
                System.arraycopy(values, row * own, joined, row * width + at, own);
            }
            at += own;
        }
        shape[shape.length - 1] = width;
        return Tensor.wrap(joined, shape);
    }

    private static Tensor widened(Tensor states, int dim) {
        int[] shape = states.shape();
        return shape[2] == dim ? states : beside(List.of(states, Tensor.zeros(1, shape[1], dim - shape[2])));
    }

    /** Along the tokens: {@code [1, a, dim]} and {@code [1, b, dim]} to {@code [1, a + b, dim]}. */
    private static Tensor after(Tensor first, Tensor second) {
        int dim = first.shape()[2];
        Tensor rows = Tensor.concat(first.reshape(first.shape()[1], dim), second.reshape(second.shape()[1], dim));
        return rows.reshape(1, rows.shape()[0], dim);
    }
}
