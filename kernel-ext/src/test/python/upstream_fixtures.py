"""Record the sums that diffusers' own scheduler tests expect, and those of the right loop where theirs is not one.

    pip install -r requirements.txt
    python upstream_fixtures.py ../resources/sampler/upstream.json

Upstream's tests (tests/schedulers/test_scheduler_*.py) run a ramp of values through the model x t / (t + 1) and expect the
sum of the absolute values, or their mean. Each is run here as upstream runs it and must give what upstream expects, and then
as a sampler is to be run: the model sees the scaled state, the state stays as it is. Recorded is the sum of the latter. A row
is vacuous where a state of zeros would pass.
"""

import inspect
import json
import sys
import warnings

import diffusers
import numpy
import scipy
import torch

LINEAR = dict(num_train_timesteps=1000, beta_start=0.0001, beta_end=0.02, beta_schedule="linear")
L11 = dict(LINEAR, num_train_timesteps=1100)
FROM_001 = dict(LINEAR, beta_start=0.01)
DISTILLED = dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
V = dict(prediction_type="v_prediction")
KARRAS = dict(use_karras_sigmas=True)
MIN = dict(final_sigmas_type="sigma_min")
SINGLE = dict(LINEAR, **MIN, solver_order=2, algorithm_type="dpmsolver++", solver_type="midpoint", lower_order_final=False)
EDM_DPM = dict(sigma_min=0.002, sigma_max=80.0, solver_order=2, algorithm_type="dpmsolver++", solver_type="midpoint",
               lower_order_final=False, euler_at_final=False, **MIN)
THRESHOLD = dict(thresholding=True, dynamic_thresholding_ratio=0.87, sample_max_value=0.5)
UNIPC = dict(LINEAR, **MIN, solver_order=2, solver_type="bh2")
DEIS = dict(LINEAR, solver_order=2)
CM = dict(num_train_timesteps=201, sigma_min=0.002, sigma_max=80.0)

# Manners in which upstream runs a sampler.
RIGHT = "right"  # the model sees the scaled state, which for most classes is the state itself
OVERWRITES = "the state becomes its scaled copy"
LMS_ORDER = "the same, and the first steps have the weights of order 4 for one derivative"
UNSCALED = "the model sees the unscaled state"
TWICE = "goes through its timesteps twice"

# test, class, config, steps, upstream's loop, what it expects of the sum or "mean", and more
ROWS = [
    ("dpm_multi: thresholding", "DPMSolverMultistepScheduler", dict(SINGLE, **THRESHOLD), 10, RIGHT, "mean", 1.1364),
    ("dpm_multi: karras, v", "DPMSolverMultistepScheduler", dict(SINGLE, **V, **KARRAS), 10, RIGHT, "mean", 0.2096),
    ("dpm_multi: lu, v", "DPMSolverMultistepScheduler", dict(SINGLE, **V, use_lu_lambdas=True), 10, RIGHT, "mean", 0.1554),
    ("dpm_single", "DPMSolverSinglestepScheduler", SINGLE, 10, RIGHT, "mean", 0.2791),
    ("dpm_single: karras", "DPMSolverSinglestepScheduler", dict(SINGLE, **KARRAS), 10, RIGHT, "mean", 0.2248),
    ("dpm_single: v", "DPMSolverSinglestepScheduler", dict(SINGLE, **V), 10, RIGHT, "mean", 0.1453),
    ("dpm_single: karras, v", "DPMSolverSinglestepScheduler", dict(SINGLE, **V, **KARRAS), 10, RIGHT, "mean", 0.0649),
    ("dpm_single: uneven", "DPMSolverSinglestepScheduler", SINGLE, 50, RIGHT, "mean", 0.2574, dict(start=3)),
    ("dpm_single: with noise", "DPMSolverSinglestepScheduler", SINGLE, 10, RIGHT, "sum", 269.2187, dict(noised=5)),
    ("euler: v", "EulerDiscreteScheduler", dict(L11, **V), 10, OVERWRITES, "sum", 0.0002),
    ("euler: karras", "EulerDiscreteScheduler", dict(L11, **KARRAS), 10, OVERWRITES, "sum", 124.522995),
    ("euler: with noise", "EulerDiscreteScheduler", L11, 10, OVERWRITES, "sum", 57062.9297, dict(noised=8)),
    ("euler_ancestral: with noise", "EulerAncestralDiscreteScheduler", L11, 10, OVERWRITES, "sum", 56163.0508,
     dict(noised=8)),
    ("heun", "HeunDiscreteScheduler", L11, 10, OVERWRITES, "sum", 0.1233),
    ("heun: v", "HeunDiscreteScheduler", dict(L11, **V), 10, OVERWRITES, "sum", 4.6934e-07),
    ("heun: karras", "HeunDiscreteScheduler", dict(L11, **KARRAS), 10, OVERWRITES, "sum", 0.00015),
    ("heun: with noise", "HeunDiscreteScheduler", L11, 10, OVERWRITES, "sum", 75074.8906, dict(noised=8)),
    ("lms", "LMSDiscreteScheduler", L11, 10, OVERWRITES, "sum", 1006.388),
    ("lms: v", "LMSDiscreteScheduler", dict(L11, **V), 10, OVERWRITES, "sum", 0.0017),
    ("lms: karras", "LMSDiscreteScheduler", dict(L11, **KARRAS), 10, OVERWRITES, "sum", 3812.9927),
    ("lms: with noise", "LMSDiscreteScheduler", L11, 10, LMS_ORDER, "sum", 27663.6895, dict(noised=8)),
    ("unipc: karras", "UniPCMultistepScheduler", dict(UNIPC, **KARRAS), 10, RIGHT, "mean", 0.2925),
    ("unipc: karras, v", "UniPCMultistepScheduler", dict(UNIPC, **V, **KARRAS), 10, RIGHT, "mean", 0.1966),
    ("unipc: 1-D", "UniPCMultistepScheduler", UNIPC, 10, RIGHT, "mean", 0.2441, dict(shape=[4, 3, 8])),
    ("unipc: 1-D, karras", "UniPCMultistepScheduler", dict(UNIPC, **KARRAS), 10, RIGHT, "mean", 0.2898,
     dict(shape=[4, 3, 8])),
    ("unipc: 1-D, v", "UniPCMultistepScheduler", dict(UNIPC, **V), 10, RIGHT, "mean", 0.1014, dict(shape=[4, 3, 8])),
    ("unipc: 1-D, karras, v", "UniPCMultistepScheduler", dict(UNIPC, **V, **KARRAS), 10, RIGHT, "mean", 0.1944,
     dict(shape=[4, 3, 8])),
    ("unipc: 1-D, with noise", "UniPCMultistepScheduler", UNIPC, 10, RIGHT, "sum", 39.0870,
     dict(shape=[4, 3, 8], noised=8)),
    ("tcd: one step", "TCDScheduler", DISTILLED, 1, RIGHT, "sum", 29.8715, dict(eta=0.0)),
    ("tcd: ten steps", "TCDScheduler", DISTILLED, 10, RIGHT, "sum", 181.2040, dict(eta=0.0)),
    ("deis", "DEISMultistepScheduler", DEIS, 10, RIGHT, "mean", 0.23916),
    ("deis: v", "DEISMultistepScheduler", dict(DEIS, **V), 10, RIGHT, "mean", 0.091),
    ("deis: with noise", "DEISMultistepScheduler", DEIS, 10, RIGHT, "sum", 315.3016, dict(noised=8)),
    ("kdpm2", "KDPM2DiscreteScheduler", L11, 10, OVERWRITES, "sum", 20.4125),
    ("kdpm2: v", "KDPM2DiscreteScheduler", dict(L11, **V), 10, OVERWRITES, "sum", 4.6934e-07),
    ("kdpm2: with noise", "KDPM2DiscreteScheduler", L11, 10, OVERWRITES, "sum", 70408.4062, dict(noised=8)),
    ("kdpm2_ancestral", "KDPM2AncestralDiscreteScheduler", L11, 10, OVERWRITES, "sum", 13979.9433),
    ("kdpm2_ancestral: v", "KDPM2AncestralDiscreteScheduler", dict(L11, **V), 10, OVERWRITES, "sum", 331.8133),
    ("kdpm2_ancestral: with noise", "KDPM2AncestralDiscreteScheduler", L11, 10, OVERWRITES, "sum", 93087.3437,
     dict(noised=8)),
    ("ddim_inverse", "DDIMInverseScheduler", LINEAR, 10, RIGHT, "sum", 671.6816),
    ("ddim_inverse: v", "DDIMInverseScheduler", dict(LINEAR, **V), 10, RIGHT, "sum", 1394.2185),
    ("ddim_inverse: alpha to one", "DDIMInverseScheduler", dict(FROM_001, set_alpha_to_one=True), 10, RIGHT, "sum",
     539.9622),
    ("ddim_inverse: not alpha to one", "DDIMInverseScheduler", dict(FROM_001, set_alpha_to_one=False), 10, RIGHT, "sum",
     542.6722),
    ("sasolver: seeded", "SASolverScheduler", L11, 10, RIGHT, "sum", 337.394287109375),
    ("sasolver: v", "SASolverScheduler", dict(L11, **V), 10, RIGHT, "sum", 193.1467742919922),
    ("sasolver: karras", "SASolverScheduler", dict(L11, **KARRAS), 10, RIGHT, "sum", 837.2554931640625),
    ("ipndm", "IPNDMScheduler", dict(num_train_timesteps=1000), 10, TWICE, "mean", 2540529),
    ("consistency_model: one step", "CMStochasticIterativeScheduler", CM, 1, RIGHT, "sum", 192.7614),
    ("consistency_model: two timesteps", "CMStochasticIterativeScheduler", CM, 2, RIGHT, "sum", 347.6357,
     dict(timesteps=[106, 0])),
    ("edm_euler", "EDMEulerScheduler", dict(sigma_min=0.002, sigma_max=80.0), 10, RIGHT, "sum", 34.1855),
    ("edm_dpm", "EDMDPMSolverMultistepScheduler", EDM_DPM, 10, UNSCALED, "mean", 0.0001),
    ("edm_dpm: thresholding", "EDMDPMSolverMultistepScheduler", dict(EDM_DPM, **THRESHOLD), 10, UNSCALED, "mean", 0.0080),
    ("edm_dpm: v", "EDMDPMSolverMultistepScheduler", dict(EDM_DPM, **V), 10, UNSCALED, "mean", 0.0092),
    ("edm_dpm: with noise", "EDMDPMSolverMultistepScheduler", EDM_DPM, 10, UNSCALED, "sum", 8.1661, dict(noised=5)),
]
# Others than 1e-2 of a sum and 1e-3 of a mean.
TOLERANCES = {"lms: karras": 2e-2, "ipndm": 10, "tcd: one step": 1e-3, "tcd: ten steps": 1e-3, "edm_euler": 1e-3}


def ramp(shape, values):
    batch, *rest = shape
    return (values.reshape(*rest, batch) / values.numel()).movedim(-1, 0).contiguous()


def model(x, t):
    t = torch.as_tensor(t).to(torch.float32)
    return x * t / (t + 1)


def run(name, config, steps, loop, shape=(4, 3, 8, 8), noised=None, start=0, eta=None, timesteps=None):
    scheduler = getattr(diffusers, name)(**config)
    scheduler.set_timesteps(**({"timesteps": timesteps} if timesteps else {"num_inference_steps": steps}))
    generator = torch.Generator().manual_seed(0)
    arguments = {} if eta is None else {"eta": eta}
    if "generator" in inspect.signature(scheduler.step).parameters:
        arguments["generator"] = generator
    values = torch.arange(numpy.prod(shape)).float()
    x = ramp(shape, values)
    scaled = hasattr(scheduler, "init_noise_sigma") and loop != UNSCALED
    if scaled and (noised is None or loop in (OVERWRITES, LMS_ORDER)):
        x = x * scheduler.init_noise_sigma
    order = getattr(scheduler, "order", 1)
    order = order if name.startswith(("Heun", "KDPM2")) else 1
    times = scheduler.timesteps[(noised or start) * order:]
    if noised is not None:
        x = scheduler.add_noise(x, ramp(shape, values.flip(0)), times[:1])
    for i, t in enumerate([*times, *times] if loop == TWICE else times):
        if i == len(times):
            scheduler._step_index = None
        asked = x
        if loop != UNSCALED and hasattr(scheduler, "scale_model_input"):
            asked = scheduler.scale_model_input(x, t)
        if loop in (OVERWRITES, LMS_ORDER):
            x = asked
        if name == "LMSDiscreteScheduler" and loop == RIGHT:
            arguments["order"] = min(i + 1, 4)
        x = scheduler.step(model(asked, t), t, x, **arguments).prev_sample
    return x.abs().double().sum().item()


def main(path):
    rows = []
    for test, name, config, steps, loop, kind, expected, *more in ROWS:
        more = more[0] if more else {}
        count = numpy.prod(more.get("shape", (4, 3, 8, 8)))
        tolerance = TOLERANCES.get(test, 1e-2 if kind == "sum" else 1e-3)
        upstream = run(name, config, steps, loop, **more)
        got = upstream if kind == "sum" else upstream / count
        assert abs(got - expected) < tolerance, (test, got, expected)
        rows.append({"test": test, "config": {"_class_name": name, **config}, "steps": steps, "loop": loop, kind: expected,
                     "tolerance": tolerance, "vacuous": expected < tolerance, **more,
                     "right": upstream if loop == RIGHT else run(name, config, steps, RIGHT, **more)})
    versions = {"diffusers": diffusers.__version__, "torch": torch.__version__.split("+")[0],
                "numpy": numpy.__version__, "scipy": scipy.__version__, "python": sys.version.split()[0]}
    with open(path, "w") as out:
        out.write('{"versions": %s, "rows": [\n' % json.dumps(versions))
        out.write(",\n".join(json.dumps(row) for row in rows))
        out.write("\n]}\n")


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    diffusers.utils.logging.set_verbosity_error()
    torch.set_num_threads(1)
    main(sys.argv[1])
