"""Record the timesteps and sigmas that diffusers' schedulers choose, for PlanParityTest.

    pip install -r requirements.txt
    python plan_fixtures.py ../resources/schedule/plans.json

For every configuration and every number of steps in 1..200, 999, 1000 the rows are kept as four sums: of t_i, of (i + 1) t_i,
of ln sigma_i and of (i + 1) ln sigma_i, over the levels with noise. A few rows are kept whole. Steps that diffusers refuses
or answers with NaN are null; where it answers with another number of levels than asked for, that number is kept.
"""

import json
import math
import sys
import warnings

import diffusers
import numpy
import scipy
import torch

LINEAR = dict(beta_start=0.0001, beta_end=0.02, beta_schedule="linear")
SCALED = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
COSINE = dict(beta_schedule="squaredcos_cap_v2")
LADDERS = ["use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas"]
SPACINGS = [dict(timestep_spacing="leading", steps_offset=1), dict(timestep_spacing="trailing"),
            dict(timestep_spacing="linspace")]
COUNTS = [*range(1, 201), 999, 1000]
WHOLE = [1, 2, 3, 10, 25]

# Where whole steps begin among the calls of a scheduler that calls more than once a step.
CALLS = {"HeunDiscreteScheduler": 2, "KDPM2DiscreteScheduler": 2, "KDPM2AncestralDiscreteScheduler": 2,
         "FlowMatchHeunDiscreteScheduler": 2}


def configurations():
    for name in ["DDPMScheduler", "DDIMScheduler"]:
        for spacing in SPACINGS:
            yield name, dict(SCALED, **spacing), {}
    yield "DDIMInverseScheduler", dict(SCALED, timestep_spacing="leading"), {}
    yield "DDIMInverseScheduler", dict(SCALED, timestep_spacing="trailing"), {}
    for spacing in SPACINGS:
        yield "PNDMScheduler", dict(SCALED, skip_prk_steps=True, **spacing), {}
    for name in ["EulerDiscreteScheduler", "HeunDiscreteScheduler", "LMSDiscreteScheduler", "KDPM2DiscreteScheduler",
                 "KDPM2AncestralDiscreteScheduler"]:
        for spacing in SPACINGS:
            yield name, dict(SCALED, **spacing), {}
            for ladder in LADDERS:
                yield name, dict(SCALED, **spacing, **{ladder: True}), {}
    yield "EulerDiscreteScheduler", dict(SCALED, final_sigmas_type="sigma_min"), {}
    yield "EulerDiscreteScheduler", dict(SCALED, use_karras_sigmas=True, sigma_min=0.05, sigma_max=10.0), {}
    yield "EulerDiscreteScheduler", dict(COSINE), {}
    for spacing in SPACINGS:
        yield "EulerAncestralDiscreteScheduler", dict(SCALED, **spacing), {}
    for name in ["DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler", "DEISMultistepScheduler",
                 "UniPCMultistepScheduler", "SASolverScheduler"]:
        for spacing in SPACINGS if name != "DPMSolverSinglestepScheduler" else [{}]:
            yield name, dict(SCALED, **spacing), {}
        for ladder in LADDERS:
            yield name, dict(SCALED, **{ladder: True}), {}
        yield name, dict(SCALED, use_flow_sigmas=True, flow_shift=3.0, prediction_type="flow_prediction"), {}
    yield "DPMSolverMultistepScheduler", dict(SCALED, use_lu_lambdas=True), {}
    yield "DPMSolverMultistepScheduler", dict(SCALED, final_sigmas_type="sigma_min"), {}
    yield "DPMSolverMultistepScheduler", dict(COSINE, lambda_min_clipped=-5.1), {}
    yield "DPMSolverMultistepScheduler", dict(COSINE, use_karras_sigmas=True), {}
    yield "DPMSolverMultistepScheduler", dict(LINEAR, lambda_min_clipped=-3.0, timestep_spacing="trailing"), {}
    yield "DPMSolverMultistepScheduler", dict(LINEAR, lambda_min_clipped=-3.0, timestep_spacing="leading"), {}
    yield "LCMScheduler", {}, {}
    yield "TCDScheduler", {}, {}
    yield "FlowMatchEulerDiscreteScheduler", {}, {}
    for ladder in [None, *LADDERS]:
        yield "FlowMatchEulerDiscreteScheduler", dict(shift=3.0, **({ladder: True} if ladder else {})), {}
    yield "FlowMatchEulerDiscreteScheduler", dict(shift=3.0, shift_terminal=0.1), {}
    for kind in ["exponential", "linear"]:
        yield "FlowMatchEulerDiscreteScheduler", dict(use_dynamic_shifting=True, time_shift_type=kind), dict(mu=0.8)
    yield "FlowMatchEulerDiscreteScheduler", dict(
        use_dynamic_shifting=True, shift_terminal=0.02, use_karras_sigmas=True), dict(mu=1.1)
    yield "FlowMatchHeunDiscreteScheduler", dict(shift=3.0), {}
    yield "FlowMatchLCMScheduler", dict(shift=2.0), {}
    for name in ["EDMEulerScheduler", "EDMDPMSolverMultistepScheduler"]:
        for ladder in ["karras", "exponential"]:
            yield name, dict(sigma_schedule=ladder), {}
    yield "EDMEulerScheduler", dict(rho=5.0, sigma_max=40.0, final_sigmas_type="sigma_min"), {}
    yield "CMStochasticIterativeScheduler", {}, {}
    yield "IPNDMScheduler", {}, {}


def rows(name, scheduler, arguments, n):
    """Timesteps, and the sigmas of the scheduler where it has any."""
    scheduler.set_timesteps(n, **arguments)
    t = [float(v) for v in scheduler.timesteps]
    sigmas = [float(v) for v in getattr(scheduler, "sigmas", [])]
    if name in CALLS:
        t = [t[0], *t[2 if name.startswith("KDPM2") else 1::2]]
        sigmas = [sigmas[0], *sigmas[1::2]]
    if name == "PNDMScheduler":
        t = [t[0], *t[2:]]
    return t, sigmas


def nine(value):
    return float(f"{value:.9g}")


def sums(values):
    return [nine(math.fsum(values)), nine(math.fsum((i + 1) * v for i, v in enumerate(values)))]


def main(path):
    plans = []
    for name, config, arguments in configurations():
        plan = {"config": {"_class_name": name, **config}, **arguments, "sums": [], "rows": {}}
        scheduler = getattr(diffusers, name)(**config)
        for n in COUNTS:
            try:
                t, sigmas = rows(name, scheduler, arguments, n)
            except (ValueError, IndexError, RuntimeError):
                plan["sums"].append(None)
                continue
            logs = [math.log(s) for s in sigmas if s > 0]
            row = [len(t), *sums(t), *(sums(logs) if logs else [])]
            defined = all(map(math.isfinite, row))
            plan["sums"].append(row if defined else None)
            if n in WHOLE and defined:
                plan["rows"][n] = [[nine(v) for v in t], [nine(v) for v in sigmas]]
        plans.append(plan)
    versions = {"diffusers": diffusers.__version__, "torch": torch.__version__.split("+")[0],
                "numpy": numpy.__version__, "scipy": scipy.__version__, "python": sys.version.split()[0]}
    with open(path, "w") as out:
        out.write('{"versions": %s, "plans": [\n' % json.dumps(versions))
        out.write(",\n".join(json.dumps(plan, separators=(",", ":")) for plan in plans))
        out.write("\n]}\n")


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    diffusers.utils.logging.set_verbosity_error()
    torch.set_num_threads(1)
    main(sys.argv[1])
