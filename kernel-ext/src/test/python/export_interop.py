"""What `./daguerre export` writes, loaded and sampled by optimum: not part of `./daguerre test`, for it needs torch.

    ./daguerre export tray /tmp/tray
    ./daguerre sample "three red apples" --model tray --steps 8 --seed 7 --out /tmp/tray.png
    pip install torch diffusers==0.39.0 transformers==4.57.6 optimum-onnx pillow
    python export_interop.py /tmp/tray /tmp/tray.png

Fails unless ids are those of the card's tokenizer and the picture differs from ours by less than two levels of 255 on average.
"""

import sys

import numpy as np
import torch
from optimum.onnxruntime import ORTStableDiffusionPipeline
from PIL import Image

folder, ours = sys.argv[1:]
pipeline = ORTStableDiffusionPipeline.from_pretrained(folder, safety_checker=None)
tokenizer = pipeline.tokenizer
ids = tokenizer("Three RED apples, left of a zebra", padding="max_length", max_length=tokenizer.model_max_length).input_ids
words = ["<bos>", "three", "red", "apples", "left", "of", "a", "<unk>", "<eos>"]
assert ids == tokenizer.convert_tokens_to_ids(words + ["<pad>"] * (tokenizer.model_max_length - len(words))), ids
picture = pipeline(
    "three red apples",
    num_inference_steps=8,
    guidance_scale=3.0,
    latents=torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(7)),
    height=128,
    width=128,
    output_type="np",
).images[0]
difference = np.abs(picture * 255 - np.asarray(Image.open(ours).convert("RGB"), dtype=np.float32)).mean()
assert difference < 2, difference
print(f"ids equal, pictures {difference:.2f} levels apart")
