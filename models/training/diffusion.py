"""Noise schedule, training noise and the DDIM sampler: `sample` prediction with zero terminal signal-to-noise ratio."""

from __future__ import annotations

import torch

from networks import EmbeddedModel

TRAIN_STEPS = 1000
BETA_START, BETA_END = 0.00085, 0.012


def cumulative_alphas() -> torch.Tensor:
    """Signal share [1000] of the scaled-linear schedule, shifted and stretched so that the last step is pure noise."""
    betas = torch.linspace(BETA_START**0.5, BETA_END**0.5, TRAIN_STEPS, dtype=torch.float64) ** 2
    root = torch.cumprod(1 - betas, 0).sqrt()
    root = (root - root[-1]) * root[0] / (root[0] - root[-1])
    return (root**2).float()


def add_noise(clean: torch.Tensor, noise: torch.Tensor, alphas: torch.Tensor) -> torch.Tensor:
    """Noised latents for per-sample signal shares `alphas` [B]."""
    alphas = alphas.view(-1, 1, 1, 1)
    return alphas.sqrt() * clean + (1 - alphas).sqrt() * noise


def trailing_timesteps(steps: int) -> list[int]:
    """Timesteps from 999 downwards, ending above zero."""
    return [int(round(TRAIN_STEPS - index * TRAIN_STEPS / steps)) - 1 for index in range(steps)]


@torch.no_grad()
def sample(
    model: EmbeddedModel,
    ids: torch.Tensor,
    empty: torch.Tensor,
    guidance: torch.Tensor,
    noise: torch.Tensor,
    steps: int = 6,
    guidance_scale: float = 2.0,
    source: torch.Tensor | None = None,
    strength: float = 1.0,
) -> torch.Tensor:
    """Deterministic DDIM from `noise` [B, 24, h, w], or from noised `source` latents where strength is below one.

    ids [B, 24] is the prompt, empty [1, 24] the unconditional one, guidance [B, 3, 4h, 4w] the guidance image.
    """
    shares = cumulative_alphas()
    schedule = trailing_timesteps(steps)
    if source is None:
        latents = noise
    else:
        schedule = schedule[steps - min(int(steps * strength), steps) :]
        latents = add_noise(source, noise, shares[schedule[0]].repeat(len(noise)))
    batch = len(latents)
    both_ids = torch.cat([ids, empty.expand(batch, -1)])
    both_guidance = torch.cat([guidance, guidance])
    for index, timestep in enumerate(schedule):
        share = shares[timestep]
        following = shares[schedule[index + 1]] if index + 1 < len(schedule) else torch.tensor(1.0)
        times = torch.full((2 * batch,), timestep)
        prompted, free = model(torch.cat([latents, latents]), times, both_ids, both_guidance).chunk(2)
        clean = free + guidance_scale * (prompted - free)
        noise = (latents - share.sqrt() * clean) / (1 - share).sqrt().clamp(min=1e-4)
        latents = following.sqrt() * clean + (1 - following).sqrt() * noise
    return latents
