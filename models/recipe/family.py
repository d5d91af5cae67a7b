"""The family: each model by what it does otherwise than `tray`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from objective import Consistency, Epsilon, Flow, Objective, Velocity
from text_encoder import BagOfWords, TextEncoder


@dataclass(frozen=True)
class Model:
    """How a text-to-image model is built and taught.

    `curriculum`: canonical captions first, and what is learned last drawn more often. `supervision`: weight of the attention
    loss. `snapshots`: steps whose weights are kept as models of their own. `teacher`: the model that it is distilled from,
    beginning with the weights of `begins_as`.
    """

    about: str
    steps: int
    channels: tuple[int, int] = (32, 64)
    text_encoder: Callable[[int], nn.Module] = TextEncoder
    objective: type[Objective] = Velocity
    curriculum: bool = True
    supervision: float = 0.1
    snapshots: tuple[int, ...] = ()
    teacher: str | None = None
    begins_as: str | None = None


SMALL_STEPS = 6_000  # of every net of a third of the size: equal, so that they can be compared
VAE_OWNER = "tray"  # whose autoencoder all share

FAMILY = {
    "tray": Model("the base", steps=10_000, channels=(64, 128)),
    "tray-weak": Model("a third of the base's size", steps=SMALL_STEPS),
    "tray-plain": Model("no curriculum, no attention supervision", steps=SMALL_STEPS, curriculum=False, supervision=0.0),
    "tray-eps": Model("predicts the noise over Stable Diffusion's own betas", steps=SMALL_STEPS, objective=Epsilon),
    "tray-flow": Model("flow matching", steps=SMALL_STEPS, objective=Flow),
    "tray-bag": Model("an order-blind text encoder", steps=SMALL_STEPS, text_encoder=BagOfWords),
    "tray-lcm": Model(
        "distilled from tray to four steps", steps=4_000, objective=Consistency, teacher="tray", begins_as="tray-weak"
    ),
}
