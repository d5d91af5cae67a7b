package org.daguerre.attention;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.daguerre.onnx.ModelException;
import org.daguerre.onnx.OnnxFile;
import org.daguerre.onnx.OnnxGraph;

/**
 * Sets the weights that make the keys of one cross-attention to zero. All scores are equal then, and every pixel attends to all
 * tokens alike: what the layer's map showed is gone, and what the picture loses by it can be seen.
 */
public final class ZeroedKeys {

    private static final Set<String> PRODUCTS = Set.of("MatMul", "Gemm");

    private ZeroedKeys() {}

    /**
     * Writes the graph with zeros in the place of the layer's key weights.
     *
     * @param graph a graph with its weights in the file
     * @throws ModelException if the file cannot be read, or no stored weights make the layer's keys
     */
    public static void write(Path graph, AttentionLayer layer, Path to) throws IOException {
        OnnxGraph.read(graph); // refuses what is not safe to parse
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(graph)).toBuilder();
        Map<String, NodeProto> producers = new HashMap<>();
        for (NodeProto node : model.getGraph().getNodeList()) {
            node.getOutputList().forEach(output -> producers.put(output, node));
        }
        String weights = keyWeights(layer, producers);
        if (layer.kind() != AttentionLayer.Kind.CROSS || !zero(model.getGraphBuilder(), weights)) {
            throw new ModelException("no stored weights make the keys of " + layer + " in " + OnnxFile.label(graph)
                    + ". Take a cross-attention of an export with its weights in the file.");
        }
        Files.write(to, model.build().toByteArray());
    }

    /** The stored tensor behind the second factor of query key^T: through reshaping to the projection, and what casts its weights. */
    private static String keyWeights(AttentionLayer layer, Map<String, NodeProto> producers) {
        NodeProto scores = product(producers.get(layer.output()), producers);
        NodeProto keys = scores == null ? null : product(producers.get(scores.getInput(1)), producers);
        if (keys == null) {
            return "";
        }
        NodeProto cast = producers.get(keys.getInput(1));
        return cast == null ? keys.getInput(1) : cast.getOpType().equals("Cast") ? cast.getInput(0) : "";
    }

    /** The first product on the way back along first inputs, or null. */
    private static NodeProto product(NodeProto node, Map<String, NodeProto> producers) {
        NodeProto at = node;
        while (at != null && !PRODUCTS.contains(at.getOpType())) {
            at = at.getInputCount() == 0 ? null : producers.get(at.getInput(0));
        }
        return at;
    }

    private static boolean zero(GraphProto.Builder graph, String name) {
        for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
            if (tensor.getName().equals(name) && tensor.getDataLocation() == TensorProto.DataLocation.DEFAULT) {
                if (tensor.hasRawData()) {
                    tensor.setRawData(
                            ByteString.copyFrom(new byte[tensor.getRawData().size()]));
                }
                for (int i = 0; i < tensor.getFloatDataCount(); i++) {
                    tensor.setFloatData(i, 0);
                }
                return true;
            }
        }
        return false;
    }
}
