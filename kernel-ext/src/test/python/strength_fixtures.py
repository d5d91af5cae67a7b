"""Records where diffusers' image-to-image enters its timesteps: the pipeline's own get_timesteps, taken from its source.

    pip install -r kernel-ext/src/test/python/requirements.txt
    python kernel-ext/src/test/python/strength_fixtures.py

Schedulers are made from the config of models/exact, as `--sampler` makes them here. The pipeline's module would import
transformers for nothing, so the method is cut out of it.
"""

import ast
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import diffusers
from diffusers import DDIMScheduler, DPMSolverMultistepScheduler, EulerDiscreteScheduler, HeunDiscreteScheduler

ROOT = Path(__file__).parents[4]
OUT = Path(__file__).parents[1] / "resources/pipeline/strength.tsv"
SCHEDULERS = {
    "ddim": DDIMScheduler,
    "euler": EulerDiscreteScheduler,
    "heun": HeunDiscreteScheduler,
    "dpmpp-2m": DPMSolverMultistepScheduler,
}


def get_timesteps():
    folder = Path(find_spec("diffusers").origin).parent
    source = (folder / "pipelines/stable_diffusion/pipeline_stable_diffusion_img2img.py").read_text()
    method = next(n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef) and n.name == "get_timesteps")
    scope = {}
    exec(compile(ast.Module([method], []), "get_timesteps", "exec"), scope)
    return scope["get_timesteps"]


def main() -> None:
    config = DDIMScheduler.load_config(ROOT / "models/exact/scheduler")
    cut = get_timesteps()
    lines = [f"# diffusers {diffusers.__version__}: sampler, steps, strength, first timestep, steps left"]
    for name, scheduler_class in SCHEDULERS.items():
        for steps in (7, 10, 30, 50):
            for strength in (0.15, 0.29, 0.5, 0.6, 0.7, 0.75, 0.8, 0.99, 1.0):
                scheduler = scheduler_class.from_config(config)
                scheduler.set_timesteps(steps)
                timesteps, _ = cut(SimpleNamespace(scheduler=scheduler), steps, strength, None)
                left = (len(timesteps) + scheduler.order - 1) // scheduler.order
                lines.append(f"{name}\t{steps}\t{strength}\t{float(timesteps[0])}\t{left}")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
