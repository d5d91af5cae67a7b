"""Record what diffusers' schedulers do under options drawn at random, for RandomParityTest.

    pip install -r requirements.txt
    python random_fixtures.py ../resources/sampler/random.json

Every class is drawn as often as every other, its options independently and uniformly from the lists below. A configuration
that diffusers refuses, or that it answers with NaN, is drawn again and named with the reason. Recorded are the states after every whole
step, divided by what makes them variance preserving (EDM and consistency models keep theirs), and the number of calls.
"""

import base64
import inspect
import json
import random
import sys
import traceback
import warnings

import diffusers
import numpy
import scipy
import torch

COUNT = 168
SHAPE = (1, 2, 4, 4)
BOOL = [False, True]
BETAS = dict(beta_schedule=["linear", "scaled_linear", "squaredcos_cap_v2"], beta_start=[0.0001, 0.00085],
             beta_end=[0.012, 0.02], num_train_timesteps=[1000, 400])
TYPES = dict(prediction_type=["epsilon", "sample", "v_prediction"])
SPACING = dict(timestep_spacing=["leading", "trailing", "linspace"], steps_offset=[0, 1])
CLIP = dict(clip_sample=BOOL, clip_sample_range=[0.7, 1.0])
THRESHOLD = dict(thresholding=BOOL, dynamic_thresholding_ratio=[0.9, 0.995], sample_max_value=[1.0, 1.5])
LADDER = dict(ladder=[None, None, "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas"])
END = dict(final_sigmas_type=["zero", "sigma_min"])
ZERO = dict(rescale_betas_zero_snr=[False, False, True])
DISTILLED = dict(original_inference_steps=[50, 40])

# class: options; those in capitals are arguments of step()
CLASSES = {
    "DDPMScheduler": dict(BETAS, **TYPES, **SPACING, **CLIP, **THRESHOLD, variance_type=[
        "fixed_small", "fixed_small_log", "fixed_large", "learned", "learned_range"],
        beta_schedule=[*BETAS["beta_schedule"], "sigmoid", "laplace"]),
    "DDIMScheduler": dict(BETAS, **TYPES, **SPACING, **CLIP, **THRESHOLD, **ZERO, set_alpha_to_one=BOOL,
                          ETA=[0.0, 0.5, 1.0], USE_CLIPPED_MODEL_OUTPUT=BOOL),
    "DDIMInverseScheduler": dict(BETAS, prediction_type=["epsilon", "v_prediction"], **CLIP, set_alpha_to_one=BOOL,
                                 timestep_spacing=["leading", "trailing"]),
    "PNDMScheduler": dict(BETAS, prediction_type=["epsilon", "v_prediction"], **SPACING, skip_prk_steps=BOOL,
                          set_alpha_to_one=BOOL),
    "EulerDiscreteScheduler": dict(BETAS, **TYPES, **SPACING, **LADDER, **END, **ZERO),
    "EulerDiscreteScheduler, churn": dict(BETAS, prediction_type=["epsilon"], **SPACING, S_CHURN=[2.0, 10.0],
                                          S_TMIN=[0.0, 0.3], S_TMAX=[8.0, 100.0], S_NOISE=[1.0, 1.003]),
    "EulerAncestralDiscreteScheduler": dict(BETAS, prediction_type=["epsilon", "v_prediction"], **SPACING, **ZERO),
    "HeunDiscreteScheduler": dict(BETAS, **TYPES, **SPACING, **LADDER, **CLIP,
                                  beta_schedule=[*BETAS["beta_schedule"], "exp"]),
    "KDPM2DiscreteScheduler": dict(BETAS, prediction_type=["epsilon", "v_prediction"], **SPACING, **LADDER),
    "KDPM2AncestralDiscreteScheduler": dict(BETAS, prediction_type=["epsilon", "v_prediction"], **SPACING, **LADDER),
    "LMSDiscreteScheduler": dict(BETAS, **TYPES, **SPACING, **LADDER),
    "DPMSolverMultistepScheduler": dict(
        BETAS, **TYPES, **SPACING, **THRESHOLD, **END, solver_order=[1, 2, 3],
        ladder=[*LADDER["ladder"], "use_lu_lambdas"], algorithm_type=["dpmsolver", "dpmsolver++", "dpmsolver++",
                                                                     "sde-dpmsolver", "sde-dpmsolver++"],
        solver_type=["midpoint", "heun"], lower_order_final=BOOL, euler_at_final=BOOL),
    "DPMSolverMultistepScheduler, flow": dict(
        use_flow_sigmas=[True], prediction_type=["flow_prediction"], flow_shift=[1.0, 3.0], solver_order=[1, 2, 3],
        algorithm_type=["dpmsolver++", "sde-dpmsolver++"], solver_type=["midpoint", "heun"], lower_order_final=BOOL),
    "DPMSolverSinglestepScheduler": dict(
        BETAS, **TYPES, **END, **LADDER, solver_order=[1, 2, 3],
        algorithm_type=["dpmsolver", "dpmsolver++", "sde-dpmsolver++"], solver_type=["midpoint", "heun"],
        lower_order_final=BOOL),
    "DEISMultistepScheduler": dict(BETAS, **TYPES, **SPACING, **LADDER, **THRESHOLD, solver_order=[1, 2, 3],
                                   lower_order_final=BOOL),
    "UniPCMultistepScheduler": dict(BETAS, **TYPES, **SPACING, **LADDER, **END, **THRESHOLD, **ZERO,
                                    solver_order=[1, 2, 3], predict_x0=BOOL, solver_type=["bh1", "bh2"],
                                    lower_order_final=BOOL, disable_corrector=[[], [0], [1, 3]]),
    "UniPCMultistepScheduler, flow": dict(use_flow_sigmas=[True], prediction_type=["flow_prediction"],
                                          flow_shift=[1.0, 3.0], solver_order=[1, 2, 3], solver_type=["bh1", "bh2"]),
    "SASolverScheduler": dict(BETAS, **TYPES, **SPACING, **THRESHOLD, predictor_order=[1, 2, 3],
                              corrector_order=[1, 2, 3], algorithm_type=["data_prediction", "noise_prediction"],
                              lower_order_final=BOOL),
    "LCMScheduler": dict(BETAS, **TYPES, **CLIP, **THRESHOLD, **DISTILLED, timestep_scaling=[10.0, 1.0],
                         num_train_timesteps=[1000]),
    "TCDScheduler": dict(BETAS, **TYPES, **DISTILLED, ETA=[0.0, 0.3, 1.0], num_train_timesteps=[1000]),
    "FlowMatchEulerDiscreteScheduler": dict(shift=[1.0, 3.0], **LADDER, shift_terminal=[None, 0.1],
                                            stochastic_sampling=BOOL),
    "FlowMatchHeunDiscreteScheduler": dict(shift=[1.0, 2.0, 3.0]),
    "FlowMatchLCMScheduler": dict(shift=[1.0, 2.0, 3.0], **LADDER),
    "EDMEulerScheduler": dict(sigma_schedule=["karras", "exponential"], rho=[5.0, 7.0], sigma_max=[20.0, 80.0],
                              prediction_type=["epsilon", "v_prediction"], **END),
    "EDMDPMSolverMultistepScheduler": dict(
        sigma_schedule=["karras", "exponential"], prediction_type=["epsilon", "v_prediction"], solver_order=[1, 2, 3],
        solver_type=["midpoint", "heun"], algorithm_type=["dpmsolver++"], lower_order_final=BOOL, euler_at_final=BOOL),
    "CMStochasticIterativeScheduler": dict(sigma_max=[20.0, 80.0], clip_denoised=BOOL, s_noise=[1.0, 0.9]),
    "IPNDMScheduler": dict(),
}
VP_OF_SIGMA = ("Euler", "Heun", "LMS", "KDPM2")
TWICE = ("HeunDiscrete", "KDPM2", "FlowMatchHeun")


def model(x, t):
    """Any function of x and t will do that is not linear and is the same in every float32 arithmetic."""
    t = torch.as_tensor(t).to(torch.float32)
    return x * (t / (t.abs() + 1)) - 0.25 * (x / (1 + x.abs()))


def whole_steps(name, calls, steps):
    if name.startswith(TWICE):
        return [*range(1, calls - 1, 2), calls - 1]
    if name == "PNDMScheduler":
        return [*range(3, 12, 4), *range(12, calls)] if calls == steps + 9 else [*range(1, calls)]
    assert calls == steps
    return list(range(calls))


def run(name, steps, config, arguments):
    scheduler = getattr(diffusers, name)(**config)
    scheduler.set_timesteps(steps)
    generator = torch.Generator().manual_seed(7)
    if "generator" in inspect.signature(scheduler.step).parameters:
        arguments = dict(arguments, generator=generator)
    exploding = name.startswith(VP_OF_SIGMA)
    x = torch.randn(SHAPE, generator=generator) * getattr(scheduler, "init_noise_sigma", 1.0)
    states = []
    for i, t in enumerate(scheduler.timesteps):
        asked = scheduler.scale_model_input(x, t) if hasattr(scheduler, "scale_model_input") else x
        said = model(asked, t)
        if config.get("variance_type") == "learned":
            said = torch.cat([said, said * said / (1 + said * said)], dim=1)
        if config.get("variance_type") == "learned_range":
            said = torch.cat([said, said / (1 + said.abs())], dim=1)
        x = scheduler.step(said, t, x, **arguments).prev_sample
        states.append(x / (scheduler.sigmas[i + 1] ** 2 + 1) ** 0.5 if exploding else x)
    calls = len(states)
    states = [states[i] for i in whole_steps(name, calls, steps)]
    return calls, torch.stack(states).numpy().astype("<f4")


def draw(rng, key):
    options = {option: rng.choice(values) for option, values in CLASSES[key].items()}
    ladder = options.pop("ladder", None)
    if ladder:
        options[ladder] = True
    name = key.split(",")[0]
    arguments = {option.lower(): options.pop(option) for option in list(options) if option.isupper()}
    config = {option: value for option, value in options.items() if value is not None}
    steps = rng.choice([3, 4, 5, 6, 7, 8, 10, 12, 16])
    if name == "CMStochasticIterativeScheduler":
        steps = rng.choice([1, 2, 3, 5, 8])
    return name, steps, config, arguments


def main(path):
    rng = random.Random(20241125)
    fixtures, redrawn = [], []
    keys = list(CLASSES)
    while len(fixtures) < COUNT:
        name, steps, config, arguments = draw(rng, keys[len(fixtures) % len(keys)])
        drawn = {"config": {"_class_name": name, **config}, "arguments": arguments, "steps": steps}
        try:
            calls, states = run(name, steps, config, arguments)
        except (ValueError, IndexError, RuntimeError, AssertionError, TypeError, NotImplementedError) as error:
            why = str(error) or traceback.extract_tb(error.__traceback__)[-1].line
            redrawn.append({**drawn, "answer": f"{type(error).__name__}: {why}"})
            continue
        if not numpy.isfinite(states).all():
            first = int(numpy.argmin(numpy.isfinite(states).reshape(len(states), -1).all(axis=1)))
            redrawn.append({**drawn, "answer": f"NaN from step {first + 1}"})
            continue
        fixtures.append({**drawn, "calls": calls, "states": base64.b64encode(states.tobytes()).decode()})
    versions = {"diffusers": diffusers.__version__, "torch": torch.__version__.split("+")[0],
                "numpy": numpy.__version__, "scipy": scipy.__version__, "python": sys.version.split()[0]}
    with open(path, "w") as out:
        out.write('{"versions": %s, "seed": 7, "shape": %s, "redrawn": [\n' % (json.dumps(versions), list(SHAPE)))
        out.write(",\n".join(json.dumps(drawn) for drawn in redrawn))
        out.write('\n], "fixtures": [\n')
        out.write(",\n".join(json.dumps(fixture) for fixture in fixtures))
        out.write("\n]}\n")


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    diffusers.utils.logging.set_verbosity_error()
    torch.set_num_threads(1)
    main(sys.argv[1])
