"""Measure what a step costs beside its calls of the model, here and in diffusers, and print a table for docs/numbers.md.

    pip install -r kernel-ext/src/test/python/requirements.txt torchsde==0.2.6
    python kernel-ext/src/jmh/python/steps.py [SAMPLER ...]

diffusers: the median over steps 8 to 14 of 20, one thread, of step() alone, on 1x4x64x64 latents; where a step asks the
model twice the two halves together. Daguerre: StepBenchmark by JMH, with the bytes that it allocates by JMH's gc profiler.
Both draw the noise that they add; the last row is that draw alone. DAGUERRE_BUILT=1 skips the build.
"""

import inspect
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import diffusers
import torch

ROOT = pathlib.Path(__file__).resolve().parents[4]
BETAS = dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
STEPS, FROM, TO, ROUNDS = 20, 8, 15, 25
BYTES = 4 * 4 * 64 * 64

# name: scheduler class, options, calls a step
SCHEDULERS = {
    "ddpm": ("DDPMScheduler", dict(clip_sample=False), 1),
    "ddim": ("DDIMScheduler", dict(clip_sample=False), 1),
    "euler": ("EulerDiscreteScheduler", {}, 1),
    "euler-ancestral": ("EulerAncestralDiscreteScheduler", {}, 1),
    "euler-churn": ("EulerDiscreteScheduler", {}, 1),
    "heun": ("HeunDiscreteScheduler", {}, 2),
    "kdpm2": ("KDPM2DiscreteScheduler", {}, 2),
    "kdpm2-ancestral": ("KDPM2AncestralDiscreteScheduler", {}, 2),
    "lms": ("LMSDiscreteScheduler", {}, 1),
    "pndm": ("PNDMScheduler", dict(skip_prk_steps=True), 1),
    "ipndm": ("IPNDMScheduler", {}, 1),
    "deis": ("DEISMultistepScheduler", {}, 1),
    "dpm-2m": ("DPMSolverMultistepScheduler", dict(algorithm_type="dpmsolver", final_sigmas_type="sigma_min"), 1),
    "dpmpp-2m": ("DPMSolverMultistepScheduler", {}, 1),
    "dpmpp-3m": ("DPMSolverMultistepScheduler", dict(solver_order=3), 1),
    "dpmpp-2m-sde": ("DPMSolverMultistepScheduler", dict(algorithm_type="sde-dpmsolver++"), 1),
    "dpmpp-3m-sde": ("DPMSolverMultistepScheduler", dict(algorithm_type="sde-dpmsolver++", solver_order=3), 1),
    "dpm-3s": ("DPMSolverSinglestepScheduler", dict(algorithm_type="dpmsolver", solver_order=3, lower_order_final=True,
                                                    final_sigmas_type="sigma_min"), 1),
    "dpmpp-2s": ("DPMSolverSinglestepScheduler", dict(lower_order_final=True), 1),
    "dpmpp-sde": ("DPMSolverSDEScheduler", {}, 2),
    "unipc": ("UniPCMultistepScheduler", {}, 1),
    "sa-solver": ("SASolverScheduler", {}, 1),
    "lcm": ("LCMScheduler", {}, 1),
    "tcd": ("TCDScheduler", {}, 1),
    "consistency": ("CMStochasticIterativeScheduler", dict(num_train_timesteps=40), 1),
}
# Of step().
ARGUMENTS = {"euler-churn": dict(s_churn=40.0, s_tmin=0.05, s_tmax=50.0, s_noise=1.003)}
# Steps that add noise, drawn once. dpmpp-sde draws twice here and asks a Brownian tree there.
DRAWS = {"ddpm", "euler-ancestral", "euler-churn", "kdpm2-ancestral", "dpmpp-2m-sde", "dpmpp-3m-sde", "sa-solver", "lcm",
         "tcd", "consistency"}


def theirs(name):
    """Microseconds a step."""
    scheduler_class, options, calls = SCHEDULERS[name]
    scheduler_class = getattr(diffusers, scheduler_class)
    known = inspect.signature(scheduler_class).parameters
    options = {**{key: value for key, value in BETAS.items() if key in known}, **options}
    raw = torch.randn((1, 4, 64, 64), generator=torch.Generator().manual_seed(1))
    times = []
    for _ in range(ROUNDS):
        scheduler = scheduler_class(**options)
        scheduler.set_timesteps(STEPS)
        generator = torch.Generator().manual_seed(0)
        arguments = dict(ARGUMENTS.get(name, {}))
        if "generator" in inspect.signature(scheduler.step).parameters:
            arguments["generator"] = generator
        x = torch.randn(raw.shape, generator=generator) * getattr(scheduler, "init_noise_sigma", 1.0)
        spent = []
        for t in scheduler.timesteps:
            begin = time.perf_counter()
            x = scheduler.step(raw, t, x, **arguments).prev_sample
            spent.append(time.perf_counter() - begin)
        times += [sum(spent[i:i + calls]) for i in range(FROM * calls, TO * calls, calls)]
    return 1e6 * statistics.median(times)


def their_noise():
    generator = torch.Generator().manual_seed(0)
    times = []
    for _ in range(200):
        begin = time.perf_counter()
        torch.randn((1, 4, 64, 64), generator=generator)
        times.append(time.perf_counter() - begin)
    return 1e6 * statistics.median(times)


def ours(names):
    """For each name microseconds and bytes allocated a step, and the same of drawing noise once."""
    if not os.environ.get("DAGUERRE_BUILT"):
        subprocess.run(["mvn", "-q", "-P", "jmh", "-pl", "kernel-ext", "-am", "test-compile",
                        "dependency:build-classpath", "-Dmdep.outputFile=target/jmh.classpath"], cwd=ROOT, check=True)
    return {**jmh("step", names), "noise": next(iter(jmh("noise", ["ddpm"]).values()))}


def jmh(benchmark, names):
    target = ROOT / "kernel-ext/target"
    classpath = target / "jmh.classpath"
    java = pathlib.Path(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"
    samplers = ",".join(name.upper().replace("-", "_") for name in names)
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder, "jmh.json")
        subprocess.run([java, "-cp", f"{target}/classes:{target}/test-classes:{classpath.read_text()}",
                        "org.openjdk.jmh.Main", f"StepBenchmark.{benchmark}$", "-p", f"sampler={samplers}", "-prof", "gc",
                        "-rf", "json", "-rff", report], check=True, stdout=subprocess.DEVNULL)
        rows = json.loads(report.read_text())
    return {row["params"]["sampler"].lower().replace("_", "-"):
            (row["primaryMetric"]["score"],
             next(m["score"] for key, m in row["secondaryMetrics"].items() if key.endswith("alloc.rate.norm")))
            for row in rows}


def main(names):
    warnings.filterwarnings("ignore")
    diffusers.utils.logging.set_verbosity_error()
    torch.set_num_threads(1)
    measured = ours(names)
    draw, their_draw = measured["noise"][0], their_noise()
    print("| sampler | diffusers, us | Daguerre, us | ratio | less a draw | KB allocated | states' worth |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    with torch.no_grad():
        for name in names:
            micros, allocated = measured[name]
            other = theirs(name)
            arithmetic = f"{(micros - draw) / (other - their_draw):.2f}" if name in DRAWS else ""
            print(f"| `{name}` | {other:.0f} | {micros:.0f} | {micros / other:.2f} | {arithmetic} "
                  f"| {allocated / 1024:.0f} | {allocated / BYTES:.1f} |", flush=True)
    allocated = measured["noise"][1]
    print(f"| one draw of noise | {their_draw:.0f} | {draw:.0f} | {draw / their_draw:.2f} | "
          f"| {allocated / 1024:.0f} | {allocated / BYTES:.1f} |")


if __name__ == "__main__":
    main(sys.argv[1:] or list(SCHEDULERS))
