"""The family: each model by what it does otherwise than `tray`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from torch import nn

from clip import ClipTextEncoder
from dit import DiT
from objective import Consistency, Epsilon, Flow, Objective, Velocity
from text_encoder import FULL_TOKENS, TOKENS, BagOfWords, TextEncoder
from unet import LATENT, PIXELS, Image, UNet


@dataclass(frozen=True)
class Model:
    """How a text-to-image model is built and taught.

    `network`: the denoiser of these channels for this image. `text_of`: the model whose text encoder it takes, frozen and by reference,
    instead of one of its own. `full_captions`: captions that place every object. `boxes`: it also reads where things stand.
    `curriculum`: canonical captions first, and what is learned last drawn more often. `supervision`: weight of the attention
    loss. `snapshots`: steps whose weights become models of their own, NAME-STEP. `teacher`: the model that it is distilled
    from, beginning with the weights of `begins_as`.
    """

    about: str
    steps: int
    channels: tuple[int, int] = (32, 64)
    network: Callable[[tuple[int, int], Image], nn.Module] = UNet
    image: Image = LATENT
    text_encoder: Callable[[int, int], nn.Module] = TextEncoder
    text_of: str | None = None
    full_captions: bool = False
    boxes: bool = False
    objective: type[Objective] = Velocity
    curriculum: bool = True
    supervision: float = 0.1
    snapshots: tuple[int, ...] = ()
    teacher: str | None = None
    begins_as: str | None = None

    @property
    def tokens(self) -> int:
        return FULL_TOKENS if self.full_captions else TOKENS


@dataclass(frozen=True)
class Autoencoder:
    """How an autoencoder is built and taught: each width of encoder and decoder halves or doubles the sides.

    `divergence`: weight of the KL term. `squared`: squared error alone, instead of absolute error, edges and features.
    """

    about: str
    steps: int = 6_000
    encoder: tuple[int, ...] = (16, 24, 32)
    decoder: tuple[int, ...] = (48, 24, 16)
    divergence: float = 1e-4
    squared: bool = False


@dataclass(frozen=True)
class DualEncoder:
    """How a text encoder and a picture encoder are taught to agree."""

    about: str
    steps: int = 4_000
    text_encoder: Callable[[int, int], nn.Module] = ClipTextEncoder


VAE_OWNER = "tray"  # whose autoencoder all share that work on latents
SMALL_STEPS = 6_000  # of every net of a third of the size: equal, so that they can be compared
PIXEL_STEPS = 4_000
TINY = (16, 32)

FAMILY = {
    "tray": Model("the base", steps=10_000, channels=(64, 128)),
    "tray-weak": Model("a third of the base's size", steps=SMALL_STEPS),
    "tray-plain": Model("no curriculum, no attention supervision", steps=SMALL_STEPS, curriculum=False, supervision=0.0),
    "tray-eps": Model("predicts the noise over Stable Diffusion's own betas", steps=SMALL_STEPS, objective=Epsilon),
    "tray-flow": Model("flow matching", steps=SMALL_STEPS, objective=Flow),
    "tray-bag": Model("an order-blind text encoder", steps=SMALL_STEPS, text_encoder=BagOfWords),
    "tray-lcm": Model(
        "distilled from tray to four steps",
        steps=4_000,
        text_of="tray-weak",
        objective=Consistency,
        teacher="tray",
        begins_as="tray-weak",
    ),
    "tray-ladder": Model(
        "eight checkpoints of a tiny net, to watch abilities appear",
        steps=SMALL_STEPS,
        channels=TINY,
        text_of="tray",
        snapshots=(100, 250, 500, 1_000, 2_000, 3_000, 4_500, SMALL_STEPS),
    ),
    "tray-dit": Model(
        "a transformer on patches with joint attention",
        steps=SMALL_STEPS,
        channels=(96, 4),
        network=DiT,
        text_of="tray",
        objective=Flow,
        supervision=0.0,
    ),
    "clip": DualEncoder("a text encoder and a picture encoder in one space"),
    "tray-clip": Model("reads the text encoder of clip", steps=SMALL_STEPS, channels=TINY, text_of="clip"),
    "tray-boxes": Model("reads boxes with phrases", steps=SMALL_STEPS, channels=TINY, text_of="tray", boxes=True),
    "tray-recaptioned": Model(
        "full captions, which place every object",
        steps=SMALL_STEPS,
        channels=TINY,
        full_captions=True,
        curriculum=False,
    ),
    "tray-pixel": Model(
        "works on pixels, 64x64",
        steps=PIXEL_STEPS,
        channels=TINY,
        image=PIXELS,
        text_of="tray",
    ),
    "tray-local": Model(
        "works on pixels by convolutions alone",
        steps=PIXEL_STEPS,
        channels=TINY,
        network=partial(UNet, attention=False),
        image=PIXELS,
        text_of="tray",
        supervision=0.0,
    ),
    "vae-f4": Autoencoder("12 times fewer values", encoder=(24, 32), decoder=(48, 24)),
    "vae-f8": Autoencoder("48 times fewer values, what the others of the ladder are compared with"),
    "vae-f16": Autoencoder("192 times fewer values", encoder=(16, 24, 32, 32), decoder=(48, 32, 24, 16)),
    "vae-weak-kl": Autoencoder("hardly any KL term", divergence=1e-8),
    "vae-mse": Autoencoder("squared error alone", squared=True),
}
