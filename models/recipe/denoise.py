"""Teaches denoisers: text encoder and network together, or the network alone behind a text encoder that another owns."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from boxes import NO_BOXES, PositionNet, coverage
from clip import ClipTextEncoder
from data import MOST_OBJECTS, Scenes, WordTokenizer, count, to_state
from distil import consistency_loss
from family import FAMILY, Model
from gate import FEW, count_gate, order_gate
from objective import LEVELS
from optimise import DEVICE, half_precision, optimise, with_average
from supervision import attention_loss
from text_encoder import TEXT_DIM
from weights import read

UNET_PEAK, STUDENT_PEAK = 8e-4, 2e-4
BATCH = 64
CAPTION_DROPOUT = 0.12
CANONICAL_UNTIL, PLAIN_FROM, EVEN_FROM = 0.45, 0.6, 0.95
# What is learned last is drawn more often, and the noise at which it is decided: order first (scenes with a relation, at
# high noise), small counts from PLAIN_FROM on. From EVEN_FROM on scenes and levels are drawn evenly.
EXTRA_SCENES, EXTRA_LEVELS = 0.5, 0.5
ORDER_LEVELS, COUNT_LEVELS = (600, LEVELS), (350, 750)
GATE_STEPS = 250

Grounding = tuple[Tensor, Tensor, Tensor]  # phrase_embeds, boxes, masks, see PositionNet


class Denoiser(nn.Module):
    """A denoiser behind the text encoder that feeds it."""

    def __init__(self, model: Model, text_encoder: nn.Module):
        super().__init__()
        self.text_encoder = text_encoder
        self.unet = model.network(model.channels, model.image)
        self.position_net = PositionNet() if model.boxes else None

    def forward(self, x: Tensor, t: Tensor, ids: Tensor, grounding: Grounding | tuple = ()) -> Tensor:
        text = self.text_encoder(ids)
        if self.position_net is not None:
            text = torch.cat([text, self.position_net(*(grounding or no_boxes(len(ids), x.device)))], dim=1)
        return self.unet(x, t, text)


def no_boxes(batch: int, device: torch.device) -> Grounding:
    shapes = (batch, MOST_OBJECTS, TEXT_DIM), (batch, MOST_OBJECTS, 4), (batch, MOST_OBJECTS)
    return tuple(torch.zeros(shape, device=device) for shape in shapes)


def graph_of(name: str, part: str, models: Path) -> Path:
    graph = models / name / part / "model.onnx"
    if not graph.exists():
        sys.exit(f"{name} is wanted here, and there is no {graph}. Train {name} first.")
    return graph


def text_encoder(model: Model, scenes: Scenes, models: Path) -> nn.Module:
    """The model's own, untaught, or that of the model folder that it shares one with, which stays as it is."""
    size = len(scenes.tokenizer.ids), model.tokens
    if model.text_of is None:
        return model.text_encoder(*size)
    shared = read(FAMILY[model.text_of].text_encoder(*size), graph_of(model.text_of, "text_encoder", models))
    return (shared.text_model if isinstance(shared, ClipTextEncoder) else shared).requires_grad_(False)


@torch.no_grad()
def phrase_embeds(names: list[str], denoiser: Denoiser, tokenizer: WordTokenizer) -> Tensor:
    """The mean of the words' states, one row a phrase: [phrases, 128]."""
    ids = torch.tensor([tokenizer.encode(name) for name in names])
    states = denoiser.text_encoder(ids.to(next(denoiser.parameters()).device))
    return torch.stack([row[1 : 1 + len(name.split())].mean(dim=0) for name, row in zip(names, states)])


def canonical_share(progress: float) -> float:
    """All captions canonical up to 45 % of the steps, none from 60 % on.

    Which object stands left is the mention order XOR the relation word: each cue alone says nothing, so nothing pulls
    the net towards both. With one order only ("A left of B" for "B right of A") the order is learned first.
    """
    return min(1.0, max(0.0, (PLAIN_FROM - progress) / (PLAIN_FROM - CANONICAL_UNTIL)))


def train_denoiser(
    model: Model, scenes: Scenes, states: Tensor, steps: int, seed: int, checkpoint: Path, models: Path
) -> Denoiser:
    """`states`: what it shall draw of every scene, latents or pictures of bytes."""
    plain, canonical = scenes.captions(canonical=False), scenes.captions(canonical=True)
    masks, objective = scenes.masks(), model.objective()
    relations = torch.tensor([i for i, row in enumerate(scenes.rows) if row["kind"] == "relation"])
    few = torch.tensor([i for i, row in enumerate(scenes.rows) if row["kind"] == "count" and count(row) <= FEW])
    unconditional = torch.tensor(scenes.tokenizer.encode(""))
    gates = [] if model.full_captions else [gate(scenes, states, objective) for gate in (order_gate, count_gate)]
    torch.manual_seed(seed)
    denoiser = Denoiser(model, text_encoder(model, scenes, models)).to(DEVICE)
    placed = Placed(scenes, denoiser) if model.boxes else None
    for attention in denoiser.unet.cross_attentions():
        attention.record = model.supervision > 0

    def loss(denoiser: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        if step % GATE_STEPS == 0:
            print(f"at {step}: " + ", ".join(f"{gate.name} gate {gate(denoiser):+.3%}" for gate in gates), flush=True)
        uneven = model.curriculum and step < EVEN_FROM * steps
        extra, levels = (relations, ORDER_LEVELS) if step < PLAIN_FROM * steps else (few, COUNT_LEVELS)
        scene = torch.where(
            torch.rand(BATCH, generator=generator) < EXTRA_SCENES * uneven,
            extra[torch.randint(len(extra), (BATCH,), generator=generator)],
            torch.randint(len(states), (BATCH,), generator=generator),
        )
        rewrite = torch.rand(BATCH, 1, generator=generator) < canonical_share(step / steps) * model.curriculum
        dropped = torch.rand(BATCH, 1, generator=generator) < CAPTION_DROPOUT
        level = torch.where(
            torch.rand(BATCH, generator=generator) < EXTRA_LEVELS * uneven,
            torch.randint(*levels, (BATCH,), generator=generator),
            torch.randint(LEVELS, (BATCH,), generator=generator),
        )
        noise = torch.randn(BATCH, *states.shape[1:], generator=generator).to(DEVICE)
        ids = torch.where(rewrite, canonical.ids[scene], plain.ids[scene]).where(~dropped, unconditional)
        groups = torch.where(rewrite, canonical.groups[scene], plain.groups[scene]).where(~dropped, 0)
        covered, grounding = masks[scene].float() / 255, ()
        if placed is not None:
            without = dropped | (torch.rand(BATCH, 1, generator=generator) < NO_BOXES)
            *grounding, groups, covered = placed(scene, without, groups, covered)
        x0 = to_state(states[scene]).to(DEVICE)
        x, t = objective.mixed(x0, noise, level), objective.timesteps[level].to(DEVICE)
        with half_precision():
            predicted = denoiser(x, t, ids.to(DEVICE), tuple(grounding))
        error = F.mse_loss(predicted.float(), objective.target(x0, noise, level))
        if not model.supervision:
            return error, {"error": error.detach()}
        maps = [attention.probs for attention in denoiser.unet.cross_attentions()]
        attention = attention_loss(maps, groups.long().to(DEVICE), covered.to(DEVICE))
        return error + model.supervision * attention, {"error": error.detach(), "attention": attention.detach()}

    return optimise(
        denoiser, loss, steps=steps, peak=UNET_PEAK, seed=seed, checkpoint=checkpoint, snapshots=model.snapshots
    )


class Placed:
    """The boxes of scenes, and what attention is to make of them: each box's token looks at its box, and words, which would
    look at the same places, at nothing. Scenes that are shown without boxes keep the groups and masks of their words."""

    def __init__(self, scenes: Scenes, denoiser: Denoiser):
        self.objects = scenes.objects()
        self.embeds = phrase_embeds(self.objects.names, denoiser, scenes.tokenizer)

    def __call__(
        self, scene: Tensor, without: Tensor, groups: Tensor, covered: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """phrase_embeds, boxes and masks of the PositionNet; groups and masks of the attention loss."""
        phrases, boxes = self.objects.phrases[scene], self.objects.boxes[scene]
        there = (phrases >= 0) & ~without
        numbers = torch.arange(1, MOST_OBJECTS + 1) * there
        groups = torch.cat([groups.where(without, 0), numbers], dim=1)
        of_words = F.pad(covered, (0, 0, 0, 0, 0, MOST_OBJECTS - covered.shape[1]))
        covered = torch.where(without[:, :, None, None], of_words, coverage(boxes, there.float()))
        return self.embeds[phrases.clamp(min=0)], boxes.to(DEVICE), there.float().to(DEVICE), groups, covered


def train_student(
    model: Model, scenes: Scenes, latents: Tensor, steps: int, seed: int, checkpoint: Path, models: Path
) -> Denoiser:
    """Distil: the teacher, and the weights to begin with, are read from the model folders in `models`."""
    teacher = shipped(model.teacher, FAMILY[model.teacher], scenes, models).to(DEVICE)
    student = shipped(model.begins_as, model, scenes, models).to(DEVICE)
    unconditional = torch.tensor(scenes.tokenizer.encode(""))
    loss = consistency_loss(teacher, model.objective(), latents, scenes.captions(canonical=False), unconditional, DEVICE)
    return optimise(student, loss, steps=steps, peak=STUDENT_PEAK, seed=seed, checkpoint=checkpoint)


def shipped(name: str, model: Model, scenes: Scenes, models: Path) -> Denoiser:
    """A denoiser as `model` describes it, with the weights of the folder `name`."""
    denoiser = Denoiser(model, text_encoder(model, scenes, models))
    read(denoiser.unet, graph_of(name, "unet", models))
    if model.text_of is None:
        read(denoiser.text_encoder, graph_of(name, "text_encoder", models))
    return denoiser


def loaded(model: Model, scenes: Scenes, average: list[Tensor], models: Path) -> Denoiser:
    """The denoiser with the moving average of its weights at some step."""
    return with_average(Denoiser(model, text_encoder(model, scenes, models)), average).eval()
