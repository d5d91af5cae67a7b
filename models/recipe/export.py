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

import check
from attention import HEADS
from clip import EMBEDDING_DIM, Clip
from data import BOS, EOS, MOST_OBJECTS, PAD, UNKNOWN, WordTokenizer
from denoise import Denoiser
from dit import PATCH, DiT
from family import VAE_OWNER, Model
from graph import polish
from text_encoder import EOS_ID, TEXT_DIM
from unet import LATENT
from vae import LATENT_CHANNELS, SHUFFLED, VAE

OPSET = 21
PICTURE_SIZE = 128
EVALUATION = "evaluation"
VAE_COMPONENTS = ("vae_decoder", "vae_encoder")


def export(folder: Path, model: Model, denoiser: Denoiser, vae: VAE | None, tokenizer: WordTokenizer) -> dict[str, dict]:
    """Write everything but the card (README.md) to `folder`; the error and speed of each graph against torch come back.

    What it shares with a sibling, the autoencoder of `tray` or a text encoder, is referred to and not written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    image, states = model.image, torch.randn(2, tokenizer.tokens, TEXT_DIM)
    sample, timestep = torch.randn(2, *image.shape), torch.tensor(500.0)
    shared, report, classes = {}, {}, {"tokenizer": ["daguerre", "WordTokenizer"]}
    if model.text_of is None:
        report["text_encoder"] = _text_encoder(folder, denoiser.text_encoder, tokenizer, ["last_hidden_state"])
        _tokenizer(folder, tokenizer)
        classes["text_encoder"] = ["daguerre", type(denoiser.text_encoder).__name__]
    else:
        shared |= {"text_encoder": model.text_of, "tokenizer": model.text_of}
        classes["text_encoder"] = ["daguerre", "TextEncoder"]
    if denoiser.position_net is not None:
        boxes = MOST_OBJECTS
        report["position_net"] = _component(
            folder / "position_net",
            denoiser.position_net,
            {
                "phrase_embeds": torch.randn(2, boxes, TEXT_DIM),
                "boxes": torch.rand(2, boxes, 4),
                "masks": (torch.rand(2, boxes) < 0.5).float(),
            },
            ["objs"],
            {"_class_name": "PositionNet", "positive_len": TEXT_DIM, "out_dim": TEXT_DIM, "max_boxes": boxes},
        )
        classes["position_net"] = ["daguerre", "PositionNet"]
        states = torch.randn(2, tokenizer.tokens + boxes, TEXT_DIM)
    if isinstance(denoiser.unet, DiT):
        report["transformer"] = _component(
            folder / "transformer",
            denoiser.unet,
            {"hidden_states": sample, "timestep": timestep, "encoder_hidden_states": states},
            ["out_hidden_states"],
            {
                "_class_name": "DiT",
                "in_channels": image.channels,
                "sample_size": image.size,
                "patch_size": PATCH,
                "num_layers": len(denoiser.unet.blocks),
                "num_attention_heads": HEADS,
                "joint_attention_dim": TEXT_DIM,
            },
        )
        classes["transformer"] = ["daguerre", "DiT"]
    else:
        report["unet"] = _component(
            folder / "unet",
            denoiser.unet,
            {"sample": sample, "timestep": timestep, "encoder_hidden_states": states},
            ["out_sample"],
            {
                "_class_name": "UNet2DConditionModel",
                "in_channels": image.channels,
                "out_channels": image.channels,
                "sample_size": image.size,
                "block_out_channels": denoiser.unet.channels,
                "layers_per_block": 1,
                "cross_attention_dim": TEXT_DIM,
                "num_attention_heads": HEADS,
            },
        )
        classes["unet"] = ["diffusers", "UNet2DConditionModel"]
    if image == LATENT:
        classes |= {component: ["diffusers", "AutoencoderKL"] for component in VAE_COMPONENTS}
        if vae is None:
            shared |= {component: VAE_OWNER for component in VAE_COMPONENTS}
        else:
            report |= _autoencoder(folder, vae, 1.0)
    check.write(folder, PICTURE_SIZE, denoiser, *([vae] if vae else []), tokenizer=tokenizer)
    scheduler = model.objective().scheduler_config()
    classes["scheduler"] = ["diffusers", scheduler["_class_name"]]
    _json(folder / "scheduler/scheduler_config.json", scheduler)
    _index(folder, "StableDiffusionPipeline" if "unet" in classes else "DiffusionPipeline", classes, shared)
    return report


def export_autoencoder(folder: Path, vae: VAE, scaling_factor: float) -> dict[str, dict]:
    """A folder with an autoencoder alone."""
    folder.mkdir(parents=True, exist_ok=True)
    report = _autoencoder(folder, vae, scaling_factor)
    check.write(folder, PICTURE_SIZE, vae)
    _index(folder, "AutoencoderKL", {component: ["diffusers", "AutoencoderKL"] for component in VAE_COMPONENTS}, {})
    return report


def export_dual_encoder(folder: Path, clip: Clip, tokenizer: WordTokenizer) -> dict[str, dict]:
    """A folder with a text encoder and a picture encoder."""
    folder.mkdir(parents=True, exist_ok=True)
    pixels = torch.rand(2, 3, PICTURE_SIZE, PICTURE_SIZE) * 2 - 1
    config = {"_class_name": "ImageEncoder", "image_size": PICTURE_SIZE, "projection_dim": EMBEDDING_DIM}
    report = {
        "text_encoder": _text_encoder(folder, clip.text_encoder, tokenizer, ["last_hidden_state", "text_embeds"]),
        "image_encoder": _component(
            folder / "image_encoder", clip.image_encoder, {"pixel_values": pixels}, ["image_embeds"], config
        ),
    }
    _tokenizer(folder, tokenizer)
    check.write(folder, PICTURE_SIZE, clip, tokenizer=tokenizer)
    classes = {
        "image_encoder": ["daguerre", "ImageEncoder"],
        "text_encoder": ["daguerre", "ClipTextEncoder"],
        "tokenizer": ["daguerre", "WordTokenizer"],
    }
    _index(folder, "CLIPModel", classes, {})
    return report


def _text_encoder(folder: Path, network: nn.Module, tokenizer: WordTokenizer, outputs: list[str]) -> dict:
    ids = torch.randint(4, len(tokenizer.ids), (2, tokenizer.tokens))
    ids[:, 5] = EOS_ID
    config = {
        "_class_name": type(network).__name__,
        "hidden_size": TEXT_DIM,
        "max_position_embeddings": tokenizer.tokens,
        "vocab_size": len(tokenizer.ids),
    }
    return _component(folder / "text_encoder", network, {"input_ids": ids}, outputs, config)


def _tokenizer(folder: Path, tokenizer: WordTokenizer) -> None:
    _json(folder / "tokenizer/vocab.json", tokenizer.ids)
    _json(
        folder / "tokenizer/tokenizer_config.json",
        {
            "tokenizer_class": "WordTokenizer",
            "model_max_length": tokenizer.tokens,
            "do_lower_case": True,
            "bos_token": BOS,
            "eos_token": EOS,
            "pad_token": PAD,
            "unk_token": UNKNOWN,
        },
    )


def _index(folder: Path, name: str, classes: dict[str, list[str]], shared: dict[str, str]) -> None:
    """model_index.json, and SHA256SUMS over all that is there by then."""
    index = {"_class_name": name, "_diffusers_version": "0.35.0"}
    if shared:
        index["_shared"] = shared
    index |= dict(sorted(classes.items()))
    if name == "StableDiffusionPipeline":
        index |= {"feature_extractor": [None, None], "safety_checker": [None, None]}
    _json(folder / "model_index.json", index)
    manifest(folder)


def _autoencoder(folder: Path, vae: VAE, scaling_factor: float) -> dict[str, dict]:
    # The 12 channels at half resolution are shuffled into the picture: with them there is a level for every halving and one.
    config = {
        "_class_name": "AutoencoderKL",
        "in_channels": 3,
        "out_channels": 3,
        "latent_channels": LATENT_CHANNELS,
        "block_out_channels": [SHUFFLED, *reversed(vae.decoder.widths)],
        "sample_size": PICTURE_SIZE,
        "scaling_factor": scaling_factor,
    }
    side = PICTURE_SIZE // vae.factor
    picture, latent = torch.rand(2, 3, PICTURE_SIZE, PICTURE_SIZE) * 2 - 1, torch.randn(2, LATENT_CHANNELS, side, side)
    return {
        "vae_encoder": _component(folder / "vae_encoder", vae.encoder, {"sample": picture}, ["latent_parameters"], config),
        "vae_decoder": _component(folder / "vae_decoder", vae.decoder, {"latent_sample": latent}, ["sample"], config),
    }


def manifest(folder: Path) -> None:
    """SHA256SUMS over every file and the components it shares: `sha256sum --check SHA256SUMS` verifies the folder.

    What was measured of the model, in `evaluation`, is not part of it.
    """
    files = sorted(f for f in folder.rglob("*") if f.is_file() and f.name != "SHA256SUMS" and folder / EVALUATION not in f.parents)
    lines = [f"{sha256(f)}  {f.relative_to(folder).as_posix()}\n" for f in files]
    for component, owner in json.loads((folder / "model_index.json").read_text()).get("_shared", {}).items():
        shared = sorted(f for f in (folder.parent / owner / component).rglob("*") if f.is_file())
        lines += [f"{sha256(f)}  ../{f.relative_to(folder.parent).as_posix()}\n" for f in shared]
    (folder / "SHA256SUMS").write_text("".join(lines))


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _component(folder: Path, net: nn.Module, inputs: dict[str, Tensor], outputs: list[str], config: dict) -> dict:
    batch = torch.export.Dim("batch")
    program = torch.onnx.export(
        net.eval(),
        kwargs=inputs,
        input_names=list(inputs),
        output_names=outputs,
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
    errors = []
    for one in (inputs, {name: value[:1] if value.dim() else value for name, value in inputs.items()}):
        feed = {name: value.numpy() for name, value in one.items()}
        with torch.no_grad():
            expected = net(**one)
        expected = expected if isinstance(expected, tuple) else (expected,)
        for got, wanted in zip(session.run(None, feed), (each.numpy() for each in expected), strict=True):
            errors.append(float(np.abs(got - wanted).max() / np.abs(wanted).max()))
    start = time.process_time()
    for _ in range(calls):
        session.run(None, feed)
    return {
        "megabytes": round(file.stat().st_size / 1e6, 2),
        "relative_error": max(errors),
        "milliseconds": round((time.process_time() - start) / calls * 1000, 2),
    }


def _json(file: Path, content: dict) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2) + "\n")
