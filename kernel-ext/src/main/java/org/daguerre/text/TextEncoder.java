package org.daguerre.text;

import java.nio.file.Path;
import java.util.Map;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.ModelException;
import org.daguerre.onnx.OnnxModel;
import org.daguerre.onnx.Port;
import org.daguerre.tensor.Tensor;

/** Turns tokens into what the denoiser attends to: {@code input_ids [1, tokens]} to {@code [1, tokens, dim]}. */
public final class TextEncoder implements AutoCloseable {

    private final OnnxModel model;

    private TextEncoder(OnnxModel model) {
        this.model = model;
    }

    /**
     * Loads a text encoder and checks that it takes what the tokenizer gives.
     *
     * @throws ModelException if the file is no text encoder or was made for another tokenizer
     */
    public static TextEncoder load(Path file, Device device, Tokenizer tokenizer) {
        OnnxModel model = OnnxModel.load(file, device);
        try {
            Port ids = model.input("input_ids", 2);
            model.output("last_hidden_state", 3);
            if (ids.axis(1) >= 0 && ids.axis(1) != tokenizer.modelMaxLength()) {
                throw new ModelException(model.label() + " takes " + ids.axis(1) + " tokens, the tokenizer makes "
                        + tokenizer.modelMaxLength() + ". Put the tokenizer there that the encoder was trained with.");
            }
            TextEncoder encoder = new TextEncoder(model);
            encoder.encode(tokenizer.tokenize(""));
            return encoder;
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** The prompt embeddings, {@code [1, tokens, dim]}. */
    public Tensor encode(Tokens tokens) {
        return model.run(Map.of("input_ids", tokens.ids()), "last_hidden_state");
    }

    /** The graph it runs. */
    public OnnxModel model() {
        return model;
    }

    @Override
    public void close() {
        model.close();
    }
}
