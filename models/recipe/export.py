"""Writes a model folder in the layout of diffusers and optimum: one ONNX graph and one config.json a component."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from attention import HEADS
from data import BOS, EOS, PAD, UNKNOWN
from family import VAE_OWNER
from graph import polish
from objective import Objective
from text_encoder import TEXT_DIM, TOKENS
from unet import LATENT_CHANNELS, LATENT_SIZE, UNet
from vae import VAE

OPSET = 21
PICTURE_SIZE = 128
VAE_COMPONENTS = ("vae_decoder", "vae_encoder")


def export(
    folder: Path, text_encoder: nn.Module, unet: UNet, vae: VAE | None, objective: Objective, vocabulary: dict[str, int]
) -> dict[str, dict]:
    """Write everything but the card (README.md) to `folder`; the error and speed of each graph against torch come back.

    Without a VAE the folder says that it shares the one of its sibling `tray`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    report = {
        "text_encoder": _component(
            folder / "text_encoder",
            text_encoder,
            {"input_ids": torch.randint(4, len(vocabulary), (2, TOKENS))},
            "last_hidden_state",
            {
                "_class_name": type(text_encoder).__name__,
                "hidden_size": TEXT_DIM,
                "max_position_embeddings": TOKENS,
                "vocab_size": len(vocabulary),
            },
        ),
        "unet": _component(
            folder / "unet",
            unet,
            {
                "sample": torch.randn(2, LATENT_CHANNELS, LATENT_SIZE, LATENT_SIZE),
                "timestep": torch.tensor(500.0),
                "encoder_hidden_states": torch.randn(2, TOKENS, TEXT_DIM),
            },
            "out_sample",
            {
                "_class_name": "UNet2DConditionModel",
                "in_channels": LATENT_CHANNELS,
                "out_channels": LATENT_CHANNELS,
                "sample_size": LATENT_SIZE,
                "block_out_channels": unet.channels,
                "layers_per_block": 1,
                "cross_attention_dim": TEXT_DIM,
                "num_attention_heads": HEADS,
            },
        ),
    }
    if vae is not None:
        report |= _autoencoder(folder, vae)
    scheduler = objective.scheduler_config()
    index = {
        "_class_name": "StableDiffusionPipeline",
        "_diffusers_version": "0.35.0",
        "scheduler": ["diffusers", scheduler["_class_name"]],
        "text_encoder": ["daguerre", type(text_encoder).__name__],
        "tokenizer": ["daguerre", "WordTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae_decoder": ["diffusers", "AutoencoderKL"],
        "vae_encoder": ["diffusers", "AutoencoderKL"],
        "feature_extractor": [None, None],
        "safety_checker": [None, None],
    }
    if vae is None:
        index["_shared"] = {component: VAE_OWNER for component in VAE_COMPONENTS}
    _json(folder / "model_index.json", index)
    _json(folder / "scheduler/scheduler_config.json", scheduler)
    _json(folder / "tokenizer/vocab.json", vocabulary)
    _json(
        folder / "tokenizer/tokenizer_config.json",
        {
            "tokenizer_class": "WordTokenizer",
            "model_max_length": TOKENS,
            "do_lower_case": True,
            "bos_token": BOS,
            "eos_token": EOS,
            "pad_token": PAD,
            "unk_token": UNKNOWN,
        },
    )
    manifest(folder)
    return report


def _autoencoder(folder: Path, vae: VAE) -> dict[str, dict]:
    # 12 channels at half resolution are shuffled into the picture, hence four levels and a factor of 8
    config = {
        "_class_name": "AutoencoderKL",
        "in_channels": 3,
        "out_channels": 3,
        "latent_channels": LATENT_CHANNELS,
        "block_out_channels": [12, 32, 64, 128],
        "sample_size": PICTURE_SIZE,
        "scaling_factor": 1.0,
    }
    picture, latent = torch.rand(2, 3, PICTURE_SIZE, PICTURE_SIZE) * 2 - 1, torch.randn(2, LATENT_CHANNELS, LATENT_SIZE, LATENT_SIZE)
    return {
        "vae_encoder": _component(folder / "vae_encoder", vae.encoder, {"sample": picture}, "latent_parameters", config),
        "vae_decoder": _component(folder / "vae_decoder", vae.decoder, {"latent_sample": latent}, "sample", config),
    }


def manifest(folder: Path) -> None:
    """SHA256SUMS over every other file and the components it shares: `sha256sum --check SHA256SUMS` verifies the folder."""
    files = sorted(f for f in folder.rglob("*") if f.is_file() and f.name != "SHA256SUMS")
    lines = [f"{sha256(f)}  {f.relative_to(folder).as_posix()}\n" for f in files]
    for component, owner in json.loads((folder / "model_index.json").read_text()).get("_shared", {}).items():
        shared = sorted(f for f in (folder.parent / owner / component).rglob("*") if f.is_file())
        lines += [f"{sha256(f)}  ../{f.relative_to(folder.parent).as_posix()}\n" for f in shared]
    (folder / "SHA256SUMS").write_text("".join(lines))


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _component(folder: Path, net: nn.Module, inputs: dict[str, Tensor], output: str, config: dict) -> dict:
    batch = torch.export.Dim("batch")
    program = torch.onnx.export(
        net.eval(),
        kwargs=inputs,
        input_names=list(inputs),
        output_names=[output],
        dynamic_shapes={name: {0: batch} if value.dim() else None for name, value in inputs.items()},
        opset_version=OPSET,
        dynamo=True,
        verbose=False,
    )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    onnx.save(polish(program.model_proto), folder / "model.onnx")
    _json(folder / "config.json", config)
    return _compare(folder / "model.onnx", net, inputs)


def _compare(file: Path, net: nn.Module, inputs: dict[str, Tensor], calls: int = 20) -> dict:
    """Half-precision weights in ONNX Runtime against float32 in torch, on the inputs and on the first of each batch."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    for one in (inputs, {name: value[:1] if value.dim() else value for name, value in inputs.items()}):
        feed = {name: value.numpy() for name, value in one.items()}
        with torch.no_grad():
            expected = net(**one).numpy()
        error = np.abs(session.run(None, feed)[0] - expected).max() / np.abs(expected).max()
    start = time.process_time()
    for _ in range(calls):
        session.run(None, feed)
    return {
        "megabytes": round(file.stat().st_size / 1e6, 2),
        "relative_error": float(error),
        "milliseconds": round((time.process_time() - start) / calls * 1000, 2),
    }


def _json(file: Path, content: dict) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2) + "\n")
