"""Builds tiny Stable-Diffusion-class pipelines with random weights from diffusers' own classes, exports them by optimum, and
records what diffusers draws with them: what FolderParityTest holds model folders against. Under Python 3.11:

    python -m venv VENV && VENV/bin/pip install -r kernel-ext/src/test/python/requirements-folders.txt
    VENV/bin/python kernel-ext/src/test/python/folder_fixtures.py DIR
    mvn -pl kernel-ext -am test -Dtest=FolderParityTest -Ddaguerre.folders=DIR -Ddaguerre.pages=write \
        -Dsurefire.failIfNoSpecifiedTests=false

Half precision is drawn twice, by torch in single precision (.single.npz) and by onnxruntime with the graphs of halves.
DIR/NAME is a model folder, DIR/NAME.json what was asked of it, DIR/NAME.schedulers/CLASS by which schedulers, and DIR/NAME.npz
the pictures, [n, H, W, 3] in 0..1. Names given after DIR are built alone. What fails is told in DIR/NAME.failed, and the run
goes on.
"""

import json
import logging
import math
import pathlib
import shutil
import sys
import traceback

import diffusers
import numpy as np
import onnx
import onnxruntime
import sentencepiece
import torch
import transformers
from optimum.exporters.onnx import main_export

PROMPTS = ["two red apples on a tray", "a green cup, left of seven pears"]
NEGATIVE = "blurry"
WORDS = (
    "two red apples on a tray a green cup left of seven pears blurry blue yellow white picture three balls under the table"
)


# ---- tokenizers ------------------------------------------------------------------------------------------------------


def clip_tokenizer(folder, pad=None):
    """CLIP's alphabet, with merges that spell the words of the prompts."""
    from transformers.models.clip.tokenization_clip import bytes_to_unicode

    alphabet = list(bytes_to_unicode().values())
    merges, pieces = [], []
    for word in dict.fromkeys(WORDS.split()):
        left = word[0]
        for i in range(1, len(word)):
            right = word[i] + ("</w>" if i == len(word) - 1 else "")
            if (left, right) not in merges:
                merges.append((left, right))
                pieces.append(left + right)
            left += right
    vocabulary = alphabet + [letter + "</w>" for letter in alphabet] + pieces + ["<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({piece: i for i, piece in enumerate(dict.fromkeys(vocabulary))}))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(map(" ".join, merges)) + "\n")
    more = {} if pad is None else {"pad_token": pad}
    return transformers.CLIPTokenizer(folder / "vocab.json", folder / "merges.txt", model_max_length=77, **more)


def t5_tokenizer(folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "words.txt").write_text("\n".join(WORDS.split()) + "\n" + WORDS + "\n")
    sentencepiece.SentencePieceTrainer.train(
        input=str(folder / "words.txt"),
        model_prefix=str(folder / "spiece"),
        vocab_size=60,
        model_type="unigram",
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    slow = transformers.T5Tokenizer(str(folder / "spiece.model"), extra_ids=0, model_max_length=512, legacy=True)
    slow.save_pretrained(folder / "slow")
    return transformers.T5TokenizerFast.from_pretrained(folder / "slow")


# ---- networks --------------------------------------------------------------------------------------------------------


def clip(tokenizer, width=32, projection=None, act="quick_gelu"):
    config = transformers.CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=3,
        num_attention_heads=4,
        hidden_act=act,
        projection_dim=projection or 512,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return (transformers.CLIPTextModelWithProjection if projection else transformers.CLIPTextModel)(config)


def t5(tokenizer, width):
    return transformers.T5EncoderModel(
        transformers.T5Config(
            vocab_size=len(tokenizer), d_model=width, d_kv=8, d_ff=2 * width, num_layers=2, num_heads=4, feed_forward_proj="gated-gelu"
        )
    )


def unet(**more):
    return diffusers.UNet2DConditionModel(
        **dict(
            sample_size=16,
            block_out_channels=(16, 32),
            layers_per_block=1,
            norm_num_groups=8,
            cross_attention_dim=32,
            attention_head_dim=4,
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        )
        | more
    )


def vae(**more):
    return diffusers.AutoencoderKL(
        **dict(
            block_out_channels=(8, 16),
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
            layers_per_block=1,
            norm_num_groups=4,
            latent_channels=4,
            sample_size=32,
        )
        | more
    )


def lively(*networks):
    """Fresh networks hardly look at their prompt; ten times the attention and double the output, and they do."""
    for network in networks:
        with torch.no_grad():
            for name, weights in network.named_parameters():
                if any(part in name for part in ("attn2.to_v", "attn2.to_out", "add_v_proj", "context_embedder", "add_embedding", "text_embedder", "timestep_embedder")):
                    weights.mul_(4)
                if name in ("conv_out.weight", "proj_out.weight"):
                    weights.mul_(2)


def latent_scheduler(cls, **more):
    return cls(**dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000) | more)


# ---- the families ----------------------------------------------------------------------------------------------------


def sd1(work):
    tokenizer = clip_tokenizer(work / "clip")
    return diffusers.StableDiffusionPipeline(
        vae=vae(scaling_factor=0.18215),
        text_encoder=clip(tokenizer),
        tokenizer=tokenizer,
        unet=unet(),
        scheduler=latent_scheduler(
            diffusers.PNDMScheduler, set_alpha_to_one=False, skip_prk_steps=True, steps_offset=1
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sd2(work):
    tokenizer = clip_tokenizer(work / "clip", pad="!")
    return diffusers.StableDiffusionPipeline(
        vae=vae(scaling_factor=0.18215),
        text_encoder=clip(tokenizer, act="gelu"),
        tokenizer=tokenizer,
        unet=unet(use_linear_projection=True, attention_head_dim=(2, 4)),
        scheduler=latent_scheduler(
            diffusers.DDIMScheduler,
            prediction_type="v_prediction",
            clip_sample=False,
            set_alpha_to_one=False,
            steps_offset=1,
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def turbo(work):
    pipeline = sd2(work)
    pipeline.scheduler = latent_scheduler(diffusers.EulerDiscreteScheduler, timestep_spacing="trailing")
    return pipeline


def sdxl(work):
    first, second = clip_tokenizer(work / "clip"), clip_tokenizer(work / "clip", pad="!")
    return diffusers.StableDiffusionXLPipeline(
        vae=vae(scaling_factor=0.13025),
        text_encoder=clip(first, 32),
        text_encoder_2=clip(second, 48, projection=24, act="gelu"),
        tokenizer=first,
        tokenizer_2=second,
        unet=unet(
            cross_attention_dim=80,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + 24,
            use_linear_projection=True,
        ),
        scheduler=latent_scheduler(diffusers.EulerDiscreteScheduler, timestep_spacing="leading", steps_offset=1),
    )


def lcm(work):
    tokenizer = clip_tokenizer(work / "clip")
    return diffusers.LatentConsistencyModelPipeline(
        vae=vae(scaling_factor=0.18215),
        text_encoder=clip(tokenizer),
        tokenizer=tokenizer,
        unet=unet(time_cond_proj_dim=32),
        scheduler=latent_scheduler(diffusers.LCMScheduler),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sd3(work):
    tokenizer = clip_tokenizer(work / "clip")
    second, third = clip_tokenizer(work / "clip", pad="!"), t5_tokenizer(work / "t5")
    return diffusers.StableDiffusion3Pipeline(
        transformer=diffusers.SD3Transformer2DModel(
            sample_size=16,
            patch_size=2,
            in_channels=4,
            out_channels=4,
            num_layers=2,
            attention_head_dim=8,
            num_attention_heads=4,
            joint_attention_dim=48,
            caption_projection_dim=32,
            pooled_projection_dim=32,
            pos_embed_max_size=32,
        ),
        vae=vae(scaling_factor=1.5305, shift_factor=0.0609, use_quant_conv=False, use_post_quant_conv=False),
        text_encoder=clip(tokenizer, 16, projection=16),
        tokenizer=tokenizer,
        text_encoder_2=clip(second, 24, projection=16, act="gelu"),
        tokenizer_2=second,
        text_encoder_3=t5(third, 48),
        tokenizer_3=third,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
    )


def flux(work, guidance_embeds=True):
    first, second = clip_tokenizer(work / "clip"), t5_tokenizer(work / "t5")
    dynamic = dict(use_dynamic_shifting=True, base_shift=0.5, max_shift=1.15, base_image_seq_len=256, max_image_seq_len=4096)
    return diffusers.FluxPipeline(
        transformer=diffusers.FluxTransformer2DModel(
            patch_size=1,
            in_channels=16,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=32,
            pooled_projection_dim=32,
            guidance_embeds=guidance_embeds,
            axes_dims_rope=(4, 4, 8),
        ),
        vae=vae(scaling_factor=0.3611, shift_factor=0.1159, use_quant_conv=False, use_post_quant_conv=False),
        text_encoder=clip(first, 32),
        tokenizer=first,
        text_encoder_2=t5(second, 32),
        tokenizer_2=second,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(
            **(dict(shift=3.0) | dynamic if guidance_embeds else dict(shift=1.0))
        ),
    )


def schnell(work):
    return flux(work, guidance_embeds=False)


PNDM, DDIM, EULER = "PNDMScheduler", "DDIMScheduler", "EulerDiscreteScheduler"
ANCESTRAL, DPM = "EulerAncestralDiscreteScheduler", "DPMSolverMultistepScheduler"
FLOW_EULER, FLOW_HEUN, UNIPC = "FlowMatchEulerDiscreteScheduler", "FlowMatchHeunDiscreteScheduler", "UniPCMultistepScheduler"

# The builder, the schedulers, steps and guidance scales. The pipeline of latent consistency models takes no scheduler but
# its own, that of Flux none without sigmas or flow sigmas, and none of these without dynamic shift.
FAMILIES = {
    "sd1": (sd1, (PNDM, DDIM, EULER, ANCESTRAL, DPM), 8, (1.0, 7.5)),
    "sd1-legacy": (sd1, (PNDM, DDIM, EULER), 8, (1.0, 7.5)),
    "sd1-fp16": (sd1, (PNDM, DDIM, EULER), 8, (1.0, 7.5)),
    "sd1-external": (sd1, (PNDM, DDIM, EULER), 8, (1.0, 7.5)),
    "sd2": (sd2, (DDIM, EULER, DPM), 8, (1.0, 5.0)),
    "turbo": (turbo, (EULER, ANCESTRAL, DDIM), 2, (1.0,)),
    "sdxl": (sdxl, (EULER, DDIM, DPM), 8, (1.0, 5.0)),
    "lcm": (lcm, ("LCMScheduler",), 4, (1.0, 8.5)),
    "sd3": (sd3, (FLOW_EULER, FLOW_HEUN, DPM), 8, (1.0, 7.0)),
    "flux": (flux, (FLOW_EULER, DPM, UNIPC), 8, (1.0, 3.5)),
    "schnell": (schnell, (FLOW_EULER,), 4, (1.0,)),
}


def scheduled(own, name):
    """A scheduler made of another's configuration, with what Stable Diffusion's files say besides; a flow stays one."""
    more = dict(clip_sample=False) if name == DDIM else {}
    if type(own).__name__ == FLOW_EULER and name in (DPM, UNIPC):
        more = dict(use_flow_sigmas=True, prediction_type="flow_prediction", flow_shift=own.config.shift)
    return getattr(diffusers, name).from_config(own.config, **more)


# ---- exporting -------------------------------------------------------------------------------------------------------


def export(name, pipeline, folder, work):
    torch_folder = work / "torch"
    pipeline.save_pretrained(torch_folder)
    if name == "sd1-legacy":
        legacy(pipeline, torch_folder, folder)
        return
    main_export(str(torch_folder), folder, task="text-to-image", do_validation=False, library_name="diffusers")
    for graph in folder.glob("*/model.onnx"):
        if name == "sd1-external":
            external(graph, "model.onnx_data")
        if name == "sd1-fp16":
            halve(graph)


def external(graph, data):
    model = onnx.load(graph)
    graph.unlink()
    onnx.save_model(model, graph, save_as_external_data=True, location=data, size_threshold=1024)


def halve(graph):
    """Half precision within, as optimum's --dtype fp16 makes it on a GPU; the exporter itself refuses to on a CPU."""
    from onnxruntime.transformers.float16 import convert_float_to_float16

    onnx.save(convert_float_to_float16(onnx.load(graph), keep_io_types=False), graph)


class Named(torch.nn.Module):
    def __init__(self, network, call):
        super().__init__()
        self.network, self.call = network, call

    def forward(self, *inputs):
        return self.call(self.network, *inputs)


def legacy(pipeline, source, folder):
    """The dialect of diffusers' scripts/convert_stable_diffusion_checkpoint_to_onnx.py: int32 ids, a timestep a picture, the
    U-Net's weights in weights.pb, the latents drawn within vae_encoder, and a config.json nowhere."""

    def save(component, network, call, inputs, names, outputs, axes):
        (folder / component).mkdir(parents=True)
        torch.onnx.export(
            Named(network, call).eval(),
            inputs,
            folder / component / "model.onnx",
            input_names=names,
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=14,
            dynamo=False,
        )

    batch = {0: "batch", 1: "channels", 2: "height", 3: "width"}
    save(
        "text_encoder",
        pipeline.text_encoder,
        lambda net, ids: tuple(net(ids, return_dict=False)),
        (torch.zeros(1, 77, dtype=torch.int32),),
        ["input_ids"],
        ["last_hidden_state", "pooler_output"],
        {"input_ids": {0: "batch", 1: "sequence"}},
    )
    save(
        "unet",
        pipeline.unet,
        lambda net, x, t, c: net(x, t, c, return_dict=False)[0],
        (torch.randn(2, 4, 16, 16), torch.randn(2), torch.randn(2, 77, 32)),
        ["sample", "timestep", "encoder_hidden_states"],
        ["out_sample"],
        {"sample": batch, "timestep": {0: "batch"}, "encoder_hidden_states": {0: "batch", 1: "sequence"}},
    )
    external(folder / "unet/model.onnx", "weights.pb")
    save(
        "vae_encoder",
        pipeline.vae,
        lambda net, x: net.encode(x, return_dict=False)[0].sample(),
        (torch.randn(1, 3, 32, 32),),
        ["sample"],
        ["latent_sample"],
        {"sample": batch},
    )
    save(
        "vae_decoder",
        pipeline.vae,
        lambda net, z: net.decode(z, return_dict=False)[0],
        (torch.randn(1, 4, 16, 16),),
        ["latent_sample"],
        ["sample"],
        {"latent_sample": batch},
    )
    shutil.copytree(source / "tokenizer", folder / "tokenizer")
    shutil.copytree(source / "scheduler", folder / "scheduler")
    runtime = ["diffusers", "OnnxRuntimeModel"]
    index = {
        "_class_name": "OnnxStableDiffusionPipeline",
        "_diffusers_version": diffusers.__version__,
        "feature_extractor": [None, None],
        "requires_safety_checker": False,
        "safety_checker": [None, None],
        "scheduler": ["diffusers", type(pipeline.scheduler).__name__],
        "text_encoder": runtime,
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": runtime,
        "vae_decoder": runtime,
        "vae_encoder": runtime,
    }
    (folder / "model_index.json").write_text(json.dumps(index, indent=2))


# ---- drawing ---------------------------------------------------------------------------------------------------------


def draw(pipeline, case):
    seeds = range(case["seed"], case["seed"] + case["count"])
    arguments = dict(
        prompt=case["prompt"],
        num_inference_steps=case["steps"],
        guidance_scale=case["guidance"],
        height=case["height"],
        width=case["width"],
        generator=[torch.Generator().manual_seed(seed) for seed in seeds],
        num_images_per_prompt=case["count"],
        output_type="np",
    )
    if case["negative"]:
        arguments["negative_prompt"] = case["negative"]
    return pipeline(**arguments).images.astype(np.float32)


def cases(name, schedulers, steps, scales):
    sizes = [(32, 32), (32, 48)]
    for i, scheduler in enumerate(schedulers):
        for scale in scales:
            guided = scale > 1 and name not in ("lcm", "flux", "schnell")
            for negative in ("", NEGATIVE) if guided else ("",):
                for count in (1, 2):
                    height, width = sizes[(i + count) % 2]
                    yield dict(
                        scheduler=scheduler,
                        prompt=PROMPTS[count - 1],
                        negative=negative,
                        steps=steps,
                        guidance=scale,
                        seed=7 + i,
                        count=count,
                        height=height,
                        width=width,
                    )


def by_graphs(pipeline, folder):
    """Lets onnxruntime's Python run the exported graphs in place of torch's networks, the state in single precision: what is
    left between this and Daguerre is not the precision of the networks."""

    def run(component, output):
        session = onnxruntime.InferenceSession(folder / component / "model.onnx", providers=["CPUExecutionProvider"])
        types = {"tensor(float16)": torch.half, "tensor(float)": torch.float, "tensor(int64)": torch.int64}
        ports = session.get_inputs()

        def call(*values):
            given = {port.name: torch.as_tensor(value) for port, value in zip(ports, values, strict=True)}
            for port in ports:
                shaped = given[port.name].expand(values[0].shape[0]) if len(port.shape) == 1 else given[port.name]
                given[port.name] = shaped.to(types[port.type]).numpy()
            return (torch.from_numpy(session.run([output], given)[0]).float(),)

        return call

    unet, encode, decode = run("unet", "out_sample"), run("text_encoder", "last_hidden_state"), run("vae_decoder", "sample")
    pipeline.unet.forward = lambda x, t, encoder_hidden_states, **_: unet(x, t, encoder_hidden_states)
    pipeline.text_encoder.forward = lambda ids, **_: encode(ids)
    pipeline.vae.decode = lambda latents, **_: decode(latents)


def record(name, out):
    build, schedulers, steps, scales = FAMILIES[name]
    work, folder = out / "work" / name, out / name
    for old in (work, folder):
        shutil.rmtree(old, ignore_errors=True)
    torch.manual_seed(5)
    pipeline = build(work)
    networks = {key: value for key, value in pipeline.components.items() if isinstance(value, torch.nn.Module)}
    lively(*networks.values())
    for network in networks.values():
        network.eval()
    pipeline.set_progress_bar_config(disable=True)
    own = pipeline.scheduler
    asked, pictures = [], {}
    for i, case in enumerate(cases(name, schedulers, steps, scales)):
        pipeline.scheduler = scheduled(own, case["scheduler"])
        pipeline.scheduler.save_config(out / f"{name}.schedulers" / case["scheduler"])
        pictures[str(i)] = draw(pipeline, case)
        other = case | {"prompt": PROMPTS[case["count"] % 2]}
        # how far another prompt is from this one: a comparison that does not see the prompt shows nothing
        case["other_prompt"] = float(np.abs(draw(pipeline, other) - pictures[str(i)]).mean())
        asked.append(case)
    pipeline.scheduler = own
    (out / f"{name}.json").write_text(json.dumps(asked, indent=1))
    np.savez(out / f"{name}.npz", **pictures)
    (out / f"{name}.failed").unlink(missing_ok=True)
    export(name, pipeline, folder, work)
    if name == "sd1-fp16":
        (out / f"{name}.npz").rename(out / f"{name}.single.npz")
        by_graphs(pipeline, folder)
        for i, case in enumerate(asked):
            pipeline.scheduler = scheduled(own, case["scheduler"])
            pictures[str(i)] = draw(pipeline, case)
        np.savez(out / f"{name}.npz", **pictures)
    print(name, "exported;", len(asked), "cases; another prompt is", f"{min(c['other_prompt'] for c in asked):.1e} away or more")


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    logging.disable(logging.WARNING)
    for name in sys.argv[2:] or FAMILIES:
        try:
            record(name, out)
        except Exception as error:
            (out / f"{name}.failed").write_text(f"{type(error).__name__}: {error}\n")
            traceback.print_exc()


if __name__ == "__main__":
    main()
