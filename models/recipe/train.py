"""Train a model of Daguerre: `python train.py tray`. The README beside this file says what it does and how long it takes."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import onnxruntime
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from data import RELATION, Scenes, count, one_more, swapped, to_unit
from distil import consistency_loss
from export import export, sha256
from family import FAMILY, VAE_OWNER, Model
from objective import LEVELS, Objective
from optimise import optimise, store, with_average
from supervision import attention_loss
from unet import UNet
from vae import LATENT_CHANNELS, VAE
from weights import read

REPOSITORY = Path(__file__).resolve().parents[2]
WORK = REPOSITORY / ".daguerre/train"
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")

VAE_STEPS, VAE_PEAK = 8_000, 1e-3
FULL_PICTURES_FROM = 0.75  # of the steps: 64x64 crops before (their cost is a quarter), whole pictures after
UNET_PEAK, STUDENT_PEAK = 8e-4, 2e-4
BATCH = 64
CAPTION_DROPOUT = 0.12
CANONICAL_UNTIL, PLAIN_FROM, EVEN_FROM = 0.45, 0.6, 0.95
# What is learned last is drawn more often, and the noise at which it is decided: order first (scenes with a relation, at
# high noise), small counts from PLAIN_FROM on. From EVEN_FROM on scenes and levels are drawn evenly.
EXTRA_SCENES, EXTRA_LEVELS = 0.5, 0.5
ORDER_LEVELS, COUNT_LEVELS = (600, LEVELS), (350, 750)
FEW = 4
GATE_STEPS, GATE_SCENES = 250, 256


def half_precision() -> torch.autocast:
    return torch.autocast(DEVICE.type, torch.bfloat16)


class Denoiser(nn.Module):
    """The two networks that learn together."""

    def __init__(self, model: Model, vocabulary: int):
        super().__init__()
        self.text_encoder = model.text_encoder(vocabulary)
        self.unet = UNet(model.channels)

    def forward(self, x: Tensor, t: Tensor, ids: Tensor) -> Tensor:
        return self.unet(x, t, self.text_encoder(ids))


def train_vae(scenes: Scenes, steps: int, seed: int, checkpoint: Path) -> VAE:
    covered = scenes.masks().amax(dim=1, keepdim=True) > 0

    def loss(vae: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        batch, size = (32, 64) if step < FULL_PICTURES_FROM * steps else (8, 128)
        scene = torch.randint(len(scenes), (batch,), generator=generator)
        corner = 8 * torch.randint((128 - size) // 8 + 1, (batch, 2), generator=generator)
        crops, foreground = [], []
        for i, (top, left) in zip(scene.tolist(), corner.tolist()):
            crops.append(torch.from_numpy(scenes.picture(i)[top : top + size, left : left + size].copy()))
            foreground.append(covered[i, :, top // 8 : (top + size) // 8, left // 8 : (left + size) // 8])
        noise = torch.randn(batch, LATENT_CHANNELS, size // 8, size // 8, generator=generator)
        pixels = F.interpolate(torch.stack(foreground).float(), scale_factor=8)
        with half_precision():
            return vae.loss(to_unit(torch.stack(crops)).to(DEVICE), pixels.to(DEVICE), noise.to(DEVICE))

    torch.manual_seed(seed)
    return optimise(VAE().to(DEVICE), loss, steps=steps, peak=VAE_PEAK, seed=seed, checkpoint=checkpoint)


@torch.no_grad()
def encode(vae: VAE, scenes: Scenes) -> Tensor:
    """The means of all scenes' latents, brought to mean 0 and standard deviation 1 a channel, and the VAE with them."""
    latents = means_of(scenes, lambda pictures: vae.encoder(pictures.to(DEVICE)).cpu())
    mean, std = latents.mean(dim=(0, 2, 3)), latents.std(dim=(0, 2, 3))
    vae.whiten(mean.to(DEVICE), std.to(DEVICE))
    return (latents - mean[:, None, None]) / std[:, None, None]


def means_of(scenes: Scenes, encoder: Callable[[Tensor], Tensor]) -> Tensor:
    """The first half of what an encoder gives of every picture."""
    means = []
    for start in range(0, len(scenes), 100):
        if start % 2_000 == 0:
            print(f"latents {start}/{len(scenes)}", flush=True)
        pictures = [torch.from_numpy(scenes.picture(i).copy()) for i in range(start, min(start + 100, len(scenes)))]
        means.append(encoder(to_unit(torch.stack(pictures))).chunk(2, dim=1)[0])
    return torch.cat(means)


def shared_latents(scenes: Scenes, encoder: Path, file: Path) -> Tensor:
    """The means of all scenes' latents by the autoencoder of a model folder, which whitens them; kept in `file`."""
    if not file.exists():
        session = onnxruntime.InferenceSession(encoder, providers=["CPUExecutionProvider"])
        store(means_of(scenes, lambda pictures: torch.from_numpy(session.run(None, {"sample": pictures.numpy()})[0])), file)
    return torch.load(file, weights_only=True)


def canonical_share(progress: float) -> float:
    """All captions canonical up to 45 % of the steps, none from 60 % on.

    Which object stands left is the mention order XOR the relation word: each cue alone says nothing, so nothing pulls
    the net towards both. With one order only ("A left of B" for "B right of A") the order is learned first.
    """
    return min(1.0, max(0.0, (PLAIN_FROM - progress) / (PLAIN_FROM - CANONICAL_UNTIL)))


def train_denoiser(model: Model, scenes: Scenes, latents: Tensor, steps: int, seed: int, checkpoint: Path) -> Denoiser:
    plain, canonical = scenes.captions(canonical=False), scenes.captions(canonical=True)
    masks, objective = scenes.masks(), model.objective()
    relations = torch.tensor([i for i, row in enumerate(scenes.rows) if row["kind"] == "relation"])
    few = torch.tensor([i for i, row in enumerate(scenes.rows) if row["kind"] == "count" and count(row) <= FEW])
    unconditional = torch.tensor(scenes.tokenizer.encode(""))
    gates = order_gate(scenes, latents, objective), count_gate(scenes, latents, objective)

    def loss(denoiser: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        if step % GATE_STEPS == 0:
            print(f"at {step}: " + ", ".join(f"{gate.name} gate {gate(denoiser):+.3%}" for gate in gates), flush=True)
        uneven = model.curriculum and step < EVEN_FROM * steps
        extra, levels = (relations, ORDER_LEVELS) if step < PLAIN_FROM * steps else (few, COUNT_LEVELS)
        scene = torch.where(
            torch.rand(BATCH, generator=generator) < EXTRA_SCENES * uneven,
            extra[torch.randint(len(extra), (BATCH,), generator=generator)],
            torch.randint(len(latents), (BATCH,), generator=generator),
        )
        rewrite = torch.rand(BATCH, 1, generator=generator) < canonical_share(step / steps) * model.curriculum
        dropped = torch.rand(BATCH, 1, generator=generator) < CAPTION_DROPOUT
        level = torch.where(
            torch.rand(BATCH, generator=generator) < EXTRA_LEVELS * uneven,
            torch.randint(*levels, (BATCH,), generator=generator),
            torch.randint(LEVELS, (BATCH,), generator=generator),
        )
        noise = torch.randn(BATCH, *latents.shape[1:], generator=generator).to(DEVICE)
        ids = torch.where(rewrite, canonical.ids[scene], plain.ids[scene]).where(~dropped, unconditional)
        groups = torch.where(rewrite, canonical.groups[scene], plain.groups[scene]).where(~dropped, 0)
        x0 = latents[scene].to(DEVICE)
        with half_precision():
            predicted = denoiser(objective.mixed(x0, noise, level), objective.timesteps[level].to(DEVICE), ids.to(DEVICE))
        error = F.mse_loss(predicted.float(), objective.target(x0, noise, level))
        if not model.supervision:
            return error, {"error": error.detach()}
        maps = [attention.probs for attention in denoiser.unet.cross_attentions()]
        attention = attention_loss(maps, groups.long().to(DEVICE), masks[scene].to(DEVICE).float() / 255)
        return error + model.supervision * attention, {"error": error.detach(), "attention": attention.detach()}

    torch.manual_seed(seed)
    denoiser = Denoiser(model, len(scenes.index["vocabulary"])).to(DEVICE)
    for attention in denoiser.unet.cross_attentions():
        attention.record = model.supervision > 0
    return optimise(
        denoiser, loss, steps=steps, peak=UNET_PEAK, seed=seed, checkpoint=checkpoint, snapshots=model.snapshots
    )


def train_student(
    model: Model, scenes: Scenes, latents: Tensor, steps: int, seed: int, checkpoint: Path, models: Path
) -> Denoiser:
    """Distil: teacher and first weights are read from the model folders in `models`."""
    teacher, student = (read_denoiser(name, scenes, models).to(DEVICE) for name in (model.teacher, model.begins_as))
    unconditional = torch.tensor(scenes.tokenizer.encode(""))
    loss = consistency_loss(teacher, model.objective(), latents, scenes.captions(canonical=False), unconditional, DEVICE)
    return optimise(student, loss, steps=steps, peak=STUDENT_PEAK, seed=seed, checkpoint=checkpoint)


def read_denoiser(name: str, scenes: Scenes, models: Path) -> Denoiser:
    """The networks of a shipped model."""
    denoiser = Denoiser(FAMILY[name], len(scenes.index["vocabulary"]))
    for part, network in (("text_encoder", denoiser.text_encoder), ("unet", denoiser.unet)):
        graph = models / name / part / "model.onnx"
        if not graph.exists():
            sys.exit(f"{name} is wanted here, and there is no {graph}. Train {name} first.")
        read(network, graph)
    return denoiser


class Gate:
    """Does the network read what a caption says? By how much the error of x0 grows at a level when the caption is false.

    Needs no sampling. Order, at pure noise: below 0.15 % nothing is learned; a run that will learn left and right shows
    more than 1 % early.
    """

    def __init__(self, name: str, scenes: Scenes, latents: Tensor, chosen: list[int], falsified, objective: Objective, level: int):
        captions = [scenes.rows[i]["canonical"] for i in chosen]
        self.name, self.objective = name, objective
        self.level = torch.full((len(chosen),), level)
        self.x0 = latents[chosen].to(DEVICE)
        noise = torch.randn(self.x0.shape, generator=torch.Generator().manual_seed(0)).to(DEVICE)
        self.x = objective.mixed(self.x0, noise, self.level)
        self.true = torch.tensor([scenes.tokenizer.encode(c) for c in captions]).to(DEVICE)
        self.false = torch.tensor([scenes.tokenizer.encode(falsified(c)) for c in captions]).to(DEVICE)

    @torch.no_grad()
    def __call__(self, denoiser: nn.Module) -> float:
        true, false = (self._error(denoiser, ids) for ids in (self.true, self.false))
        return float(false / true - 1)

    def _error(self, denoiser: nn.Module, ids: Tensor) -> Tensor:
        with half_precision():
            predicted = denoiser(self.x, self.objective.timesteps[self.level].to(DEVICE), ids).float()
        return F.mse_loss(self.objective.denoised(self.x, predicted, self.level), self.x0)


def order_gate(scenes: Scenes, latents: Tensor, objective: Objective) -> Gate:
    chosen = [i for i, row in enumerate(scenes.rows) if RELATION.search(row["canonical"])][:GATE_SCENES]
    return Gate("order", scenes, latents, chosen, swapped, objective, LEVELS - 1)


def count_gate(scenes: Scenes, latents: Tensor, objective: Objective) -> Gate:
    """At level 600, where a number tells most: at pure noise it says little of any one place."""
    chosen = [i for i, row in enumerate(scenes.rows) if row["kind"] == "count" and 2 <= count(row) <= FEW][:GATE_SCENES]
    return Gate("count", scenes, latents, chosen, one_more, objective, 600)


def load_vae(work: Path) -> VAE:
    """The whitened autoencoder."""
    vae = VAE()
    vae.load_state_dict(torch.load(work / "vae.pt", weights_only=True))
    return vae.eval()


def load(model: Model, scenes: Scenes, checkpoint: Path) -> Denoiser:
    """The denoiser with the moving average of its latest checkpoint, trained out or not."""
    average = torch.load(checkpoint, weights_only=True)["average"]
    return with_average(Denoiser(model, len(scenes.index["vocabulary"])), average).eval()


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Train a model of Daguerre. A run that was stopped goes on where it was.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="models:\n" + "\n".join(f"  {name:12} {model.about}" for name, model in FAMILY.items()),
    )
    parser.add_argument("model", choices=FAMILY, metavar="MODEL")
    parser.add_argument("--work", type=Path, default=WORK, help="scenes, autoencoder, latents and checkpoints of all models")
    parser.add_argument("--scenes", type=Path, help="what ./daguerre scenes drew (default: WORK/scenes)")
    parser.add_argument("--out", type=Path, help="the model folder to write (default: models/MODEL)")
    parser.add_argument("--vae-steps", type=int, default=VAE_STEPS)
    parser.add_argument("--unet-steps", type=int, help="default: " + ", ".join(f"{m.steps} ({n})" for n, m in FAMILY.items()))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--export-only", action="store_true", help="export the latest checkpoint, trained out or not")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    out = args.out or REPOSITORY / "models" / args.model

    folder = args.scenes or args.work / "scenes"
    if not (folder / "scenes.json").exists():
        sys.exit(f"{folder} has no scenes. Draw them: ./daguerre scenes --count 40000 --seed 1 --out {folder}")
    scenes = Scenes(folder)
    args.work.mkdir(parents=True, exist_ok=True)
    model, checkpoint = FAMILY[args.model], args.work / f"{args.model}.checkpoint"
    if not args.export_only:
        started = time.monotonic()
        if args.model != VAE_OWNER:
            encoder = out.parent / VAE_OWNER / "vae_encoder/model.onnx"
            if not encoder.exists():
                sys.exit(f"{args.model} shares the autoencoder of {VAE_OWNER}, and there is no {encoder}. Train {VAE_OWNER} first.")
            latents = shared_latents(scenes, encoder, args.work / f"latents-{sha256(encoder)[:12]}.pt")
        elif not (args.work / "latents.pt").exists():
            vae = train_vae(scenes, args.vae_steps, args.seed, args.work / "vae.checkpoint")
            latents = encode(vae, scenes)
            store(vae.state_dict(), args.work / "vae.pt")
            store(latents, args.work / "latents.pt")
        else:
            latents = torch.load(args.work / "latents.pt", weights_only=True)
        steps = args.unet_steps or model.steps
        if model.teacher:
            train_student(model, scenes, latents, steps, args.seed, checkpoint, out.parent)
        else:
            train_denoiser(model, scenes, latents, steps, args.seed, checkpoint)
        print(f"trained in {(time.monotonic() - started) / 60:.0f} minutes", flush=True)
    denoiser = load(model, scenes, checkpoint)
    report = export(
        out,
        denoiser.text_encoder,
        denoiser.unet,
        load_vae(args.work) if args.model == VAE_OWNER else None,
        model.objective(),
        scenes.tokenizer.ids,
    )
    for component, figures in report.items():
        print(component, figures)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("stopped: the same command goes on where it was", file=sys.stderr)
        sys.exit(130)
