"""Record what k-diffusion's samplers do, step by step, and diffusers' DPMSolverSDE, for KDiffusionParityTest.

    pip install -r requirements.txt && pip install --no-deps -r requirements-k-diffusion.txt
    python k_diffusion_fixtures.py ../resources/sampler/k-diffusion.json

Of the package only sampling.py is loaded, which needs none of the models that the others bring. Noise is drawn from one
generator; sample_dpmpp_sde and DPMSolverSDE, whose own noise is a Brownian tree, are given the increments of a Brownian motion that is drawn
where it is asked for, in the middle of a step and at its end.
"""

import base64
import importlib.util
import json
import math
import pathlib
import sys
import types

import diffusers
import torch

SHAPE = (1, 2, 4, 4)


def sampling():
    folder = pathlib.Path(importlib.util.find_spec("k_diffusion").origin).parent
    package = types.ModuleType("k_diffusion")
    utils = types.ModuleType("k_diffusion.utils")
    utils.append_dims = lambda x, dims: x[(...,) + (None,) * (dims - x.ndim)]
    package.utils = utils
    sys.modules.update({"k_diffusion": package, "k_diffusion.utils": utils})
    spec = importlib.util.spec_from_file_location("k_diffusion.sampling", folder / "sampling.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def model(x, sigma):
    """Any function of x and sigma will do that is not linear and is the same in every float32 arithmetic."""
    return x / (sigma * sigma + 1) - 0.25 * (x / (1 + x.abs()))


class Motion:
    """Normalised increments of a Brownian motion in sigma, drawn at the middle of a step and then at its end."""

    def __init__(self, generator):
        self.generator = generator
        self.middle = None

    def __call__(self, sigma, to):
        drawn = torch.randn(SHAPE, generator=self.generator)
        if self.middle is None:
            self.middle = (to, drawn)
            return drawn
        (middle, near), self.middle = self.middle, None
        part = float((sigma - middle) / (sigma - to))
        return near * math.sqrt(part) + drawn * math.sqrt(1 - part)


def start():
    generator = torch.Generator().manual_seed(7)
    return generator, torch.randn(SHAPE, generator=generator) * 10


def run(k, name, arguments):
    generator, x = start()
    if name == "sample_dpmpp_sde":
        arguments = dict(arguments, noise_sampler=Motion(generator))
    elif "ancestral" in name or "sde" in name:
        arguments = dict(arguments, noise_sampler=lambda sigma, to: torch.randn(SHAPE, generator=generator))
    states = []
    end = getattr(k, name)(model, x, k.get_sigmas_karras(8, 0.1, 10), disable=True,
                           callback=lambda info: states.append(info["x"].clone()), **arguments)
    return [*states[1:], end]


def adaptive(k, rtol, atol):
    _, x = start()
    end, info = k.sample_dpm_adaptive(model, x, 0.1, 10, disable=True, rtol=rtol, atol=atol, return_info=True)
    return end, info["n_accept"]


def scheduler_states(config):
    scheduler = diffusers.DPMSolverSDEScheduler(**config)
    scheduler.set_timesteps(8)
    generator = torch.Generator().manual_seed(7)
    scheduler.noise_sampler = Motion(generator)
    x = torch.randn(SHAPE, generator=generator) * scheduler.init_noise_sigma
    states = []
    for i, t in enumerate(scheduler.timesteps):
        x = scheduler.step(slope(scheduler.scale_model_input(x, t), t), t, x).prev_sample
        if i % 2 or i == len(scheduler.timesteps) - 1:
            states.append(x / (scheduler.sigmas[i + 1] ** 2 + 1) ** 0.5)
    return states


def slope(x, t):
    t = torch.as_tensor(t).to(torch.float32)
    return x * (t / (t + 1)) - 0.25 * (x / (1 + x.abs()))


def bytes_of(states):
    return base64.b64encode(torch.stack(states).numpy().astype("<f4").tobytes()).decode()


def main(path):
    k = sampling()
    names = {"euler": {}, "euler_ancestral": {}, "heun": {}, "dpm_2": {}, "dpm_2_ancestral": {}, "lms": {},
             "dpmpp_2s_ancestral": {}, "dpmpp_sde": {}, "dpmpp_2m": {}, "dpmpp_2m_sde": {}}
    fixtures = [{"sampler": name, "states": bytes_of(run(k, "sample_" + name, arguments))}
                for name, arguments in names.items()]
    for rtol, atol in [(0.05, 0.0078), (0.005, 0.0005)]:
        end, steps = adaptive(k, rtol, atol)
        fixtures.append({"sampler": "dpm_adaptive", "rtol": rtol, "atol": atol, "steps": steps,
                         "states": bytes_of([end])})
    schedulers = [{"config": {"_class_name": "DPMSolverSDEScheduler", **config}, "states": bytes_of(scheduler_states(config))}
                  for config in [{}, dict(prediction_type="v_prediction", beta_schedule="scaled_linear"),
                                 dict(timestep_spacing="leading", steps_offset=1), dict(timestep_spacing="trailing"),
                                 dict(use_karras_sigmas=True), dict(use_exponential_sigmas=True)]]
    sigmas = [float(sigma) for sigma in k.get_sigmas_karras(8, 0.1, 10)]
    versions = {"k-diffusion": "0.1.1.post1", "diffusers": diffusers.__version__,
                "torch": torch.__version__.split("+")[0], "python": sys.version.split()[0]}
    with open(path, "w") as out:
        out.write('{"versions": %s, "seed": 7, "shape": %s, "sigmas": %s, "fixtures": [\n'
                  % (json.dumps(versions), list(SHAPE), sigmas))
        out.write(",\n".join(json.dumps(fixture) for fixture in fixtures))
        out.write('\n], "schedulers": [\n')
        out.write(",\n".join(json.dumps(scheduler) for scheduler in schedulers))
        out.write("\n]}\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1])
