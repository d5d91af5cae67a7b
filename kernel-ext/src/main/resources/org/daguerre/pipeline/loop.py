"""Draws a picture for every line on standard input: onnxruntime and NumPy, guidance in one batch, DDIM, decoding.

The first line is JSON: the graphs, and what to draw. Each answer is one line of JSON: seconds on the wall and of the
processor, peak resident memory in megabytes.
"""

import json
import resource
import sys
import time

import numpy as np
import onnxruntime

TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(int64)": np.int64, "tensor(int32)": np.int32}

task = json.loads(sys.stdin.readline())


def load(file):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = task["threads"]
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    provider = ("CUDAExecutionProvider", task["cuda"]) if task["cuda"] else "CPUExecutionProvider"
    session = onnxruntime.InferenceSession(file, options, providers=[provider])
    if task["cuda"] and session.get_providers()[0] != "CUDAExecutionProvider":
        sys.exit("onnxruntime found no CUDA; install onnxruntime-gpu and what it needs")
    return session


def run(session, output, **inputs):
    types = {port.name: TYPES[port.type] for port in session.get_inputs()}
    return session.run([output], {name: np.asarray(value).astype(types[name]) for name, value in inputs.items()})[0]


text_encoder, unet = load(task["text_encoder"]), load(task["unet"])
vae = load(task["vae_decoder"]) if task["vae_decoder"] else None
scalar = len(next(port for port in unet.get_inputs() if port.name == "timestep").shape) == 0


def picture():
    prompts = np.concatenate([run(text_encoder, "last_hidden_state", input_ids=[ids]) for ids in task["prompts"]])
    x = np.random.default_rng(7).standard_normal(task["shape"], dtype=np.float32)
    for t, alpha, sigma, next_alpha, next_sigma in task["levels"]:
        timestep = t if scalar else np.full(2, t)
        both = np.concatenate([x, x])
        raw = run(unet, "out_sample", sample=both, timestep=timestep, encoder_hidden_states=prompts).astype(np.float32)
        uncond, cond = raw[:1], raw[1:]
        raw = uncond + np.float32(task["guidance"]) * (cond - uncond)
        if task["prediction"] == "epsilon":
            noise = raw
            denoised = (x - np.float32(sigma) * raw) / np.float32(alpha)
        else:
            noise = np.float32(sigma) * x + np.float32(alpha) * raw
            denoised = np.float32(alpha) * x - np.float32(sigma) * raw
        x = np.float32(next_alpha) * denoised + np.float32(next_sigma) * noise
    if vae:
        x = run(vae, "sample", latent_sample=x / task["scaling_factor"] + task["shift_factor"])
    return (np.clip(x / 2 + 0.5, 0, 1) * 255).round().astype(np.uint8)


print(json.dumps({"onnxruntime": onnxruntime.__version__}), flush=True)
for _ in sys.stdin:
    wall, processor = time.perf_counter(), time.process_time()
    picture()
    answer = {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor}
    print(json.dumps(answer | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6}), flush=True)
