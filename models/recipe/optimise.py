"""The training loop that all networks share: AdamW, warm-up and linear decay, a moving average of the weights, resumable."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

WARM_UP = 200
EMA_DECAY = 0.999
SAVE_SECONDS = 120
REPORT_STEPS = 50

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")

Loss = Callable[[nn.Module, int, torch.Generator], tuple[Tensor, dict[str, Tensor]]]


def half_precision() -> torch.autocast:
    return torch.autocast(DEVICE.type, torch.bfloat16)


def trained(network: nn.Module) -> list[nn.Parameter]:
    return [parameter for parameter in network.parameters() if parameter.requires_grad]


def rate(step: int, steps: int) -> float:
    """Learning rate as a share of its peak: up in a line, then down to 0 in a line (Defazio et al. 2023, arXiv:2310.07831)."""
    return min((step + 1) / WARM_UP, (steps - step) / max(1, steps - WARM_UP))


def optimise(
    network: nn.Module, loss: Loss, *, steps: int, peak: float, seed: int, checkpoint: Path, snapshots: tuple[int, ...] = ()
) -> nn.Module:
    """Train `network` to `steps` and return it with the moving average of its weights.

    `loss(network, step, generator)` draws all its randomness from the generator, which depends on seed and step alone:
    a run that was killed and resumed makes the same draws. Ctrl-C and SIGTERM save before they end the run. `steps` may
    be changed on resuming; rate and curriculum follow the share of it that is done. The average after each of `snapshots`
    steps is kept beside the checkpoint. Parameters that need no gradient stay as they are.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    optimizer = torch.optim.AdamW(trained(network), lr=peak, weight_decay=0.01, fused=True)
    average = [p.detach().clone() for p in trained(network)]
    step = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        step = state["step"]
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        average = state["average"]

    def save() -> None:
        states = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "average": average}
        store({"step": step, **states}, checkpoint)

    sums: dict[str, float] = {}
    since, reported, saved = step, time.monotonic(), time.monotonic()
    try:
        while step < steps:
            for group in optimizer.param_groups:
                group["lr"] = peak * rate(step, steps)
            value, figures = loss(network, step, torch.Generator().manual_seed(seed * 1_000_003 + step))
            optimizer.zero_grad()
            value.backward()
            nn.utils.clip_grad_norm_(trained(network), 1.0)
            optimizer.step()
            step += 1
            with torch.no_grad():
                torch._foreach_lerp_(average, trained(network), 1 - min(EMA_DECAY, step / (step + 9)))
            for name, figure in figures.items():
                sums[name] = sums.get(name, 0.0) + float(figure)
            if step in snapshots:
                store(average, checkpoint.with_name(f"{checkpoint.stem}-{step}.pt"))
            if step % REPORT_STEPS == 0 or step == steps:
                now = time.monotonic()
                speed = (step - since) / (now - reported)
                means = "  ".join(f"{name} {total / (step - since):.4f}" for name, total in sums.items())
                left = (steps - step) / speed / 60
                print(f"{checkpoint.stem} {step}/{steps}  {means}  {speed:.2f} steps/s  {left:.1f} min left", flush=True)
                sums, since, reported = {}, step, now
            if time.monotonic() - saved > SAVE_SECONDS:
                save()
                saved = time.monotonic()
    finally:
        save()
    return with_average(network, average)


def store(content: object, file: Path) -> None:
    """Whole or not at all: a kill while it writes leaves the file as it was."""
    part = file.with_name(f"{file.name}.part")
    torch.save(content, part)
    os.replace(part, file)


@torch.no_grad()
def with_average(network: nn.Module, average: list[Tensor]) -> nn.Module:
    for parameter, mean in zip(trained(network), average):
        parameter.copy_(mean)
    return network
