package org.daguerre.pipeline;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daguerre.onnx.Graphs;

/** Folders that hold a part of a model, with graphs that can be worked out by hand. */
public final class PartialFolders {

    private PartialFolders() {}

    /** The mean of four pixels is a latent: 3 channels, f = 2, pictures of 8 x 8; scaling factor 0.5. */
    public static Path autoencoder(Path folder) {
        write(folder.resolve("model_index.json"), """
                {"_class_name": "AutoencoderKL", "vae_decoder": ["diffusers", "AutoencoderKL"],
                 "vae_encoder": ["diffusers", "AutoencoderKL"]}""");
        Graphs.graph()
                .input("sample", DataType.FLOAT, "b", 3, 8, 8)
                .node(
                        "AveragePool",
                        List.of("sample"),
                        "mean",
                        Graphs.ints("kernel_shape", 2, 2),
                        Graphs.ints("strides", 2, 2))
                .node("Concat", List.of("mean", "mean"), "latent_parameters", Graphs.whole("axis", 1))
                .output("latent_parameters", DataType.FLOAT, "b", 6, 4, 4)
                .write(folder.resolve("vae_encoder").resolve("model.onnx"));
        Graphs.graph()
                .input("latent_sample", DataType.FLOAT, "b", 3, 4, 4)
                .weights("scales", new float[] {1, 1, 2, 2}, 4)
                .node("Resize", List.of("latent_sample", "", "scales"), "sample")
                .output("sample", DataType.FLOAT, "b", 3, 8, 8)
                .write(folder.resolve("vae_decoder").resolve("model.onnx"));
        write(folder.resolve("vae_decoder").resolve("config.json"), """
                {"block_out_channels": [3, 3], "latent_channels": 3, "scaling_factor": 0.5}""");
        return folder;
    }

    /** "red" is (1, 0), "blue" (0, 1), and a picture the mean of its red and of its blue. */
    public static Path dualEncoder(Path folder) {
        return dualEncoder(folder, new long[] {0, 2});
    }

    /** @param channels of the picture, which are its vector */
    static Path dualEncoder(Path folder, long[] channels) {
        write(folder.resolve("model_index.json"), """
                {"_class_name": "CLIPModel", "image_encoder": ["daguerre", "ImageEncoder"],
                 "text_encoder": ["daguerre", "ClipTextEncoder"], "tokenizer": ["daguerre", "WordTokenizer"]}""");
        write(folder.resolve("tokenizer").resolve("vocab.json"), """
                {"<pad>": 0, "<unk>": 1, "<bos>": 2, "<eos>": 3, "red": 4, "blue": 5}""");
        write(folder.resolve("tokenizer").resolve("tokenizer_config.json"), """
                {"tokenizer_class": "WordTokenizer", "model_max_length": 6, "do_lower_case": true, "bos_token": "<bos>",
                 "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>"}""");
        Graphs.graph()
                .input("input_ids", DataType.INT64, "b", 6)
                .weights("words", new float[] {0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1}, 6, 2)
                .node("Gather", List.of("words", "input_ids"), "last_hidden_state")
                .weights("tokens", new long[] {1}, 1)
                .node("ReduceSum", List.of("last_hidden_state", "tokens"), "text_embeds", Graphs.whole("keepdims", 0))
                .output("last_hidden_state", DataType.FLOAT, "b", 6, 2)
                .output("text_embeds", DataType.FLOAT, "b", 2)
                .write(folder.resolve("text_encoder").resolve("model.onnx"));
        Graphs.graph()
                .input("pixel_values", DataType.FLOAT, "b", 3, 8, 8)
                .weights("places", new long[] {2, 3}, 2)
                .node("ReduceMean", List.of("pixel_values", "places"), "means", Graphs.whole("keepdims", 0))
                .weights("channels", channels, channels.length)
                .node("Gather", List.of("means", "channels"), "image_embeds", Graphs.whole("axis", 1))
                .output("image_embeds", DataType.FLOAT, "b", channels.length)
                .write(folder.resolve("image_encoder").resolve("model.onnx"));
        return folder;
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
