"""Reads what training goes on from: its own checkpoint, or the folder of an exported model."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch

import autoencoder
import safetensors_io
from tokenizer import Tokenizer

# Parts of the model and where an exported folder keeps their weights.
FILES = {
    "text_encoder": "text_encoder/model.safetensors",
    "unet": "unet/diffusion_pytorch_model.safetensors",
    "controlnet": "controlnet/diffusion_pytorch_model.safetensors",
}
VAE = "vae/diffusion_pytorch_model.safetensors"


def read(path: Path, device: str = "cpu") -> dict:
    """A checkpoint of train.py. A folder gives its weights for both model and average, and counts from zero."""
    if not path.is_dir():
        return torch.load(path, map_location=device)
    weights = {}
    for part, file in FILES.items():
        for name, value in safetensors_io.load(path / file).items():
            weights[f"{part}.{name}"] = value.float().to(device)
    # The filters are orthonormal but for the scale of each.
    filters = safetensors_io.load(path / VAE)["encoder.weight"].float()
    return {
        "model": weights,
        "average": weights,
        "optimiser": None,
        "merges": Tokenizer.load(path / "tokenizer").merges,
        "scale": (filters * autoencoder.basis()).sum((1, 2, 3)),
        "step": 0,
        "seen": 0,
    }


def with_words(state: dict, words: Iterable[str]) -> dict:
    """A state whose tokenizer knows `words` too: the token of a merged pair starts as the sum of both."""
    before = Tokenizer(state["merges"])
    after = before.extended(words)
    added = after.merges[len(before.merges) :]
    name = "text_encoder.text_model.embeddings.token_embedding.weight"
    grown = {}
    for part in ("model", "average"):
        table = state[part][name]
        rows = list(table[:-2])
        for left, right in added:
            rows.append(rows[after.vocabulary[left]] + rows[after.vocabulary[right]])
        grown[part] = {**state[part], name: torch.stack([*rows, *table[-2:]])}
    return {**state, **grown, "merges": after.merges}
