"""Exports a tiny random U-Net of diffusers' real class by both of torch's exporters, for the reading of graphs.

    pip install -r kernel-ext/src/test/python/requirements.txt onnx onnxscript
    python kernel-ext/src/test/python/unet_fixtures.py

The script-based exporter, which optimum uses, names nodes by their modules; the newer one names weights only.
"""

import gzip
import io
from pathlib import Path

import onnx
import torch
from diffusers import UNet2DConditionModel

FOLDER = Path(__file__).parent.parent / "resources/unet"
NAMES = ["sample", "timestep", "encoder_hidden_states"]


def unet() -> UNet2DConditionModel:
    torch.manual_seed(0)
    return UNet2DConditionModel(
        sample_size=8,
        layers_per_block=1,
        block_out_channels=(4, 8, 8),
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=6,
        attention_head_dim=2,
        norm_num_groups=2,
    ).eval()


def save(name: str, model: onnx.ModelProto) -> None:
    """Without what only tools read: shapes of inner values, stack traces."""
    del model.graph.value_info[:]
    for entry in [*model.graph.node, *model.graph.initializer, *model.graph.input, *model.graph.output]:
        entry.ClearField("doc_string")
        entry.ClearField("metadata_props")
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.onnx.gz").write_bytes(gzip.compress(model.SerializeToString(deterministic=True), mtime=0))


def main() -> None:
    inputs = (torch.randn(2, 4, 8, 8), torch.tensor([1.0, 2.0]), torch.randn(2, 5, 6))
    torch.onnx.export(
        unet(),
        inputs,
        script := io.BytesIO(),
        input_names=NAMES,
        output_names=["out_sample"],
        dynamic_axes={"sample": {0: "batch"}, "timestep": {0: "batch"}, "encoder_hidden_states": {0: "batch"}},
        opset_version=18,
        dynamo=False,
    )
    save("diffusers-script", onnx.load_from_string(script.getvalue()))
    program = torch.onnx.export(
        unet(),
        kwargs=dict(zip(NAMES, inputs)) | {"return_dict": False},
        output_names=["out_sample"],
        opset_version=21,
        dynamo=True,
        verbose=False,
    )
    save("diffusers-dynamo", program.model_proto)


if __name__ == "__main__":
    main()
