package org.daguerre.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Builds small ONNX graphs. */
public final class Graphs {

    private static final int IR_VERSION = 8;
    private static final int OPSET = 18;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");

    public static Graphs graph() {
        return new Graphs();
    }

    /** An axis given as a text may vary, as a number it is fixed. */
    public Graphs input(String name, TensorProto.DataType type, Object... axes) {
        graph.addInput(port(name, type, axes));
        return this;
    }

    public Graphs output(String name, TensorProto.DataType type, Object... axes) {
        graph.addOutput(port(name, type, axes));
        return this;
    }

    private static ValueInfoProto port(String name, TensorProto.DataType type, Object... axes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object axis : axes) {
            if (axis instanceof Integer length) {
                shape.addDimBuilder().setDimValue(length);
            } else {
                shape.addDimBuilder().setDimParam((String) axis);
            }
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(shape)))
                .build();
    }

    /** A node whose name is that of its output. */
    public Graphs node(String op, List<String> inputs, String output, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(op)
                .setName(output)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(List.of(attributes)));
        return this;
    }

    /** Parts a value along an axis into pieces of the lengths of a stored list. */
    public Graphs split(String value, String lengths, int axis, List<String> outputs) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType("Split")
                .setName(outputs.get(0) + "/split")
                .addInput(value)
                .addInput(lengths)
                .addAllOutput(outputs)
                .addAttribute(whole("axis", axis)));
        return this;
    }

    public static AttributeProto ints(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    public static AttributeProto whole(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    public Graphs weights(String name, float[] values, long... shape) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber());
        for (long axis : shape) {
            tensor.addDims(axis);
        }
        for (float value : values) {
            tensor.addFloatData(value);
        }
        graph.addInitializer(tensor);
        return this;
    }

    public Graphs weights(String name, long[] values, long... shape) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.INT64.getNumber());
        for (long axis : shape) {
            tensor.addDims(axis);
        }
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        graph.addInitializer(tensor);
        return this;
    }

    public Graphs weights(TensorProto tensor) {
        graph.addInitializer(tensor);
        return this;
    }

    public ModelProto model() {
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setGraph(graph)
                .build();
    }

    public Path write(Path file) {
        try {
            Files.createDirectories(file.getParent());
            return Files.write(file, model().toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
