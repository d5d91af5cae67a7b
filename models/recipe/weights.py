"""Reads the weights of an exported graph back into its module, so that a shipped model can teach or begin another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn


@torch.no_grad()
def read(module: nn.Module, graph: Path) -> nn.Module:
    """Fill a module from a graph that `export.py` made of one like it; raises ValueError if a weight is missing or misshapen."""
    model = onnx.load(graph)
    stored = {weight.name.removesuffix(".half"): numpy_helper.to_array(weight) for weight in model.graph.initializer}
    transposed = {node.input[1] for node in model.graph.node if node.op_type == "MatMul"}
    for name, parameter in module.named_parameters():
        if name not in stored:
            raise ValueError(f"{graph} has no weight {name}: it is of another network")
        value = stored[name].T if name in transposed else stored[name]
        if value.shape != tuple(parameter.shape):
            raise ValueError(f"{graph} has {name} {value.shape}, and {tuple(parameter.shape)} is wanted")
        parameter.copy_(torch.from_numpy(value.astype(np.float32)))
    return module
