"""The autoencoder: a fixed, orthonormal 4x4 DCT in an opponent colour space, scaled per channel.

It has no learned weights. Of the 48 numbers of a 4x4 RGB patch it keeps all 16 of luminance and the four lowest
frequencies of each of two chroma axes: 24 latent channels at a quarter of the resolution.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

PATCH = 4
LUMA_TERMS = 16
CHROMA_TERMS = 4
CHANNELS = LUMA_TERMS + 2 * CHROMA_TERMS
# Latent channels that hold a patch's mean: luminance and the two chroma axes.
MEAN_CHANNELS = (0, LUMA_TERMS, LUMA_TERMS + CHROMA_TERMS)


def dct_matrix() -> np.ndarray:
    """Orthonormal DCT-II matrix [frequency, position]."""
    frequency, position = np.mgrid[0:PATCH, 0:PATCH]
    matrix = np.cos(np.pi * (2 * position + 1) * frequency / (2 * PATCH)) * np.sqrt(2 / PATCH)
    matrix[0] /= np.sqrt(2)
    return matrix


def dct_order() -> list[tuple[int, int]]:
    """All (vertical, horizontal) frequencies, low ones first: the order of the channels of one colour axis."""
    frequencies = [(u, v) for u in range(PATCH) for v in range(PATCH)]
    return sorted(frequencies, key=lambda frequency: (sum(frequency), max(frequency), frequency))


def _opponent() -> np.ndarray:
    """Orthonormal colour axes [axis, rgb]: light, red against blue, green against both."""
    axes = np.array([[1.0, 1.0, 1.0], [1.0, 0.0, -1.0], [1.0, -2.0, 1.0]])
    return axes / np.linalg.norm(axes, axis=1, keepdims=True)


def basis() -> torch.Tensor:
    """Orthonormal filters [24, 3, 4, 4], low frequencies first within each colour axis."""
    dct, colour, order = dct_matrix(), _opponent(), dct_order()
    filters = []
    for axis, terms in enumerate((LUMA_TERMS, CHROMA_TERMS, CHROMA_TERMS)):
        for u, v in order[:terms]:
            filters.append(np.einsum("c,y,x->cyx", colour[axis], dct[u], dct[v]))
    return torch.from_numpy(np.array(filters, np.float32))


def scale_for(images: torch.Tensor) -> torch.Tensor:
    """Per-channel scale [24] from sample images [B, 3, H, W] in -1..1.

    The strongest channel gets unit deviation; weaker ones are lifted half-way (in the log) towards it, so that fine
    detail counts in the loss without drowning in noise.
    """
    deviation = F.conv2d(images, basis(), stride=PATCH).pow(2).mean((0, 2, 3)).sqrt()
    return (deviation * deviation[0]).rsqrt()


class Autoencoder:
    """Encodes [B, 3, H, W] pictures in -1..1 to [B, 24, H/4, W/4] latents and back."""

    def __init__(self, scale: torch.Tensor):
        self.encoder = basis() * scale.view(-1, 1, 1, 1)
        self.decoder = basis() / scale.view(-1, 1, 1, 1)

    def to(self, device: torch.device | str) -> "Autoencoder":
        self.encoder, self.decoder = self.encoder.to(device), self.decoder.to(device)
        return self

    def encode(self, images: torch.Tensor) -> torch.Tensor:
        return F.conv2d(images, self.encoder, stride=PATCH)

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        return F.conv_transpose2d(latents, self.decoder, stride=PATCH)
