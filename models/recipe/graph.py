"""Makes an exported graph legible (module paths as names) and small (weights in half precision)."""

from __future__ import annotations

import ast
import re
from collections import Counter

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

HALF_FROM = 64  # shapes, scalars and the like stay as they are


def polish(model: ModelProto) -> ModelProto:
    name_after_modules(model)
    store_in_half(model)
    graph = model.graph
    for part in (*graph.node, *graph.value_info, *graph.initializer, *graph.input, *graph.output):
        del part.metadata_props[:]
    onnx.checker.check_model(model, full_check=True)
    return model


def name_after_modules(model: ModelProto) -> None:
    """`node_softmax_3` -> `up_blocks.0/attentions.0/attn2/softmax`; its output is called as the node.

    Linear weights, which the exporter transposes and calls `val_21`, get the names that their modules give them.
    """
    graph = model.graph
    kept = {value.name for value in [*graph.input, *graph.output]}
    weights = {weight.name: weight for weight in graph.initializer}
    used: Counter[str] = Counter()
    names: dict[str, str] = {}
    for node in graph.node:
        module = _module(node)
        path = "/".join([*re.split(r"\.(?=[a-z])", module), node.op_type.lower()] if module else [node.op_type.lower()])
        used[path] += 1
        node.name = path if used[path] == 1 else f"{path}_{used[path]}"
        for i, output in enumerate(node.output):
            if output and output not in kept:
                names[output] = node.name if i == 0 else f"{node.name}:{i}"
        if node.op_type == "MatMul" and node.input[1] in weights:
            names[node.input[1]] = f"{module}.weight"
    for weight in graph.initializer:
        weight.name = names.get(weight.name, weight.name)
    for value in graph.value_info:
        value.name = names.get(value.name, value.name)
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]


def store_in_half(model: ModelProto) -> None:
    """Weights as float16 with a Cast behind each, which ONNX Runtime folds at load: half the file, float32 arithmetic."""
    graph = model.graph
    casts = []
    for weight in graph.initializer:
        array = numpy_helper.to_array(weight)
        if weight.data_type != TensorProto.FLOAT or array.size < HALF_FROM:
            continue
        name, half = weight.name, f"{weight.name}.half"
        weight.CopyFrom(numpy_helper.from_array(array.astype(np.float16), half))
        casts.append(helper.make_node("Cast", [half], [name], name=f"{name}/cast", to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def _module(node: NodeProto) -> str:
    """The dotted path of the module that a node came from, out of the exporter's metadata: "" for the net itself."""
    scopes = next((p.value for p in node.metadata_props if p.key == "pkg.torch.onnx.name_scopes"), "[]")
    return next((scope for scope in reversed(ast.literal_eval(scopes)[:-1]) if scope), "")
