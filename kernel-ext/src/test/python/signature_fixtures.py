"""Record the options of diffusers' scheduler classes with their defaults, for SchedulerConfigTest.

    pip install -r requirements.txt && pip install --no-deps -r requirements-k-diffusion.txt
    python signature_fixtures.py ../resources/sampler/signatures.json
"""

import inspect
import json
import math
import sys

import diffusers

CLASSES = [
    "DDPMScheduler", "DDPMParallelScheduler", "DDIMScheduler", "DDIMParallelScheduler", "DDIMInverseScheduler",
    "PNDMScheduler", "IPNDMScheduler", "EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler",
    "HeunDiscreteScheduler", "KDPM2DiscreteScheduler", "KDPM2AncestralDiscreteScheduler", "LMSDiscreteScheduler",
    "DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler", "DPMSolverSDEScheduler", "DEISMultistepScheduler", "UniPCMultistepScheduler",
    "SASolverScheduler", "LCMScheduler", "TCDScheduler", "FlowMatchEulerDiscreteScheduler",
    "FlowMatchHeunDiscreteScheduler", "FlowMatchLCMScheduler", "EDMEulerScheduler", "EDMDPMSolverMultistepScheduler",
    "CMStochasticIterativeScheduler", "CosineDPMSolverMultistepScheduler", "DPMSolverMultistepInverseScheduler"]


def options(name):
    parameters = inspect.signature(getattr(diffusers, name).__init__).parameters.values()
    named = {p.name: p.default for p in parameters if p.name != "self" and p.kind is not p.VAR_KEYWORD}
    return {key: None if isinstance(value, float) and math.isinf(value) else value for key, value in named.items()}


def main(path):
    with open(path, "w") as out:
        out.write('{"diffusers": "%s", "classes": {\n' % diffusers.__version__)
        out.write(",\n".join('"%s": %s' % (name, json.dumps(options(name))) for name in CLASSES))
        out.write("\n}}\n")


if __name__ == "__main__":
    main(sys.argv[1])
