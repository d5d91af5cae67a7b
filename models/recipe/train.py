"""Train a model of Daguerre: `python train.py tray`. The README beside this file says what it does and how long it takes."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import torch
from torch import Tensor

from autoencoder import encode, scaling_factor, shared_latents, train_rung, train_vae
from clip import Clip, contrastive_loss
from data import Scenes, ScenesError
from denoise import loaded, train_denoiser, train_student
from export import export, export_autoencoder, export_dual_encoder, sha256
from family import FAMILY, VAE_OWNER, Autoencoder, DualEncoder, Model
from optimise import DEVICE, optimise, store, with_average
from unet import PIXELS
from vae import VAE

REPOSITORY = Path(__file__).resolve().parents[2]
WORK = REPOSITORY / ".daguerre/train"
VAE_STEPS = 8_000
CLIP_PEAK = 1e-3


def whole(states: Tensor, scenes: Scenes, args: argparse.Namespace) -> Tensor:
    if len(states) != len(scenes):
        raise ScenesError(f"{args.work} belongs to {len(states)} other scenes; give another --work, or the scenes it belongs to")
    return states


def states_of(model: Model, name: str, scenes: Scenes, args: argparse.Namespace, models: Path) -> Tensor:
    """What the model shall draw of every scene, kept in a file of the work folder: latents or pictures."""
    if model.image == PIXELS:
        file = args.work / "pictures-64.pt"
        if not file.exists():
            store(scenes.halved(), file)
        return torch.load(file, weights_only=True)
    if name == VAE_OWNER:
        file = args.work / "latents.pt"
        if not file.exists():
            torch.manual_seed(args.seed)
            vae = train_vae(VAE(), scenes, args.vae_steps, args.seed, args.work / "vae.checkpoint")
            latents = encode(vae, scenes)
            store(vae.state_dict(), args.work / "vae.pt")
            store(latents, file)
        return torch.load(file, weights_only=True)
    encoder = models / VAE_OWNER / "vae_encoder/model.onnx"
    if not encoder.exists():
        sys.exit(f"{name} shares the autoencoder of {VAE_OWNER}, and there is no {encoder}. Train {VAE_OWNER} first.")
    return shared_latents(scenes, encoder, args.work / f"latents-{sha256(encoder)[:12]}.pt")


def load_vae(work: Path) -> VAE:
    """The whitened autoencoder."""
    vae = VAE()
    vae.load_state_dict(torch.load(work / "vae.pt", weights_only=True))
    return vae.eval()


def average_of(checkpoint: Path) -> list[Tensor]:
    """The moving average of the weights at the latest step, trained out or not."""
    return torch.load(checkpoint, weights_only=True)["average"]


def denoiser(name: str, model: Model, scenes: Scenes, out: Path, args: argparse.Namespace) -> dict[str, dict]:
    checkpoint, models = args.work / f"{name}.checkpoint", out.parent
    if not args.export_only:
        states = whole(states_of(model, name, scenes, args, models), scenes, args)
        steps = args.steps or model.steps
        train = train_student if model.teacher else train_denoiser
        train(model, scenes, states, steps, args.seed, checkpoint, models)
    averages = {out: average_of(checkpoint)}
    if model.snapshots:
        snapshots = {step: args.work / f"{name}-{step}.pt" for step in model.snapshots}
        averages = {
            out.with_name(f"{out.name}-{step:04}"): torch.load(file, weights_only=True)
            for step, file in snapshots.items()
            if file.exists()
        }
    vae = load_vae(args.work) if name == VAE_OWNER else None
    report = {}
    for folder, average in averages.items():
        net = loaded(model, scenes, average, models)
        figures = export(folder, model, net, vae, scenes.tokenizer)
        report |= {f"{folder.name}/{component}": of for component, of in figures.items()}
    return report


def autoencoder(name: str, spec: Autoencoder, scenes: Scenes, out: Path, args: argparse.Namespace) -> dict[str, dict]:
    if not args.export_only:
        train_rung(spec, scenes, args.steps or spec.steps, args.seed, args.work, name)
    vae = with_average(VAE(spec.encoder, spec.decoder), average_of(args.work / f"{name}.checkpoint")).eval()
    return export_autoencoder(out, vae, scaling_factor(vae, scenes))


def dual_encoder(name: str, spec: DualEncoder, scenes: Scenes, out: Path, args: argparse.Namespace) -> dict[str, dict]:
    checkpoint = args.work / f"{name}.checkpoint"
    torch.manual_seed(args.seed)
    clip = Clip(spec.text_encoder(len(scenes.tokenizer.ids), scenes.tokenizer.tokens))
    if not args.export_only:
        steps = args.steps or spec.steps
        loss = contrastive_loss(scenes, DEVICE)
        optimise(clip.to(DEVICE), loss, steps=steps, peak=CLIP_PEAK, seed=args.seed, checkpoint=checkpoint)
    return export_dual_encoder(out, with_average(clip.cpu(), average_of(checkpoint)).eval(), scenes.tokenizer)


RECIPES = {Model: denoiser, Autoencoder: autoencoder, DualEncoder: dual_encoder}


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Train a model of Daguerre. A run that was stopped goes on where it was.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="models, with their steps:\n"
        + "\n".join(f"  {name:16} {model.steps:6}  {model.about}" for name, model in FAMILY.items()),
    )
    parser.add_argument("model", choices=FAMILY, metavar="MODEL")
    parser.add_argument("--work", type=Path, default=WORK, help="scenes, latents and checkpoints of all models")
    parser.add_argument("--scenes", type=Path, help="what ./daguerre scenes drew (default: WORK/scenes)")
    parser.add_argument("--out", type=Path, help="the model folder to write (default: models/MODEL)")
    parser.add_argument("--steps", type=int, help="default: those of the model")
    parser.add_argument("--vae-steps", type=int, default=VAE_STEPS, help=f"of the autoencoder of {VAE_OWNER}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--export-only", action="store_true", help="export the latest checkpoint, trained out or not")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    folder = args.scenes or args.work / "scenes"
    if not (folder / "scenes.json").exists():
        sys.exit(f"{folder} has no scenes. Draw them: ./daguerre scenes --count 40000 --seed 1 --out {folder}")
    args.work.mkdir(parents=True, exist_ok=True)
    model = FAMILY[args.model]
    scenes = Scenes(folder, full=isinstance(model, Model) and model.full_captions)
    started = time.monotonic()
    report = RECIPES[type(model)](args.model, model, scenes, args.out or REPOSITORY / "models" / args.model, args)
    print(f"trained and written in {(time.monotonic() - started) / 60:.0f} minutes", flush=True)
    for component, figures in report.items():
        print(component, figures)


if __name__ == "__main__":
    try:
        main()
    except ScenesError as mistake:
        sys.exit(str(mistake))
    except KeyboardInterrupt:
        print("stopped: the same command goes on where it was", file=sys.stderr)
        sys.exit(130)
