"""Saves a Stable Diffusion 1 of 2 MB, with random weights, as diffusers saves a pipeline: to try an export without a download.

python tiny_pipeline.py DIR
"""

import pathlib
import sys
import tempfile

import folder_fixtures
import torch

torch.manual_seed(0)
with tempfile.TemporaryDirectory() as work:
    pipeline = folder_fixtures.sd1(pathlib.Path(work))
    folder_fixtures.lively(pipeline.unet)
    pipeline.save_pretrained(sys.argv[1])
