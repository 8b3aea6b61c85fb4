"""Writes a checkpoint as a Stable Diffusion 1.x family model folder in diffusers' layout, with golden values.

    python3 export.py --checkpoint DIR/checkpoint.pt --out models/embedded

All weights are rounded to fp16. golden.safetensors holds inputs and outputs computed in fp32 from the rounded weights,
for the engine's tests.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch

import autoencoder
import checkpoints
import diffusion
import guidance
import networks
import safetensors_io
from tokenizer import LENGTH, Tokenizer

# What looks best by evaluate.py and by eye.
DEFAULTS = {
    "steps": 4,
    "guidance_scale": 1.5,
    "scene_guidance_scale": 1.25,
    "strength": 0.85,
    "working_size": 256,
}
_GOLDEN_PROMPT = "a red car"
_GOLDEN_SIDE = 64


def load(checkpoint: Path) -> tuple[networks.EmbeddedModel, Tokenizer, torch.Tensor, dict]:
    """The averaged model rounded to fp16 (kept in fp32), its tokenizer, the autoencoder's scale, and the raw state."""
    state = checkpoints.read(checkpoint)
    tokenizer = Tokenizer(state["merges"])
    model = networks.EmbeddedModel(len(tokenizer.vocabulary), LENGTH, tokenizer.start, tokenizer.end)
    model.load_state_dict({name: value.half().float() for name, value in state["average"].items()})
    return model.eval(), tokenizer, state["scale"], state


def rounded_coder(scale: torch.Tensor) -> autoencoder.Autoencoder:
    coder = autoencoder.Autoencoder(scale)
    coder.encoder, coder.decoder = coder.encoder.half().float(), coder.decoder.half().float()
    return coder


def _unet_like(class_name: str) -> dict:
    down = ["CrossAttnDownBlock2D" if a else "DownBlock2D" for a in networks.HAS_ATTENTION]
    return {
        "_class_name": class_name,
        "in_channels": networks.LATENT_CHANNELS,
        "block_out_channels": list(networks.BLOCK_CHANNELS),
        "layers_per_block": 1,
        "down_block_types": down,
        "norm_num_groups": networks.GROUPS,
        "norm_eps": 1e-5,
        "cross_attention_dim": networks.CONTEXT,
        "attention_head_dim": networks.HEADS,
        "class_embed_type": "simple_projection",
        "projection_class_embeddings_input_dim": networks.CONTEXT,
        "flip_sin_to_cos": True,
        "freq_shift": 0,
        "act_fn": "silu",
    }


def _configurations(vocabulary: int) -> dict[str, dict]:
    up = ["CrossAttnUpBlock2D" if a else "UpBlock2D" for a in reversed(networks.HAS_ATTENTION)]
    unet = {**_unet_like("UNet2DConditionModel"), "out_channels": networks.LATENT_CHANNELS, "up_block_types": up}
    controlnet = {
        **_unet_like("ControlNetModel"),
        "conditioning_channels": 3,
        "conditioning_embedding_out_channels": list(networks.GUIDANCE_CHANNELS),
        "guidance": {
            "type": "luminance",
            "canny_low": guidance.CANNY_LOW,
            "canny_high": guidance.CANNY_HIGH,
            "highpass_sigma": guidance.HIGHPASS_SIGMA,
        },
    }
    return {
        "model_index.json": {
            "_class_name": "StableDiffusionControlNetPipeline",
            "text_encoder": ["stablevideo", "TokenTextEncoder"],
            "tokenizer": ["transformers", "CLIPTokenizer"],
            "unet": ["diffusers", "UNet2DConditionModel"],
            "controlnet": ["diffusers", "ControlNetModel"],
            "vae": ["stablevideo", "DctAutoencoder"],
            "scheduler": ["diffusers", "DDIMScheduler"],
            "stablevideo": {"name": "embedded", "version": "1", **DEFAULTS},
        },
        "text_encoder/config.json": {
            "_class_name": "TokenTextEncoder",
            "hidden_size": networks.CONTEXT,
            "vocab_size": vocabulary,
            "max_position_embeddings": LENGTH,
            "layer_norm_eps": 1e-5,
        },
        "unet/config.json": unet,
        "controlnet/config.json": controlnet,
        "vae/config.json": {
            "_class_name": "DctAutoencoder",
            "patch_size": autoencoder.PATCH,
            "in_channels": 3,
            "latent_channels": autoencoder.CHANNELS,
            "scaling_factor": 1.0,
        },
        "scheduler/scheduler_config.json": {
            "_class_name": "DDIMScheduler",
            "beta_schedule": "scaled_linear",
            "beta_start": diffusion.BETA_START,
            "beta_end": diffusion.BETA_END,
            "num_train_timesteps": diffusion.TRAIN_STEPS,
            "prediction_type": "sample",
            "rescale_betas_zero_snr": True,
            "timestep_spacing": "trailing",
            "clip_sample": False,
            "set_alpha_to_one": True,
            "steps_offset": 0,
        },
    }


def _halved(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.half() for name, value in module.state_dict().items()}


@torch.no_grad()
def golden(model: networks.EmbeddedModel, tokenizer: Tokenizer, coder: autoencoder.Autoencoder) -> dict:
    """Inputs and outputs of every part and of one whole sampling loop."""
    generator = torch.Generator().manual_seed(7)
    side = _GOLDEN_SIDE
    y, x = np.mgrid[0:side, 0:side] / side
    picture = np.stack([0.2 + 0.6 * x, 0.8 - 0.5 * y, 0.5 + 0.4 * np.sin(9 * x * y)], axis=-1).astype(np.float32)
    picture[20:44, 16:48] *= 0.4
    control = torch.from_numpy(guidance.guidance(guidance.luminance(picture)))[None]
    ids = torch.tensor([tokenizer.encode(""), tokenizer.encode(_GOLDEN_PROMPT)])
    hidden, pooled = model.text_encoder(ids)
    noisy = torch.randn(1, autoencoder.CHANNELS, side // 4, side // 4, generator=generator)
    timestep = torch.tensor([499])
    residuals = model.controlnet(noisy, timestep, hidden[1:], pooled[1:], control)
    image = torch.from_numpy(picture).permute(2, 0, 1)[None] * 2 - 1
    latent = coder.encode(image)
    noise = torch.randn(noisy.shape, generator=generator)
    return {
        "text.ids": ids,
        "text.hidden": hidden,
        "text.pooled": pooled,
        "control": control,
        "unet.sample": noisy,
        "unet.timestep": timestep,
        "unet.out": model.unet(noisy, timestep, hidden[1:], pooled[1:], residuals),
        "vae.image": image,
        "vae.latent": latent,
        "vae.decoded": coder.decode(latent),
        "loop.noise": noise,
        "loop.out": diffusion.sample(model, ids[1:], ids[:1], control, noise, steps=6, guidance_scale=2.0),
        "loop.timesteps": torch.tensor(diffusion.trailing_timesteps(6)),
    }


def export(checkpoint: Path, out: Path) -> None:
    model, tokenizer, scale, state = load(checkpoint)
    coder = rounded_coder(scale)
    for name, content in _configurations(len(tokenizer.vocabulary)).items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    tokenizer.save(out / "tokenizer")
    for part, file in checkpoints.FILES.items():
        safetensors_io.save(out / file, _halved(getattr(model, part)))
    vae = {"encoder.weight": coder.encoder.half(), "decoder.weight": coder.decoder.half()}
    safetensors_io.save(out / checkpoints.VAE, vae)
    safetensors_io.save(out / "golden.safetensors", golden(model, tokenizer, coder))
    size = sum(path.stat().st_size for path in out.rglob("*.safetensors"))
    print(f"{out}: {state['step']} steps, {state['seen']} samples, {size / 1e6:.1f} MB of weights")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    export(arguments.checkpoint, arguments.out)


if __name__ == "__main__":
    main()
