"""Stable Diffusion 1.5's architecture with random weights: a model folder to measure a GPU with, and the time of its U-Net in
PyTorch beside. Under Python 3.11, with kernel-ext/src/test/python/requirements-folders.txt and onnxruntime-gpu:

    python sd15.py export DIR [--half]
    ./daguerre bench --model DIR --device cuda --rounds 5 --reloads 0 --python VENV/bin/python
    python sd15.py time [--half]

The export takes 12 GB of memory and writes 4 GB (--half: 2 GB). Random weights make no picture, and take as long as trained ones.
"""

import argparse
import pathlib
import statistics
import sys
import tempfile
import time

import diffusers
import torch
import transformers

sys.path.append(str(pathlib.Path(__file__).parents[2] / "test" / "python"))
import folder_fixtures  # noqa: E402

STEPS = 30


def unet(tiny):
    shrunk = dict(block_out_channels=(32, 64, 64, 64), norm_num_groups=8, cross_attention_dim=32) if tiny else {}
    return diffusers.UNet2DConditionModel(**dict(sample_size=64, cross_attention_dim=768) | shrunk)


def pipeline(work, tiny):
    tokenizer = folder_fixtures.clip_tokenizer(work / "clip")
    width = 32 if tiny else 768
    text_encoder = transformers.CLIPTextModel(
        transformers.CLIPTextConfig(
            hidden_size=width, intermediate_size=4 * width, num_hidden_layers=12, num_attention_heads=width // 64 or 1
        )
    )
    vae = diffusers.AutoencoderKL(
        block_out_channels=(16, 32, 32, 32) if tiny else (128, 256, 512, 512),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=2,
        norm_num_groups=16 if tiny else 32,
        sample_size=512,
    )
    return diffusers.StableDiffusionPipeline(
        vae=vae,
        text_encoder=text_encoder,
        tokenizer=tokenizer,
        unet=unet(tiny),
        scheduler=folder_fixtures.latent_scheduler(diffusers.DDIMScheduler, clip_sample=False, steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def export(folder, half, tiny):
    with tempfile.TemporaryDirectory() as work:
        made = pipeline(pathlib.Path(work), tiny)
        folder_fixtures.export("sd1-fp16" if half else "sd1", made, folder, pathlib.Path(work))


def measure(half, tiny):
    """Milliseconds of a call for both branches of guidance, the median of STEPS, without TF32."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    dtype = torch.float16 if half else torch.float32
    network = unet(tiny).to(device, dtype).eval()
    x = torch.randn(2, 4, 64, 64, device=device, dtype=dtype)
    states = torch.randn(2, 77, network.config.cross_attention_dim, device=device, dtype=dtype)
    times = []
    with torch.inference_mode():
        for t in range(STEPS + 3):
            began = time.perf_counter()
            network(x, torch.tensor(float(t), device=device), states).sample.float().cpu()
            times.append(1000 * (time.perf_counter() - began))
    name = torch.cuda.get_device_name() if device == "cuda" else "CPU"
    print(f"| PyTorch {torch.__version__}, {name}, {dtype} | {statistics.median(times[3:]):.2f} ms a call |")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("what", choices=["export", "time"])
    arguments.add_argument("folder", type=pathlib.Path, nargs="?")
    arguments.add_argument("--half", action="store_true", help="in half precision")
    arguments.add_argument("--tiny", action="store_true", help="a thousandth of the weights, to see whether all is there")
    given = arguments.parse_args()
    torch.manual_seed(0)
    if given.what == "time":
        measure(given.half, given.tiny)
    elif given.folder is None:
        arguments.error("export needs the folder to write")
    else:
        export(given.folder, given.half, given.tiny)
