package org.daguerre.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.WireFormat;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The structure of an ONNX file without its weights: what is in a graph and whether it is safe to hand to native code. The
 * file is streamed and the weights are skipped, so that the size of the file does not matter.
 *
 * @param opsets operator set version by domain; "" is the standard's own
 * @param nodes the operations, in the order of the file
 * @param inputs names of the inputs that are no weights
 * @param outputs names of the outputs
 * @param weights the initializers
 * @param external true if weights lie in files beside the graph
 */
public record OnnxGraph(
        Map<String, Long> opsets,
        List<Node> nodes,
        List<String> inputs,
        List<String> outputs,
        List<Weight> weights,
        boolean external) {

    /**
     * One operation. Empty input names stand for optional inputs left out.
     *
     * @param strides how far a convolution or pooling moves along each axis; empty where nothing is said, which means 1
     */
    public record Node(String name, String op, List<String> inputs, List<String> outputs, List<Long> strides) {}

    /** A stored tensor. */
    public record Weight(String name, List<Long> shape) {

        /** The number of values. */
        public long size() {
            return shape.stream().reduce(1L, Math::multiplyExact);
        }
    }

    /** What a graph may hold besides its weights; the largest known exports are below a tenth of it. */
    private static final long STRUCTURE_BYTES = 256L << 20;

    /** The number of stored values. */
    public long parameters() {
        return weights.stream().mapToLong(Weight::size).sum();
    }

    /**
     * Reads and checks a file before native code sees it.
     *
     * @throws ModelException if it is missing, empty, a directory, a web page, a Git-LFS pointer, cut short, no ONNX graph, or
     *     reaches for files outside its folder
     */
    public static OnnxGraph read(Path file) {
        OnnxFile.check(file);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            return new Reader(file, CodedInputStream.newInstance(in)).model();
        } catch (InvalidProtocolBufferException | ArithmeticException e) {
            throw new ModelException(
                    OnnxFile.label(file) + " is no ONNX file or is cut short. Download or export it again.", e);
        } catch (IOException e) {
            throw new ModelException(OnnxFile.label(file) + " cannot be read. Check its permissions.", e);
        }
    }

    private static final class Reader {

        private final Path file;
        private final CodedInputStream in;
        private final Map<String, Long> opsets = new TreeMap<>();
        private final List<Node> nodes = new ArrayList<>();
        private final Set<String> inputs = new LinkedHashSet<>();
        private final List<String> outputs = new ArrayList<>();
        private final List<Weight> weights = new ArrayList<>();
        private boolean external;
        private boolean hasGraph;
        private long structureBytes;

        Reader(Path file, CodedInputStream in) {
            this.file = file;
            this.in = in;
        }

        OnnxGraph model() throws IOException {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case ModelProto.GRAPH_FIELD_NUMBER -> within(this::graph);
                    case ModelProto.OPSET_IMPORT_FIELD_NUMBER -> {
                        OperatorSetIdProto opset = message(OperatorSetIdProto.parser());
                        opsets.put(opset.getDomain(), opset.getVersion());
                    }
                    case ModelProto.FUNCTIONS_FIELD_NUMBER -> {
                        for (NodeProto node : message(FunctionProto.parser()).getNodeList()) {
                            checkTensors(node);
                        }
                    }
                    default -> skip(tag);
                }
            }
            if (!hasGraph || outputs.isEmpty() || opsets.isEmpty()) {
                throw new InvalidProtocolBufferException("a graph, its outputs or its operator sets are missing");
            }
            weights.forEach(weight -> inputs.remove(weight.name()));
            return new OnnxGraph(
                    Map.copyOf(opsets),
                    List.copyOf(nodes),
                    List.copyOf(inputs),
                    List.copyOf(outputs),
                    List.copyOf(weights),
                    external);
        }

        private void graph() throws IOException {
            hasGraph = true;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case GraphProto.NODE_FIELD_NUMBER -> {
                        NodeProto node = message(NodeProto.parser());
                        checkTensors(node);
                        nodes.add(new Node(
                                node.getName(),
                                node.getOpType(),
                                List.copyOf(node.getInputList()),
                                List.copyOf(node.getOutputList()),
                                strides(node)));
                    }
                    case GraphProto.INITIALIZER_FIELD_NUMBER -> within(this::weight);
                    case GraphProto.SPARSE_INITIALIZER_FIELD_NUMBER ->
                        checkTensors(message(SparseTensorProto.parser()));
                    case GraphProto.INPUT_FIELD_NUMBER ->
                        inputs.add(message(ValueInfoProto.parser()).getName());
                    case GraphProto.OUTPUT_FIELD_NUMBER ->
                        outputs.add(message(ValueInfoProto.parser()).getName());
                    default -> skip(tag);
                }
            }
        }

        private static List<Long> strides(NodeProto node) {
            return node.getAttributeList().stream()
                    .filter(attribute -> attribute.getName().equals("strides"))
                    .findFirst()
                    .map(attribute -> List.copyOf(attribute.getIntsList()))
                    .orElse(List.of());
        }

        /** A TensorProto without its data. */
        private void weight() throws IOException {
            TensorProto.Builder weight = TensorProto.newBuilder();
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                int field = WireFormat.getTagFieldNumber(tag);
                boolean described = field == TensorProto.DIMS_FIELD_NUMBER
                        || field == TensorProto.NAME_FIELD_NUMBER
                        || field == TensorProto.EXTERNAL_DATA_FIELD_NUMBER
                        || field == TensorProto.DATA_LOCATION_FIELD_NUMBER;
                if (described) {
                    // One field at a time through the generated parser, packed or not.
                    weight.mergeFrom(field(tag));
                } else {
                    skip(tag);
                }
            }
            checkTensor(weight.build());
            weights.add(new Weight(weight.getName(), List.copyOf(weight.getDimsList())));
        }

        private byte[] field(int tag) throws IOException {
            if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT) {
                var bytes = new java.io.ByteArrayOutputStream();
                var out = com.google.protobuf.CodedOutputStream.newInstance(bytes);
                out.writeUInt32NoTag(tag);
                out.writeUInt64NoTag(in.readUInt64());
                out.flush();
                return bytes.toByteArray();
            }
            int length = in.readRawVarint32();
            count(length);
            var bytes = new java.io.ByteArrayOutputStream();
            var out = com.google.protobuf.CodedOutputStream.newInstance(bytes);
            out.writeUInt32NoTag(tag);
            out.writeUInt32NoTag(length);
            out.writeRawBytes(in.readRawBytes(length));
            out.flush();
            return bytes.toByteArray();
        }

        private void checkTensors(NodeProto node) {
            for (AttributeProto attribute : node.getAttributeList()) {
                checkTensor(attribute.getT());
                attribute.getTensorsList().forEach(this::checkTensor);
                checkTensors(attribute.getSparseTensor());
                attribute.getSparseTensorsList().forEach(this::checkTensors);
                checkTensors(attribute.getG());
                attribute.getGraphsList().forEach(this::checkTensors);
            }
        }

        private void checkTensors(GraphProto subgraph) {
            subgraph.getInitializerList().forEach(this::checkTensor);
            subgraph.getSparseInitializerList().forEach(this::checkTensors);
            subgraph.getNodeList().forEach(this::checkTensors);
        }

        private void checkTensors(SparseTensorProto sparse) {
            checkTensor(sparse.getValues());
            checkTensor(sparse.getIndices());
        }

        private void checkTensor(TensorProto tensor) {
            if (tensor.getDimsList().stream().anyMatch(n -> n < 0)) {
                throw new ModelException(OnnxFile.label(file) + " stores '" + tensor.getName() + "' with shape "
                        + tensor.getDimsList() + ". Export the model again: every axis is 0 or more.");
            }
            if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL || tensor.getExternalDataCount() > 0) {
                external = true;
                ExternalData.check(file, tensor);
            }
        }

        private interface Body {
            void read() throws IOException;
        }

        private void within(Body body) throws IOException {
            int limit = in.pushLimit(in.readRawVarint32());
            body.read();
            in.checkLastTagWas(0);
            if (in.getBytesUntilLimit() != 0) {
                throw new InvalidProtocolBufferException("message ends early");
            }
            in.popLimit(limit);
        }

        private <T> T message(Parser<T> parser) throws IOException {
            int length = in.readRawVarint32();
            count(length);
            return parser.parseFrom(in.readRawBytes(length), ExtensionRegistryLite.getEmptyRegistry());
        }

        private void count(int length) {
            structureBytes += length;
            if (structureBytes > STRUCTURE_BYTES) {
                throw new ModelException(OnnxFile.label(file) + " has over " + (STRUCTURE_BYTES >> 20)
                        + " MB of nodes and constants. Export it with its weights as initializers.");
            }
        }

        private void skip(int tag) throws IOException {
            if (!in.skipField(tag)) {
                throw new InvalidProtocolBufferException("unexpected end of group");
            }
        }
    }
}
