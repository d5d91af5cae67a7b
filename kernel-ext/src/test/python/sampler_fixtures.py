"""Record what diffusers' schedulers do, step by step, for SamplerParityTest.

    pip install -r requirements.txt
    python sampler_fixtures.py ../resources/sampler/diffusers.json

Every configuration runs from seeded noise with a small made-up model. Recorded are the state after every whole step,
divided by what makes it variance preserving, and how often the model was asked.
"""

import base64
import inspect
import json
import sys

import diffusers
import numpy
import torch

SHAPE = (1, 3, 4, 4)
LINEAR = dict(num_train_timesteps=1000, beta_start=0.0001, beta_end=0.02, beta_schedule="linear")
SCALED = dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
COSINE = dict(num_train_timesteps=1000, beta_schedule="squaredcos_cap_v2")
SIGMOID = dict(LINEAR, beta_schedule="sigmoid")
TRAINED = dict(trained_betas=[0.001 + 0.0003 * t for t in range(50)], num_train_timesteps=50)
V = dict(prediction_type="v_prediction")
SAMPLE = dict(prediction_type="sample")
ZERO_SNR = dict(V, rescale_betas_zero_snr=True, timestep_spacing="trailing")

# name: scheduler class, steps, configuration, further arguments of step()
CONFIGURATIONS = {
    "ddpm": ("DDPMScheduler", 10, dict(LINEAR)),
    "ddpm, every timestep": ("DDPMScheduler", 50, dict(TRAINED)),
    "ddpm, v, fixed_large": ("DDPMScheduler", 10, dict(SCALED, **V, variance_type="fixed_large", clip_sample=False)),
    "ddpm, sample, trailing": ("DDPMScheduler", 8, dict(LINEAR, **SAMPLE, timestep_spacing="trailing")),
    "ddpm, sigmoid": ("DDPMScheduler", 10, dict(SIGMOID, clip_sample=False)),
    "ddpm, cosine": ("DDPMScheduler", 10, dict(COSINE)),
    "ddim": ("DDIMScheduler", 10, dict(LINEAR)),
    "ddim, stable diffusion": (
        "DDIMScheduler", 20, dict(SCALED, clip_sample=False, set_alpha_to_one=False, steps_offset=1)),
    "ddim, v": ("DDIMScheduler", 10, dict(SCALED, **V)),
    "ddim, sample, clip 0.5": ("DDIMScheduler", 10, dict(SCALED, **SAMPLE, clip_sample_range=0.5)),
    "ddim, linspace": ("DDIMScheduler", 10, dict(SCALED, clip_sample=False, timestep_spacing="linspace")),
    "ddim, trailing, 7 steps": ("DDIMScheduler", 7, dict(SCALED, clip_sample=False, timestep_spacing="trailing")),
    "ddim, zero terminal SNR": ("DDIMScheduler", 10, dict(SCALED, **ZERO_SNR, clip_sample=False)),
    "euler": ("EulerDiscreteScheduler", 10, dict(SCALED)),
    "euler, leading, offset 1": (
        "EulerDiscreteScheduler", 10, dict(SCALED, timestep_spacing="leading", steps_offset=1)),
    "euler, trailing, v": ("EulerDiscreteScheduler", 10, dict(SCALED, **V, timestep_spacing="trailing")),
    "euler, zero terminal SNR": ("EulerDiscreteScheduler", 10, dict(SCALED, **ZERO_SNR)),
    "euler-ancestral": ("EulerAncestralDiscreteScheduler", 10, dict(SCALED)),
    "euler-ancestral, v": ("EulerAncestralDiscreteScheduler", 7, dict(SCALED, **V)),
    "euler-ancestral, leading": ("EulerAncestralDiscreteScheduler", 10, dict(LINEAR, timestep_spacing="leading")),
    "heun": ("HeunDiscreteScheduler", 10, dict(SCALED)),
    "heun, v, trailing": ("HeunDiscreteScheduler", 8, dict(SCALED, **V, timestep_spacing="trailing")),
    "heun, cosine": ("HeunDiscreteScheduler", 10, dict(COSINE)),
    "dpmpp-2m": ("DPMSolverMultistepScheduler", 10, dict(SCALED)),
    "dpmpp-2m, 20 steps": ("DPMSolverMultistepScheduler", 20, dict(SCALED)),
    "dpmpp-2m, sigma_min": (
        "DPMSolverMultistepScheduler", 10, dict(LINEAR, lower_order_final=False, final_sigmas_type="sigma_min")),
    "dpmpp-2m, sigma_min, few": ("DPMSolverMultistepScheduler", 10, dict(LINEAR, final_sigmas_type="sigma_min")),
    "dpmpp-2m, sigma_min, many": ("DPMSolverMultistepScheduler", 15, dict(LINEAR, final_sigmas_type="sigma_min")),
    "dpmpp-2m, v, leading": ("DPMSolverMultistepScheduler", 10, dict(SCALED, **V, timestep_spacing="leading")),
    "dpmpp-2m, zero terminal SNR": ("DPMSolverMultistepScheduler", 10, dict(SCALED, **ZERO_SNR)),
    "pndm": ("PNDMScheduler", 10, dict(LINEAR)),
    "pndm, v, alpha to one": ("PNDMScheduler", 12, dict(SCALED, **V, set_alpha_to_one=True)),
    "pndm, stable diffusion": ("PNDMScheduler", 20, dict(SCALED, skip_prk_steps=True, steps_offset=1)),
    "pndm, odd stride": ("PNDMScheduler", 8, dict(SCALED)),
    "lcm, 1 step": ("LCMScheduler", 1, dict()),
    "lcm, 4 steps": ("LCMScheduler", 4, dict()),
    "lcm, v, clip": ("LCMScheduler", 8, dict(V, clip_sample=True)),
    "unipc": ("UniPCMultistepScheduler", 10, dict(SCALED)),
    "unipc, v, trailing": ("UniPCMultistepScheduler", 10, dict(SCALED, **V, timestep_spacing="trailing")),
    "unipc, sigma_min, not lower": (
        "UniPCMultistepScheduler", 10, dict(LINEAR, lower_order_final=False, final_sigmas_type="sigma_min")),
    "unipc, zero terminal SNR": ("UniPCMultistepScheduler", 10, dict(SCALED, **ZERO_SNR)),
    "flow euler": ("FlowMatchEulerDiscreteScheduler", 10, dict()),
    "flow euler, shift 3": ("FlowMatchEulerDiscreteScheduler", 28, dict(shift=3.0)),
    "dpmpp-2m, cosine": ("CosineDPMSolverMultistepScheduler", 8, dict()),
    "dpmpp-2m, cosine, karras, heun": ("CosineDPMSolverMultistepScheduler", 6, dict(
        sigma_schedule="karras", sigma_max=80.0, solver_type="heun", prediction_type="epsilon")),
    "dpmpp-2m, inverse": ("DPMSolverMultistepInverseScheduler", 10, dict(LINEAR)),
    "dpmpp-2m, inverse, trailing, v": (
        "DPMSolverMultistepInverseScheduler", 10, dict(SCALED, **V, timestep_spacing="trailing")),
    "dpmpp-3m, inverse, leading": ("DPMSolverMultistepInverseScheduler", 16, dict(
        SCALED, solver_order=3, timestep_spacing="leading", steps_offset=1)),
    "dpmpp-2m, inverse, karras": ("DPMSolverMultistepInverseScheduler", 10, dict(SCALED, use_karras_sigmas=True)),
    "dpmpp-2m, inverse, exponential": ("DPMSolverMultistepInverseScheduler", 8, dict(
        LINEAR, use_exponential_sigmas=True, lower_order_final=False)),
    "ddim, eta 1": ("DDIMScheduler", 10, dict(SCALED, clip_sample=False), dict(eta=1.0)),
    "ddim, eta 0.5, v": ("DDIMScheduler", 10, dict(SCALED, **V, clip_sample=False), dict(eta=0.5)),
}


def model(x, t):
    """Any function of x and t will do that is not linear and is the same in every float32 arithmetic."""
    t = torch.as_tensor(t).to(torch.float32)
    return x * (t / (t + 1)) - 0.25 * (x / (1 + x.abs()))


def whole_steps(name, calls, steps):
    """After which calls of the model a step is whole."""
    extra = calls - steps
    if name == "HeunDiscreteScheduler":
        return [*range(1, calls - 1, 2), calls - 1]
    if name == "PNDMScheduler":
        return [*range(3, 12, 4), *range(12, calls)] if extra == 9 else [*range(1, calls)]
    assert extra == 0
    return list(range(calls))


def run(name, steps, config, **arguments):
    scheduler = getattr(diffusers, name)(**config)
    scheduler.set_timesteps(steps)
    generator = torch.Generator().manual_seed(7)
    if "generator" in inspect.signature(scheduler.step).parameters:
        arguments["generator"] = generator
    if hasattr(scheduler, "noise_sampler"):  # torchsde's tree, which is not ours
        scheduler.noise_sampler = lambda *interval: torch.randn(SHAPE, generator=generator)
    exploding = name.startswith(("Euler", "Heun"))
    x = torch.randn(SHAPE, generator=generator) * getattr(scheduler, "init_noise_sigma", 1.0)
    states = []
    for i, t in enumerate(scheduler.timesteps):
        asked = scheduler.scale_model_input(x, t) if exploding or name.startswith("Cosine") else x
        x = scheduler.step(model(asked, t), t, x, **arguments).prev_sample
        states.append(x / (scheduler.sigmas[i + 1] ** 2 + 1) ** 0.5 if exploding else x)
    calls = len(states)
    states = [states[i] for i in whole_steps(name, calls, steps)]
    assert len(states) == steps
    return calls, torch.stack(states).numpy().astype("<f4")


def main(path):
    fixtures = []
    for name, (scheduler, steps, config, *arguments) in CONFIGURATIONS.items():
        calls, states = run(scheduler, steps, config, **(arguments[0] if arguments else {}))
        fixtures.append({
            "name": name,
            "config": {"_class_name": scheduler, **config},
            "eta": arguments[0]["eta"] if arguments else 0.0,
            "steps": steps,
            "calls": calls,
            "states": base64.b64encode(states.tobytes()).decode(),
        })
    versions = {"diffusers": diffusers.__version__, "torch": torch.__version__.split("+")[0],
                "numpy": numpy.__version__, "python": sys.version.split()[0]}
    with open(path, "w") as out:
        out.write('{"versions": %s, "seed": 7, "shape": %s, "fixtures": [\n' % (json.dumps(versions), list(SHAPE)))
        out.write(",\n".join(json.dumps(fixture) for fixture in fixtures))
        out.write("\n]}\n")


if __name__ == "__main__":
    main(sys.argv[1])
