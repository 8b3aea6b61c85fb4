"""Initial weights that carry the source's lightness straight from the guidance image to the UNet's output.

Learning to copy detail takes a small network most of its training. Instead the ControlNet starts out handing over the
16 DCT coefficients of every 4x4 patch of lightness, exactly what the autoencoder's luminance channels are, and the
UNet's last block adds them to its output: the untrained model predicts a grey copy of the source and only has to learn
what to change. SiLU is close to a straight line around a positive bias, so biases keep the path linear.
"""

from __future__ import annotations

import numpy as np
import torch

from autoencoder import PATCH, dct_order, dct_matrix
from networks import EmbeddedModel

TERMS = PATCH * PATCH
_BIAS = 6.0
_OUT_BIAS = 1.5
_OUT_SHARE = 0.3
_MIDDLE_GREY = 0.4
_NOISE_SHARE = 0.1


def patch_filters() -> torch.Tensor:
    """DCT filters of lightness [16, 4, 4] in the order of the latent channels."""
    matrix = dct_matrix()
    filters = np.array([np.outer(matrix[u], matrix[v]) for u, v in dct_order()], np.float32)
    return torch.from_numpy(filters)


def deviations(lightness: torch.Tensor) -> torch.Tensor:
    """Standard deviation [16] of every coefficient over lightness pictures [B, 1, H, W] in 0..1."""
    coefficients = torch.nn.functional.conv2d(lightness, patch_filters()[:, None], stride=PATCH)
    return coefficients.std((0, 2, 3)).clamp(min=1e-3)


def _one_tap(weight: torch.Tensor, bias: torch.Tensor, row: int, source: int, y: int, x: int, offset: float) -> None:
    """Makes output `row` equal to one input pixel plus an offset."""
    weight[row] = 0
    weight[row, source, y, x] = 1
    bias[row] = offset


def open_lightness_path(model: EmbeddedModel, deviation: torch.Tensor, scale: torch.Tensor) -> None:
    """Sets the weights; `deviation` [16] brings all coefficients to unit scale, `scale` [24] is the autoencoder's."""
    with torch.no_grad():
        _into_controlnet(model, deviation)
        _out_of_unet(model, deviation, scale[:TERMS])


def _into_controlnet(model: EmbeddedModel, deviation: torch.Tensor) -> None:
    embedding = model.controlnet.controlnet_cond_embedding
    first, full, to_half, half, to_quarter = embedding.conv_in, *embedding.blocks
    # The other channels stay as they are but do not read the biased ones.
    full.weight[1:, 0] = 0
    to_half.weight[4:, 0] = 0
    half.weight[4:, :4] = 0
    to_quarter.weight[TERMS:, :4] = 0
    embedding.conv_out.weight[TERMS:, :TERMS] = 0
    # Full resolution: channel 0 is lightness plus the bias.
    _one_tap(first.weight, first.bias, 0, 0, 1, 1, _BIAS)
    _one_tap(full.weight, full.bias, 0, 0, 1, 1, 0)
    # Half resolution: channels 0 to 3 are the four pixels of a 2x2 block; a quarter: 16 pixels of a 4x4 block.
    for index in range(4):
        _one_tap(to_half.weight, to_half.bias, index, 0, 1 + index // 2, 1 + index % 2, 0)
        _one_tap(half.weight, half.bias, index, index, 1, 1, 0)
    filters = patch_filters()
    out = embedding.conv_out
    out.weight[:TERMS] = 0
    out.bias[:TERMS] = 0
    for outer in range(4):
        for inner in range(4):
            row = outer * 4 + inner
            _one_tap(to_quarter.weight, to_quarter.bias, row, inner, 1 + outer // 2, 1 + outer % 2, 0)
            y, x = 2 * (outer // 2) + inner // 2, 2 * (outer % 2) + inner % 2
            out.weight[:TERMS, row, 1, 1] = filters[:, y, x] / deviation
    # The bias has travelled along; only the mean coefficient feels it. Middle grey becomes zero.
    travelled = torch.tensor(_BIAS + _MIDDLE_GREY)
    for _ in range(5):
        travelled = torch.nn.functional.silu(travelled)
    out.bias[0] = -travelled * PATCH / deviation[0]
    # Let the coefficients through to the UNet, with little of the noisy latents on top.
    model.controlnet.conv_in.weight[:TERMS] *= _NOISE_SHARE
    model.unet.conv_in.weight[:TERMS] *= _NOISE_SHARE
    through = model.controlnet.controlnet_down_blocks[0]
    through.weight.copy_(torch.eye(len(through.weight))[..., None, None])
    through.bias.zero_()


def _out_of_unet(model: EmbeddedModel, deviation: torch.Tensor, scale: torch.Tensor) -> None:
    last = model.unet.up_blocks[-1].resnets[-1]
    before = last.conv_shortcut.in_channels - len(model.controlnet.controlnet_down_blocks[0].weight)
    last.conv_shortcut.weight[:TERMS] = 0
    last.conv_shortcut.bias[:TERMS] = 0
    last.conv2.weight[:TERMS] *= _NOISE_SHARE
    norm, out = model.unet.conv_norm_out, model.unet.conv_out
    norm.weight[:TERMS], norm.bias[:TERMS] = _OUT_SHARE, _OUT_BIAS
    bias = torch.tensor(_OUT_BIAS)
    level = torch.nn.functional.silu(bias)
    slope = torch.sigmoid(bias) * (1 + bias * (1 - torch.sigmoid(bias)))
    # A picture spans -1..1, lightness 0..1, and grey is the diagonal of the RGB cube.
    amplitude = 2 * 3**0.5 * deviation * scale
    out.weight[:, :TERMS] = 0
    out.weight[:TERMS] = 0
    for term in range(TERMS):
        last.conv_shortcut.weight[term, before + term] = 1
        gain = amplitude[term] / (_OUT_SHARE * slope)
        out.weight[term, term, 1, 1] = gain
        out.bias[term] = -gain * level
    out.bias[0] += 3**0.5 * PATCH * (2 * _MIDDLE_GREY - 1) * scale[0]
