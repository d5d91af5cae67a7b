package org.daguerre.onnx;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

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

    /**
     * A stored tensor.
     *
     * @param type its element type as ONNX has it in small letters, such as float16
     */
    public record Weight(String name, List<Long> shape, String type) {

        /** The number of values. */
        public long size() {
            return shape.stream().reduce(1L, Math::multiplyExact);
        }
    }

    /** What a graph may hold besides its weights; the largest known exports are below a tenth of it. */
    private static final long STRUCTURE_BYTES = 256L << 20;

    /** The element type of most of the stored values; empty without weights. */
    public String type() {
        Map<String, Long> values = new TreeMap<>();
        weights.forEach(weight -> values.merge(weight.type(), weight.size(), Long::sum));
        return values.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse("");
    }

    /** The operator sets in one line, the standard's own without a name: "18, com.microsoft 1". */
    public String opset() {
        return opsets.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(opset -> (opset.getKey().isEmpty() ? "" : opset.getKey() + " ") + opset.getValue())
                .collect(Collectors.joining(", "));
    }

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

        private static final int VARINT_BYTES = 10;

        private static final Set<Integer> DESCRIBING = Set.of(
                TensorProto.DIMS_FIELD_NUMBER,
                TensorProto.DATA_TYPE_FIELD_NUMBER,
                TensorProto.NAME_FIELD_NUMBER,
                TensorProto.EXTERNAL_DATA_FIELD_NUMBER,
                TensorProto.DATA_LOCATION_FIELD_NUMBER);

        private static final Set<Integer> DATA = Set.of(
                TensorProto.RAW_DATA_FIELD_NUMBER,
                TensorProto.FLOAT_DATA_FIELD_NUMBER,
                TensorProto.INT32_DATA_FIELD_NUMBER,
                TensorProto.INT64_DATA_FIELD_NUMBER,
                TensorProto.DOUBLE_DATA_FIELD_NUMBER,
                TensorProto.UINT64_DATA_FIELD_NUMBER,
                TensorProto.STRING_DATA_FIELD_NUMBER);

        private final Path file;
        private final CodedInputStream in;
        private final Map<String, Long> opsets = new TreeMap<>();
        private final List<Node> nodes = new ArrayList<>();
        private final Set<String> inputs = new LinkedHashSet<>();
        private final List<String> outputs = new ArrayList<>();
        private final List<Weight> weights = new ArrayList<>();
        private final GraphLimits limits;
        private boolean hasGraph;
        private long structureBytes;

        Reader(Path file, CodedInputStream in) {
            this.file = file;
            this.in = in;
            this.limits = new GraphLimits(file);
        }

        OnnxGraph model() throws IOException {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case ModelProto.GRAPH_FIELD_NUMBER -> within(this::graph);
                    case ModelProto.OPSET_IMPORT_FIELD_NUMBER -> {
                        OperatorSetIdProto opset = message(OperatorSetIdProto.parser());
                        limits.opset(opset.getDomain(), opset.getVersion());
                        opsets.put(opset.getDomain(), opset.getVersion());
                    }
                    case ModelProto.IR_VERSION_FIELD_NUMBER -> limits.irVersion(in.readInt64());
                    case ModelProto.FUNCTIONS_FIELD_NUMBER -> limits.function(message(FunctionProto.parser()));
                    default -> skip(tag);
                }
            }
            if (!hasGraph || outputs.isEmpty() || opsets.isEmpty()) {
                throw new InvalidProtocolBufferException("a graph, its outputs or its operator sets are missing");
            }
            weights.forEach(weight -> inputs.remove(weight.name()));
            inputs.forEach(limits::define);
            limits.finish();
            return new OnnxGraph(
                    Map.copyOf(opsets),
                    List.copyOf(nodes),
                    List.copyOf(inputs),
                    List.copyOf(outputs),
                    List.copyOf(weights),
                    limits.external());
        }

        private void graph() throws IOException {
            hasGraph = true;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case GraphProto.NODE_FIELD_NUMBER -> {
                        NodeProto node = message(NodeProto.parser());
                        limits.node(node);
                        nodes.add(new Node(
                                node.getName(),
                                node.getOpType(),
                                List.copyOf(node.getInputList()),
                                List.copyOf(node.getOutputList()),
                                strides(node)));
                    }
                    case GraphProto.INITIALIZER_FIELD_NUMBER -> within(this::weight);
                    case GraphProto.SPARSE_INITIALIZER_FIELD_NUMBER ->
                        limits.sparse(message(SparseTensorProto.parser()));
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

        /** A TensorProto; its data are counted, and kept only where they may be a shape. */
        private void weight() throws IOException {
            TensorProto.Builder weight = TensorProto.newBuilder();
            long raw = 0;
            long typed = 0;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                int field = WireFormat.getTagFieldNumber(tag);
                if (DESCRIBING.contains(field)) {
                    // One field at a time through the generated parser, packed or not.
                    merge(weight, tag);
                } else if (!DATA.contains(field)) {
                    skip(tag);
                } else if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                    typed += width(tag);
                    skip(tag);
                } else {
                    int length = in.readRawVarint32();
                    if (field == TensorProto.RAW_DATA_FIELD_NUMBER) {
                        raw = length;
                    } else {
                        typed += Math.max(1, length);
                    }
                    if (length >= 0
                            && length <= GraphLimits.SHAPE_BYTES
                            && field != TensorProto.STRING_DATA_FIELD_NUMBER) {
                        merge(weight, tag, in.readRawBytes(length));
                    } else {
                        in.skipRawBytes(length);
                    }
                }
            }
            TensorProto described = weight.build();
            limits.tensor(described, raw, typed);
            limits.define(described.getName());
            limits.shape(described.getName(), described);
            weights.add(new Weight(
                    described.getName(), List.copyOf(described.getDimsList()), type(described.getDataType())));
        }

        private static String type(int number) {
            DataType type = DataType.forNumber(number);
            return type == null ? "type " + number : type.name().toLowerCase(Locale.ROOT);
        }

        /** The bytes that a single value takes, at least. */
        private static int width(int tag) {
            return switch (WireFormat.getTagWireType(tag)) {
                case WireFormat.WIRETYPE_FIXED32 -> 4;
                case WireFormat.WIRETYPE_FIXED64 -> 8;
                default -> 1;
            };
        }

        private void merge(TensorProto.Builder weight, int tag) throws IOException {
            if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                int length = in.readRawVarint32();
                count(length);
                merge(weight, tag, in.readRawBytes(length));
            } else if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT) {
                byte[] bytes = new byte[2 * VARINT_BYTES];
                CodedOutputStream out = CodedOutputStream.newInstance(bytes);
                out.writeUInt32NoTag(tag);
                out.writeUInt64NoTag(in.readUInt64());
                weight.mergeFrom(bytes, 0, out.getTotalBytesWritten());
            } else {
                skip(tag);
            }
        }

        private static void merge(TensorProto.Builder weight, int tag, byte[] content) throws IOException {
            byte[] bytes = new byte[2 * VARINT_BYTES + content.length];
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeUInt32NoTag(tag);
            out.writeUInt32NoTag(content.length);
            out.writeRawBytes(content);
            weight.mergeFrom(bytes, 0, out.getTotalBytesWritten());
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
