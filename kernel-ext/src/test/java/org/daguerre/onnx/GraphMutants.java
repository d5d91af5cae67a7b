package org.daguerre.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** Graphs that somebody has tampered with: of whole structure with other content, or of other bytes. One seed, one file. */
final class GraphMutants {

    private static final List<String> OPS = List.of(
            "Add",
            "Conv",
            "MatMul",
            "Gemm",
            "Softmax",
            "Reshape",
            "Transpose",
            "Gather",
            "Concat",
            "Slice",
            "Resize",
            "Pad",
            "Expand",
            "ConstantOfShape",
            "Tile",
            "Range",
            "Cast",
            "Einsum",
            "If",
            "Loop",
            "LayerNormalization",
            "GroupNormalization",
            "NonZero",
            "TopK",
            "ScatterND",
            "Split",
            "Squeeze",
            "OneHot",
            "LSTM",
            "MaxPool",
            "Where",
            "QuantizeLinear",
            "Attention",
            "Unsqueeze",
            "ReduceMean",
            "Shape",
            "InstanceNormalization",
            "ConvTranspose");
    private static final List<String> LOCATIONS = List.of(
            "", ".", "..", "../secret", "/etc/hostname", "/dev/zero", "weights", "sub/../weights", "\u0000", "a\nb");
    private static final long[] NUMBERS = {
        0, 1, -1, 2, 3, 7, 16, 63, 255, 1 << 16, 1L << 31, -(1L << 31), 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE
    };

    private static final String OWN = "own";
    private static final int LONG = 4096;

    /** Names inside the function and the branches. */
    private static final List<String> INNER = List.of("twice", "given", "unused", "kept_by", "doubled_by");

    /** Stored lists that an operator takes for scales or for a shape. */
    private static final List<String> TRUSTED = List.of("factors", "sizes");

    private GraphMutants() {}

    /**
     * Convolution, normalisation, attention and an enlargement, as a U-Net has them; the last by a function of the file, and
     * chosen by a branch. How many axes the image has follows only from the run.
     */
    static ModelProto seed() {
        float[] weights = new float[4 * 4 * 9];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) StrictMath.sin(i);
        }
        ModelProto.Builder model = Graphs.graph()
                .input("sample", DataType.FLOAT, "batch", 4, 8, 8)
                .input("encoder_hidden_states", DataType.FLOAT, "batch", 5, 4)
                .weights("kernel", weights, 4, 4, 3, 3)
                .weights("scale", new float[] {1, 1, 1, 1}, 4)
                .weights("shift", new float[] {0, 0, 0, 0}, 4)
                .weights("rows", new long[] {0, 4, -1}, 3)
                .weights("planes", new long[] {0, 4, 8, 8}, 4)
                .weights("sizes", new long[] {1, 1}, 2)
                .weights("factors", new float[] {1, 1, 2, 2}, 4)
                .node("Conv", List.of("sample", "kernel"), "convolved", Graphs.ints("pads", 1, 1, 1, 1))
                .node("InstanceNormalization", List.of("convolved", "scale", "shift"), "normed")
                .node("Reshape", List.of("normed", "rows"), "channels")
                .node("Transpose", List.of("channels"), "query", Graphs.ints("perm", 0, 2, 1))
                .node("Transpose", List.of("encoder_hidden_states"), "key", Graphs.ints("perm", 0, 2, 1))
                .node("MatMul", List.of("query", "key"), "scores")
                .node("Softmax", List.of("scores"), "attention", Graphs.whole("axis", -1))
                .node("MatMul", List.of("attention", "encoder_hidden_states"), "read")
                .node("Transpose", List.of("read"), "back", Graphs.ints("perm", 0, 2, 1))
                .weights("none", new long[] {0}, 1)
                .node("Shape", List.of("sample"), "extents")
                .node("Greater", List.of("extents", "none"), "all")
                .node("Compress", List.of("planes", "all"), "open", Graphs.whole("axis", 0))
                .node("Reshape", List.of("back", "open"), "image")
                .node("ConstantOfShape", List.of("sizes"), "zeros")
                .node("Resize", List.of("image", "", "factors"), "large")
                .node("Add", List.of("large", "zeros"), "added")
                .weights(yes())
                .node(
                        "If",
                        List.of("yes"),
                        "chosen",
                        branch("then_branch", "doubled", 2),
                        branch("else_branch", "kept", 1))
                .output("out_sample", DataType.FLOAT, "batch", 4, "h", "w")
                .model()
                .toBuilder();
        model.getGraphBuilder()
                .addNode(NodeProto.newBuilder()
                        .setDomain(OWN)
                        .setOpType("Enlarge")
                        .addInput("chosen")
                        .addInput("factors")
                        .addOutput("out_sample"));
        return model.addOpsetImport(opset(OWN, 1)).addFunctions(enlarge()).build();
    }

    private static TensorProto yes() {
        return TensorProto.newBuilder()
                .setName("yes")
                .setDataType(DataType.BOOL.getNumber())
                .addInt32Data(1)
                .build();
    }

    private static OperatorSetIdProto opset(String domain, int version) {
        return OperatorSetIdProto.newBuilder()
                .setDomain(domain)
                .setVersion(version)
                .build();
    }

    private static AttributeProto branch(String which, String name, float factor) {
        GraphProto graph = Graphs.graph()
                .weights(name + "_by", new float[] {factor}, 1)
                .node("Mul", List.of("added", name + "_by"), name)
                .output(name, DataType.FLOAT, "batch", 4, "h", "w")
                .model()
                .getGraph();
        return AttributeProto.newBuilder()
                .setName(which)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(graph)
                .build();
    }

    /** Enlarges by a list of its own, whatever list it is given. */
    private static FunctionProto enlarge() {
        GraphProto body = Graphs.graph()
                .node(
                        "Constant",
                        List.of(),
                        "twice",
                        AttributeProto.newBuilder()
                                .setName("value")
                                .setType(AttributeProto.AttributeType.TENSOR)
                                .setT(Graphs.graph()
                                        .weights("", new float[] {1, 1, 2, 2}, 4)
                                        .model()
                                        .getGraph()
                                        .getInitializer(0))
                                .build())
                .node("Identity", List.of("given"), "unused")
                .node("Resize", List.of("image", "", "twice"), "enlarged")
                .model()
                .getGraph();
        return FunctionProto.newBuilder()
                .setDomain(OWN)
                .setName("Enlarge")
                .addInput("image")
                .addInput("given")
                .addOutput("enlarged")
                .addAllNode(body.getNodeList())
                .addOpsetImport(opset("", 18))
                .addOpsetImport(opset(OWN, 1))
                .build();
    }

    /** The file of a seed. */
    static byte[] bytes(ModelProto seed, long number) {
        SplittableRandom random = new SplittableRandom(number);
        if (random.nextInt(4) > 0) {
            ModelProto.Builder model = seed.toBuilder();
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                mutate(model, random);
            }
            byte[] whole = model.build().toByteArray();
            return random.nextInt(8) == 0 ? flipped(whole, random) : whole;
        }
        return flipped(seed.toByteArray(), random);
    }

    private static byte[] flipped(byte[] whole, SplittableRandom random) {
        byte[] bytes = whole.clone();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    private static void mutate(ModelProto.Builder model, SplittableRandom random) {
        GraphProto.Builder graph = model.getGraphBuilder();
        switch (random.nextInt(16)) {
            case 0 -> model.setIrVersion(number(random));
            case 1 -> model.getOpsetImportBuilder(0).setVersion(random.nextInt(40) - 2);
            case 2, 3 -> weight(graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount())), random);
            case 4 -> graph.removeNode(random.nextInt(graph.getNodeCount()));
            case 5 -> graph.addNode(graph.getNode(random.nextInt(graph.getNodeCount())));
            case 6 -> graph.removeInitializer(random.nextInt(graph.getInitializerCount()));
            case 7 -> axis(random.nextBoolean() ? graph.getInputBuilder(0) : graph.getOutputBuilder(0), random);
            case 8, 9 -> function(model, random);
            case 10, 11 -> rename(model, random);
            default -> node(graph.getNodeBuilder(random.nextInt(graph.getNodeCount())), graph, random);
        }
    }

    private static void function(ModelProto.Builder model, SplittableRandom random) {
        if (model.getFunctionsCount() == 0) {
            return;
        }
        FunctionProto.Builder function = model.getFunctionsBuilder(random.nextInt(model.getFunctionsCount()));
        switch (random.nextInt(4)) {
            case 0 -> function.setOverload(random.nextBoolean() ? "" : "other");
            case 1 -> model.addFunctions(function.clone().setOverload("other"));
            case 2 -> function.setDomain(random.nextBoolean() ? "" : "com.microsoft");
            default ->
                node(function.getNodeBuilder(random.nextInt(function.getNodeCount())), model.getGraphBuilder(), random);
        }
    }

    /** Gives a value another value's name, in the whole file or only inside its functions and branches. */
    private static void rename(ModelProto.Builder model, SplittableRandom random) {
        GraphProto.Builder graph = model.getGraphBuilder();
        List<String> names = new ArrayList<>();
        graph.getInitializerList().forEach(weight -> names.add(weight.getName()));
        graph.getNodeList().forEach(node -> names.addAll(node.getOutputList()));
        String from = random.nextBoolean() ? any(INNER, random) : any(names, random);
        String to = random.nextBoolean() ? any(TRUSTED, random) : any(names, random);
        if (random.nextInt(3) == 0) {
            rename(graph, from, to);
        }
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            node.getAttributeBuilderList().stream()
                    .filter(AttributeProto.Builder::hasG)
                    .forEach(branch -> rename(branch.getGBuilder(), from, to));
        }
        for (FunctionProto.Builder function : model.getFunctionsBuilderList()) {
            for (int i = 0; i < function.getInputCount(); i++) {
                function.setInput(i, function.getInput(i).equals(from) ? to : function.getInput(i));
            }
            function.getNodeBuilderList().forEach(node -> rename(node, from, to));
        }
        lengthen(graph, to, random);
    }

    private static String any(List<String> names, SplittableRandom random) {
        return names.get(random.nextInt(names.size()));
    }

    private static void rename(GraphProto.Builder graph, String from, String to) {
        graph.getInitializerBuilderList().stream()
                .filter(weight -> weight.getName().equals(from))
                .forEach(weight -> weight.setName(to));
        graph.getNodeBuilderList().forEach(node -> rename(node, from, to));
    }

    private static void rename(NodeProto.Builder node, String from, String to) {
        for (int i = 0; i < node.getInputCount(); i++) {
            node.setInput(i, node.getInput(i).equals(from) ? to : node.getInput(i));
        }
        for (int i = 0; i < node.getOutputCount(); i++) {
            node.setOutput(i, node.getOutput(i).equals(from) ? to : node.getOutput(i));
        }
    }

    /** A stored list of so many numbers ends the process where it is taken for scales. */
    private static void lengthen(GraphProto.Builder graph, String name, SplittableRandom random) {
        graph.getInitializerBuilderList().stream()
                .filter(weight -> weight.getName().equals(name) && weight.getFloatDataCount() > 0)
                .filter(weight -> random.nextBoolean())
                .forEach(weight -> weight.clearDims()
                        .addDims(LONG)
                        .clearFloatData()
                        .addAllFloatData(Collections.nCopies(LONG, 1f)));
    }

    private static void weight(TensorProto.Builder weight, SplittableRandom random) {
        switch (random.nextInt(5)) {
            case 0 -> weight.clearDims().addDims(number(random));
            case 1 -> weight.addDims(number(random));
            case 2 -> weight.setDataType(random.nextInt(30));
            case 3 -> {
                if (weight.getInt64DataCount() > 0) {
                    weight.setInt64Data(random.nextInt(weight.getInt64DataCount()), number(random));
                } else if (weight.getFloatDataCount() > 0) {
                    weight.setFloatData(
                            random.nextInt(weight.getFloatDataCount()), Float.intBitsToFloat(random.nextInt()));
                }
            }
            default ->
                weight.clearFloatData()
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(entry("location", LOCATIONS.get(random.nextInt(LOCATIONS.size()))))
                        .addExternalData(entry("offset", Long.toString(number(random))))
                        .addExternalData(entry("length", Long.toString(number(random))));
        }
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static void axis(ValueInfoProto.Builder port, SplittableRandom random) {
        TypeProto.Tensor.Builder type = port.getTypeBuilder().getTensorTypeBuilder();
        if (random.nextInt(3) == 0) {
            type.setElemType(random.nextInt(30));
        } else {
            type.getShapeBuilder()
                    .getDimBuilder(random.nextInt(type.getShape().getDimCount()))
                    .setDimValue(number(random));
        }
    }

    private static void node(NodeProto.Builder node, GraphProto.Builder graph, SplittableRandom random) {
        switch (random.nextInt(6)) {
            case 0 -> node.setOpType(OPS.get(random.nextInt(OPS.size())));
            case 1 -> {
                if (node.getInputCount() > 0) {
                    node.setInput(
                            random.nextInt(node.getInputCount()),
                            graph.getNode(random.nextInt(graph.getNodeCount())).getOutput(0));
                }
            }
            case 2 ->
                node.addInput(graph.getInitializer(random.nextInt(graph.getInitializerCount()))
                        .getName());
            case 3 -> node.setDomain(random.nextBoolean() ? "com.microsoft" : "own");
            case 4 ->
                node.addAttribute(AttributeProto.newBuilder()
                        .setName(List.of("axis", "group", "to", "keepdims", "num_heads")
                                .get(random.nextInt(5)))
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(number(random)));
            default -> {
                if (node.getAttributeCount() > 0) {
                    AttributeProto.Builder attribute = node.getAttributeBuilder(0);
                    if (attribute.getIntsCount() > 0) {
                        attribute.setInts(random.nextInt(attribute.getIntsCount()), number(random));
                    } else {
                        attribute.setI(number(random));
                    }
                }
            }
        }
    }

    private static long number(SplittableRandom random) {
        return random.nextInt(3) == 0 ? random.nextInt(20) - 4 : NUMBERS[random.nextInt(NUMBERS.length)];
    }
}
