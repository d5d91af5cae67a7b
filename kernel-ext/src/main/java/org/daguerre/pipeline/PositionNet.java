package org.daguerre.pipeline;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.ModelException;
import org.daguerre.onnx.OnnxModel;
import org.daguerre.onnx.Port;
import org.daguerre.tensor.Tensor;

/**
 * Makes a token of each box, of what stands in it and where: {@code phrase_embeds [1, boxes, dim]}, {@code boxes [1, boxes, 4]}
 * (left, top, right, bottom in 0..1) and {@code masks [1, boxes]} to {@code objs [1, boxes, dim]}, always as many. Where the mask
 * is 0 the token says that there is no box. The names are diffusers' for GLIGEN (Li et al. 2023, arXiv 2301.07093).
 */
final class PositionNet implements AutoCloseable {

    private static final String PHRASES = "phrase_embeds";
    private static final String BOXES = "boxes";
    private static final String MASKS = "masks";
    private static final String TOKENS = "objs";

    private final OnnxModel model;
    private final int most;
    private final int dim;

    private PositionNet(OnnxModel model) {
        Port phrases = model.input(PHRASES, 3);
        model.input(BOXES, 3);
        model.input(MASKS, 2);
        model.output(TOKENS, 3);
        this.model = model;
        this.most = phrases.axis(1);
        this.dim = phrases.axis(2);
        if (most < 1 || dim < 1) {
            throw new ModelException(model.label() + " takes '" + PHRASES + "' of shape " + phrases.shapeText()
                    + ". Export it for a fixed number of boxes.");
        }
    }

    /** @throws ModelException if the file is no such network or cannot run here */
    static PositionNet load(Path file, Device device) {
        OnnxModel model = OnnxModel.load(file, device);
        try {
            return new PositionNet(model);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** As many boxes as it reads. */
    int most() {
        return most;
    }

    /**
     * The tokens, {@code [1, most, dim]}.
     *
     * @param boxes {@link #most} or fewer
     * @param embed a phrase as the text encoder sees it, the mean of its words' states, {@code [dim]}
     */
    Tensor tokens(List<Box> boxes, Function<String, float[]> embed) {
        float[] phrases = new float[most * dim], corners = new float[most * 4], masks = new float[most];
        for (int i = 0; i < boxes.size(); i++) {
            Box box = boxes.get(i);
            System.arraycopy(embed.apply(box.phrase()), 0, phrases, i * dim, dim);
            double[] at = {box.left(), box.top(), box.right(), box.bottom()};
            for (int k = 0; k < 4; k++) {
                corners[4 * i + k] = (float) at[k];
            }
            masks[i] = 1;
        }
        return model.run(
                Map.of(
                        PHRASES, Tensor.wrap(phrases, 1, most, dim),
                        BOXES, Tensor.wrap(corners, 1, most, 4),
                        MASKS, Tensor.wrap(masks, 1, most)),
                TOKENS);
    }

    /** The graph it runs. */
    OnnxModel model() {
        return model;
    }

    @Override
    public void close() {
        model.close();
    }
}
