package org.daguerre.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.daguerre.name.Names;

/**
 * What a graph must keep to before native code sees it: a version and operators that the runtime knows, weights that are as
 * long as they say, no more nodes than can be loaded in seconds, no tensor that is made large out of nothing.
 */
final class GraphLimits {

    /** The newest that ONNX Runtime 1.28 reads. */
    static final long NEWEST_IR = 13;

    static final long NEWEST_OPSET = 26;

    /** Ten times the largest known backbone; ONNX Runtime loads as many in a few seconds. */
    static final long MOST_NODES = 50_000;

    /** What one operator may fill with a constant: no picture network fills a hundredth of it. */
    static final long MOST_FILLED_BYTES = 1L << 30;

    /** Weights of at most as many bytes are kept, for they may be shapes. */
    static final int SHAPE_BYTES = 512;

    private static final long UNKNOWN = Long.MAX_VALUE / 4;

    private static final Set<String> STANDARD = Set.of("", "ai.onnx");

    /** Domains whose operators ONNX Runtime has without a library besides. */
    private static final Set<String> KNOWN =
            Set.of("", "ai.onnx", "ai.onnx.ml", "com.microsoft", "com.microsoft.nchwc");

    /**
     * Values of a list of scales, one an axis. ONNX Runtime 1.28 copies a longer one over its stack before it looks at the
     * length (ParseScalesData in upsamplebase.h), which ends the process.
     */
    static final long MOST_SCALES = 8;

    /** Casts and joins between a stored number and its use; exports have one or two. */
    private static final int DEPTH = 4;

    /** Operators that make a tensor of a shape, or of as many copies, as they are told, and by which input. */
    private static final Map<String, Integer> FILLING = Map.of("ConstantOfShape", 0, "Expand", 1, "Tile", 1);

    /** The same by an attribute. */
    private static final Set<String> DRAWING = Set.of("RandomNormal", "RandomUniform");

    /** An operator that fills a tensor, with the name of the shape. */
    private record Filled(String op, String shape) {}

    /** The nodes of the graph or of one of the file's functions, those of their subgraphs included. */
    private final class Body {

        private long nodes;
        private final List<String> used = new ArrayList<>();

        void add(NodeProto node) {
            used.add(key(node.getDomain(), node.getOpType(), node.getOverload()));
            if (++nodes > MOST_NODES) {
                throw tooManyNodes();
            }
        }
    }

    private final Path file;

    /** The machine's, or the container's. */
    private final long memory =
            ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();

    private final Map<String, String> foreign = new LinkedHashMap<>();
    private final Map<String, long[]> shapes = new HashMap<>();
    private final List<Filled> filled = new ArrayList<>();
    private final Map<String, Long> lengths = new HashMap<>();
    private final Map<String, List<String>> joined = new HashMap<>();
    private final List<String> scales = new ArrayList<>();
    private final Set<String> defined = new HashSet<>();
    private final Set<String> ambiguous = new HashSet<>();
    private final Map<String, Body> functions = new HashMap<>();
    private final Body main = new Body();
    private boolean external;
    private long weightBytes;
    private long filledBytes;

    GraphLimits(Path file) {
        this.file = file;
    }

    /** True if a tensor lies in a file beside the graph. */
    boolean external() {
        return external;
    }

    void irVersion(long version) {
        if (version < 0 || version > NEWEST_IR) {
            throw refused("is of IR version " + version + ", and this ONNX Runtime reads up to " + NEWEST_IR
                    + ". Export it with an older onnx, or take a newer Daguerre.");
        }
    }

    void opset(String domain, long version) {
        if (STANDARD.contains(domain) && (version < 1 || version > NEWEST_OPSET)) {
            throw refused("needs operator set " + version + ", and this ONNX Runtime has up to " + NEWEST_OPSET
                    + ". Export it with opset 18.");
        }
    }

    void node(NodeProto node) {
        node(node, main);
    }

    private void node(NodeProto node, Body body) {
        body.add(node);
        node.getOutputList().forEach(this::define);
        if (!KNOWN.contains(node.getDomain())) {
            foreign.putIfAbsent(node.getDomain(), node.getOpType());
        }
        if (STANDARD.contains(node.getDomain())) {
            standard(node);
        }
        node.getAttributeList().forEach(attribute -> attribute(node.getOpType(), attribute, body));
    }

    /** What is known of the values that an operator of the standard takes and makes. */
    private void standard(NodeProto node) {
        Integer shape = FILLING.get(node.getOpType());
        if (shape != null && node.getInputCount() > shape) {
            filled.add(new Filled(node.getOpType(), node.getInput(shape)));
        }
        switch (node.getOpType()) {
            case "Upsample", "Resize" -> {
                int at = node.getOpType().equals("Resize") && node.getInputCount() > 2 ? 2 : 1;
                if (node.getInputCount() > at && !node.getInput(at).isEmpty()) {
                    scales.add(node.getInput(at));
                }
            }
            case "Concat", "Cast", "Identity" ->
                node.getOutputList().forEach(out -> joined.put(out, node.getInputList()));
            case "Constant" -> {
                boolean one = node.getOutputCount() > 0 && node.getAttributeCount() == 1;
                if (one && node.getAttribute(0).getName().equals("value")) {
                    shape(node.getOutput(0), node.getAttribute(0).getT());
                }
            }
            default -> {}
        }
    }

    private void attribute(String op, AttributeProto attribute, Body body) {
        if (attribute.getName().equals("group") && attribute.getI() < 1) {
            throw refused("has " + Names.quoted(op) + " without a stored number of groups, 1 or more; ONNX Runtime"
                    + " divides by it. Export it again.");
        }
        if (DRAWING.contains(op) && attribute.getName().equals("shape")) {
            requireFillable(
                    op, attribute.getIntsList().stream().mapToLong(n -> n).toArray());
        }
        if (attribute.hasT()) {
            tensor(attribute.getT());
        }
        attribute.getTensorsList().forEach(this::tensor);
        sparse(attribute.getSparseTensor());
        attribute.getSparseTensorsList().forEach(this::sparse);
        subgraph(attribute.getG(), body);
        attribute.getGraphsList().forEach(graph -> subgraph(graph, body));
    }

    /** Functions and branches may have names of their own: one that stands for two values is not known by either. */
    void define(String name) {
        if (!name.isEmpty() && !defined.add(name)) {
            ambiguous.add(name);
        }
    }

    private void subgraph(GraphProto graph, Body body) {
        graph.getInputList().forEach(input -> define(input.getName()));
        graph.getInitializerList().forEach(tensor -> {
            tensor(tensor);
            define(tensor.getName());
            shape(tensor.getName(), tensor);
        });
        graph.getSparseInitializerList().forEach(this::sparse);
        graph.getNodeList().forEach(node -> node(node, body));
    }

    void function(FunctionProto function) {
        if (KNOWN.contains(function.getDomain())) {
            throw refused("has the function " + Names.quoted(function.getName())
                    + " in a domain of ONNX Runtime's own operators. Export it with a domain of its own.");
        }
        Set<String> made = new HashSet<>();
        made(function.getNodeList(), made);
        if (function.getOutputCount() == 0
                || !made.containsAll(function.getOutputList())
                || !Collections.disjoint(made, function.getInputList())) {
            throw refused("has the function " + Names.quoted(function.getName())
                    + ", whose nodes do not make its outputs, or make its inputs once more. Export it again.");
        }
        Body body = new Body();
        function.getInputList().forEach(this::define);
        function.getAttributeProtoList().forEach(fallback -> attribute(function.getName(), fallback, body));
        function.getNodeList().forEach(node -> node(node, body));
        functions.put(key(function.getDomain(), function.getName(), function.getOverload()), body);
    }

    /** Names that nodes and those in their branches give to values. */
    private static void made(List<NodeProto> nodes, Set<String> names) {
        for (NodeProto node : nodes) {
            names.addAll(node.getOutputList());
            for (AttributeProto attribute : node.getAttributeList()) {
                made(attribute.getG().getNodeList(), names);
                attribute.getGraphsList().forEach(graph -> made(graph.getNodeList(), names));
            }
        }
    }

    private static String key(String domain, String name, String overload) {
        return domain + ":" + name + ":" + overload;
    }

    void sparse(SparseTensorProto sparse) {
        if (sparse.hasValues()) {
            tensor(sparse.getValues());
        }
        if (sparse.hasIndices()) {
            tensor(sparse.getIndices());
        }
    }

    /** A tensor with its data. */
    private void tensor(TensorProto tensor) {
        long typed = 4L * tensor.getFloatDataCount()
                + 8L * tensor.getDoubleDataCount()
                + tensor.getInt32DataCount()
                + tensor.getInt64DataCount()
                + tensor.getUint64DataCount()
                + tensor.getStringDataCount();
        tensor(tensor, tensor.getRawData().size(), typed);
    }

    /**
     * A tensor that may have come without its data.
     *
     * @param raw bytes of its raw data
     * @param typed bytes that the values in its other fields take, or at least take
     */
    void tensor(TensorProto tensor, long raw, long typed) {
        String what = "stores " + Names.quoted(tensor.getName()) + " with shape " + tensor.getDimsList();
        if (tensor.getDimsList().stream().anyMatch(n -> n < 0)) {
            throw refused(what + ". Export the model again: every axis is 0 or more.");
        }
        long bits = bits(tensor.getDataType());
        if (bits == 0) {
            throw refused("stores " + Names.quoted(tensor.getName()) + " with the element type " + tensor.getDataType()
                    + ", which is none. Download or export it again.");
        }
        long needed = bytes(dims(tensor), bits);
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL || tensor.getExternalDataCount() > 0) {
            external = true;
            ExternalData.check(file, tensor, needed);
        } else {
            long least = raw > 0 ? needed : bytes(dims(tensor), typedBits(tensor.getDataType(), bits));
            if (Math.max(raw, typed) < least) {
                throw refused(what + ", which is more than the file has of it. Download or export it again.");
            }
        }
        weightBytes = Math.addExact(weightBytes, Math.min(needed, UNKNOWN));
        if (weightBytes > memory) {
            throw refused(String.format(
                    Locale.ROOT,
                    "has weights of over %.1f GB, and this machine has %.1f GB of memory. Take a smaller model, or an"
                            + " export in half precision.",
                    memory / 1e9,
                    memory / 1e9));
        }
    }

    private static long[] dims(TensorProto tensor) {
        return tensor.getDimsList().stream().mapToLong(n -> n).toArray();
    }

    /**
     * Remembers how long a tensor is, and the values of a small one of whole numbers, for it may be a shape: of two with one
     * name the larger.
     */
    void shape(String name, TensorProto tensor) {
        lengths.put(name, bytes(dims(tensor), 8));
        if (tensor.getDataType() != DataType.INT64.getNumber()
                || tensor.getRawData().size() > SHAPE_BYTES) {
            return;
        }
        long[] values;
        if (tensor.getRawData().isEmpty()) {
            values = tensor.getInt64DataList().stream().mapToLong(n -> n).toArray();
        } else {
            values = new long[tensor.getRawData().size() / Long.BYTES];
            tensor.getRawData()
                    .asReadOnlyByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer()
                    .get(values);
        }
        shapes.merge(name, values, (a, b) -> bytes(a, 32) < bytes(b, 32) ? b : a);
    }

    /** What can be said only at the end of the file, where weights and functions are known. */
    void finish() {
        foreign.forEach((domain, op) -> {
            if (functions.keySet().stream().noneMatch(name -> name.startsWith(domain + ":"))) {
                throw refused("uses the operator " + Names.quoted(op) + " of the domain " + Names.quoted(domain)
                        + ", which ONNX Runtime does not have. Export it with standard operators; a tokenizer is read"
                        + " from its own folder.");
            }
        });
        filled.forEach(one -> {
            long[] shape = values(one.shape, DEPTH);
            if (shape != null) {
                requireFillable(one.op, shape);
            }
        });
        for (String name : scales) {
            if (length(name, DEPTH) > MOST_SCALES) {
                throw refused("resizes by the scales " + Names.quoted(name) + ", which are no stored list of at most "
                        + MOST_SCALES + " numbers; ONNX Runtime does not check them. Export it with constant scales, or"
                        + " with sizes.");
            }
        }
        Map<String, Long> expanded = new HashMap<>();
        if (expanded(main, expanded, new HashSet<>()) > MOST_NODES) {
            throw tooManyNodes();
        }
    }

    /** Values of a stored tensor, or of stored ones joined or cast; endless if they follow only from the run. */
    private long length(String name, int depth) {
        if (ambiguous.contains(name)) {
            return UNKNOWN;
        }
        if (lengths.containsKey(name)) {
            return Math.min(UNKNOWN, lengths.get(name));
        }
        if (!joined.containsKey(name) || depth == 0) {
            return UNKNOWN;
        }
        long length = 0;
        for (String part : joined.get(name)) {
            length += length(part, depth - 1);
            if (length > MOST_SCALES) {
                return UNKNOWN;
            }
        }
        return length;
    }

    /** The numbers of a stored shape, or of stored ones joined or cast; null if they follow only from the run. */
    private long[] values(String name, int depth) {
        if (shapes.containsKey(name) || !joined.containsKey(name) || depth == 0) {
            return shapes.get(name);
        }
        LongStream.Builder values = LongStream.builder();
        for (String part : joined.get(name)) {
            long[] own = values(part, depth - 1);
            if (own == null) {
                return null;
            }
            Arrays.stream(own).forEach(values);
        }
        return values.build().toArray();
    }

    /** The nodes of a body when the functions that it uses are put in their places, as ONNX Runtime does. */
    private long expanded(Body body, Map<String, Long> known, Set<String> within) {
        long all = body.nodes;
        for (String op : body.used) {
            Body function = functions.get(op);
            if (function == null) {
                continue;
            }
            if (!within.add(op)) {
                throw refused("has a function that uses itself, " + Names.quoted(op) + ". Export it again.");
            }
            Long size = known.get(op);
            if (size == null) {
                size = expanded(function, known, within);
                known.put(op, size);
            }
            within.remove(op);
            all = Math.min(MOST_NODES + 1, all + size);
        }
        return all;
    }

    private ModelException tooManyNodes() {
        return refused("has over " + MOST_NODES + " nodes, ten times what known models have. Take a smaller model.");
    }

    private void requireFillable(String op, long[] shape) {
        filledBytes += Math.min(bytes(shape, 32), MOST_FILLED_BYTES + 1);
        if (filledBytes > MOST_FILLED_BYTES) {
            throw refused("fills " + Arrays.toString(shape) + " with " + op + ", in all over "
                    + (MOST_FILLED_BYTES >> 30) + " GB out of nothing. Take a model whose origin you know.");
        }
    }

    private static long bytes(long[] shape, long bits) {
        long all = bits;
        for (long n : shape) {
            if (n == 0) {
                return 0;
            }
            all = saturated(all, n);
        }
        return all / 8 + (all % 8 == 0 ? 0 : 1);
    }

    private static long saturated(long a, long b) {
        return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
    }

    /** Bits of a value as raw data has it; 8 for texts, which are at least a byte each; 0 for no type. */
    private static long bits(int type) {
        DataType known = DataType.forNumber(type);
        if (known == null) {
            return type <= 32 && type > 0 ? 2 : 0; // types newer than the protobuf here, of 2 bits and more
        }
        return switch (known) {
            case FLOAT, INT32, UINT32 -> 32;
            case DOUBLE, INT64, UINT64, COMPLEX64 -> 64;
            case COMPLEX128 -> 128;
            case FLOAT16, BFLOAT16, INT16, UINT16 -> 16;
            case UNDEFINED -> 0;
            default -> known.name().endsWith("4") || known.name().startsWith("FLOAT4") ? 4 : 8;
        };
    }

    /** The least that a value takes outside raw data: floats their own width, whole numbers a byte or half of one. */
    private static long typedBits(int type, long bits) {
        return switch (DataType.forNumber(type) == null ? DataType.UNDEFINED : DataType.forNumber(type)) {
            case FLOAT, DOUBLE, COMPLEX64, COMPLEX128 -> bits;
            default -> Math.min(bits, 8);
        };
    }

    private ModelException refused(String fact) {
        return new ModelException(OnnxFile.label(file) + " " + fact);
    }
}
