"""Reads a run's path with numpy and safetensors, checks that both tell the same states, and writes it anew.

    python path_files.py RUN.safetensors STATES.npy BACK.safetensors BACK.npy

RunPathTest calls it with the Python that DAGUERRE_TEST_PYTHON names; it has requirements-path.txt.
"""

import sys

import numpy
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

whole, states, back, back_states = sys.argv[1:]
arrays = load_file(whole)
with safe_open(whole, framework="numpy") as file:
    metadata = file.metadata()
steps = arrays["denoised"].shape[0]
assert arrays["x"].shape[0] == steps + 1 and arrays["x"].dtype == numpy.float32
assert arrays["sigma"].shape == (steps,) and arrays["sigma"].dtype == numpy.float64
assert numpy.array_equal(numpy.load(states, allow_pickle=False), arrays["x"])
noisy = arrays["alpha"][:, None, None, None, None] * arrays["denoised"]
noisy += arrays["sigma"][:, None, None, None, None] * arrays["noise"]
assert numpy.isfinite(noisy).all()
save_file(arrays, back, metadata)
numpy.save(back_states, arrays["x"])
