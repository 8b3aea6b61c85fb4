"""UNet, ControlNet and text encoder with the module names (hence weight keys) of diffusers.

Shapes: latents [B, 24, h, w]; context [B, 24 tokens, 128]; pooled text [B, 128]; guidance image [B, 3, 4h, 4w].
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import nn

LATENT_CHANNELS = 24
BLOCK_CHANNELS = (32, 64, 96, 128)
HAS_ATTENTION = (False, False, True, True)
GUIDANCE_CHANNELS = (8, 16, 32)
CONTEXT = 128
HEADS = 4
GROUPS = 8
TIME = BLOCK_CHANNELS[0] * 4


class ResnetBlock2D(nn.Module):
    def __init__(self, channels_in: int, channels_out: int):
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, channels_in, 1e-5)
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, padding=1)
        self.time_emb_proj = nn.Linear(TIME, channels_out)
        self.norm2 = nn.GroupNorm(GROUPS, channels_out, 1e-5)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(channels_in, channels_out, 1) if channels_in != channels_out else None

    def forward(self, x: torch.Tensor, time: torch.Tensor) -> torch.Tensor:
        hidden = self.conv1(F.silu(self.norm1(x)))
        hidden = hidden + self.time_emb_proj(F.silu(time))[:, :, None, None]
        hidden = self.conv2(F.silu(self.norm2(hidden)))
        return hidden + (x if self.conv_shortcut is None else self.conv_shortcut(x))


class Attention(nn.Module):
    def __init__(self, channels: int, context: int):
        super().__init__()
        self.to_q = nn.Linear(channels, channels, bias=False)
        self.to_k = nn.Linear(context, channels, bias=False)
        self.to_v = nn.Linear(context, channels, bias=False)
        self.to_out = nn.ModuleList([nn.Linear(channels, channels), nn.Identity()])

    def forward(self, x: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        batch, length, channels = x.shape

        def heads(tensor: torch.Tensor) -> torch.Tensor:
            return tensor.view(batch, -1, HEADS, channels // HEADS).transpose(1, 2)

        query, key, value = heads(self.to_q(x)), heads(self.to_k(context)), heads(self.to_v(context))
        scores = query @ key.transpose(-1, -2) / math.sqrt(channels // HEADS)
        mixed = (scores.softmax(-1) @ value).transpose(1, 2).reshape(batch, length, channels)
        return self.to_out[0](mixed)


class GEGLU(nn.Module):
    def __init__(self, channels: int, inner: int):
        super().__init__()
        self.proj = nn.Linear(channels, inner * 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        value, gate = self.proj(x).chunk(2, dim=-1)
        return value * F.gelu(gate)


class FeedForward(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.net = nn.ModuleList([GEGLU(channels, channels * 4), nn.Identity(), nn.Linear(channels * 4, channels)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.net[2](self.net[0](x))


class BasicTransformerBlock(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.norm1 = nn.LayerNorm(channels)
        self.attn1 = Attention(channels, channels)
        self.norm2 = nn.LayerNorm(channels)
        self.attn2 = Attention(channels, CONTEXT)
        self.norm3 = nn.LayerNorm(channels)
        self.ff = FeedForward(channels)

    def forward(self, x: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        normed = self.norm1(x)
        x = x + self.attn1(normed, normed)
        x = x + self.attn2(self.norm2(x), context)
        return x + self.ff(self.norm3(x))


class Transformer2DModel(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, channels, 1e-6)
        self.proj_in = nn.Conv2d(channels, channels, 1)
        self.transformer_blocks = nn.ModuleList([BasicTransformerBlock(channels)])
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, x: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        batch, channels, height, width = x.shape
        hidden = self.proj_in(self.norm(x)).flatten(2).transpose(1, 2)
        hidden = self.transformer_blocks[0](hidden, context)
        return x + self.proj_out(hidden.transpose(1, 2).reshape(batch, channels, height, width))


class Downsample2D(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(x)


class Upsample2D(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class Stage(nn.Module):
    """One resolution: residual blocks, attention after each where asked, and optionally a change of resolution."""

    def __init__(self, channels: list[tuple[int, int]], attention: bool, down: bool = False, up: bool = False):
        super().__init__()
        self.resnets = nn.ModuleList([ResnetBlock2D(a, b) for a, b in channels])
        if attention:
            self.attentions = nn.ModuleList([Transformer2DModel(b) for _, b in channels])
        if down:
            self.downsamplers = nn.ModuleList([Downsample2D(channels[-1][1])])
        if up:
            self.upsamplers = nn.ModuleList([Upsample2D(channels[-1][1])])

    def layer(self, index: int, x: torch.Tensor, time: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        x = self.resnets[index](x, time)
        return self.attentions[index](x, context) if hasattr(self, "attentions") else x


class MidBlock(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.resnets = nn.ModuleList([ResnetBlock2D(channels, channels) for _ in range(2)])
        self.attentions = nn.ModuleList([Transformer2DModel(channels)])

    def forward(self, x: torch.Tensor, time: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        x = self.attentions[0](self.resnets[0](x, time), context)
        return self.resnets[1](x, time)


class TimestepEmbedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(BLOCK_CHANNELS[0], TIME)
        self.linear_2 = nn.Linear(TIME, TIME)

    def forward(self, timesteps: torch.Tensor) -> torch.Tensor:
        half = BLOCK_CHANNELS[0] // 2
        index = torch.arange(half, dtype=torch.float32, device=timesteps.device)
        angles = timesteps.float()[:, None] * torch.exp(-math.log(10000) * index / half)
        return self.linear_2(F.silu(self.linear_1(torch.cat([angles.cos(), angles.sin()], dim=1))))


class Encoder(nn.Module):
    """What UNet and ControlNet share: embeddings, the way down and the middle."""

    def __init__(self):
        super().__init__()
        self.conv_in = nn.Conv2d(LATENT_CHANNELS, BLOCK_CHANNELS[0], 3, padding=1)
        self.time_embedding = TimestepEmbedding()
        self.class_embedding = nn.Linear(CONTEXT, TIME)
        self.down_blocks = nn.ModuleList()
        self.skip_channels = [BLOCK_CHANNELS[0]]
        previous = BLOCK_CHANNELS[0]
        for level, channels in enumerate(BLOCK_CHANNELS):
            down = level + 1 < len(BLOCK_CHANNELS)
            self.down_blocks.append(Stage([(previous, channels)], HAS_ATTENTION[level], down=down))
            self.skip_channels += [channels] * (2 if down else 1)
            previous = channels
        self.mid_block = MidBlock(previous)

    def embed(self, timesteps: torch.Tensor, pooled: torch.Tensor) -> torch.Tensor:
        return self.time_embedding(timesteps) + self.class_embedding(pooled)

    def descend(
        self, x: torch.Tensor, time: torch.Tensor, context: torch.Tensor
    ) -> tuple[torch.Tensor, list[torch.Tensor]]:
        skips = [x]
        for block in self.down_blocks:
            x = block.layer(0, x, time, context)
            skips.append(x)
            if hasattr(block, "downsamplers"):
                x = block.downsamplers[0](x)
                skips.append(x)
        return self.mid_block(x, time, context), skips


class UNet(Encoder):
    def __init__(self):
        super().__init__()
        self.up_blocks = nn.ModuleList()
        skips = list(self.skip_channels)
        previous = BLOCK_CHANNELS[-1]
        for level in reversed(range(len(BLOCK_CHANNELS))):
            channels = BLOCK_CHANNELS[level]
            layers = [(previous + skips.pop(), channels), (channels + skips.pop(), channels)]
            self.up_blocks.append(Stage(layers, HAS_ATTENTION[level], up=level > 0))
            previous = channels
        self.conv_norm_out = nn.GroupNorm(GROUPS, previous, 1e-5)
        self.conv_out = nn.Conv2d(previous, LATENT_CHANNELS, 3, padding=1)

    def forward(
        self,
        x: torch.Tensor,
        timesteps: torch.Tensor,
        context: torch.Tensor,
        pooled: torch.Tensor,
        control: tuple[list[torch.Tensor], torch.Tensor] | None = None,
    ) -> torch.Tensor:
        time = self.embed(timesteps, pooled)
        x, skips = self.descend(self.conv_in(x), time, context)
        if control is not None:
            skips = [skip + extra for skip, extra in zip(skips, control[0])]
            x = x + control[1]
        for block in self.up_blocks:
            for index in range(len(block.resnets)):
                x = block.layer(index, torch.cat([x, skips.pop()], dim=1), time, context)
            if hasattr(block, "upsamplers"):
                x = block.upsamplers[0](x)
        return self.conv_out(F.silu(self.conv_norm_out(x)))


class ConditioningEmbedding(nn.Module):
    """Brings the guidance image to the latents' resolution: two stride-2 convolutions."""

    def __init__(self):
        super().__init__()
        self.conv_in = nn.Conv2d(3, GUIDANCE_CHANNELS[0], 3, padding=1)
        self.blocks = nn.ModuleList()
        for before, after in zip(GUIDANCE_CHANNELS, GUIDANCE_CHANNELS[1:]):
            self.blocks.append(nn.Conv2d(before, before, 3, padding=1))
            self.blocks.append(nn.Conv2d(before, after, 3, padding=1, stride=2))
        self.conv_out = nn.Conv2d(GUIDANCE_CHANNELS[-1], BLOCK_CHANNELS[0], 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.silu(self.conv_in(x))
        for block in self.blocks:
            x = F.silu(block(x))
        return self.conv_out(x)


class ControlNet(Encoder):
    def __init__(self):
        super().__init__()
        self.controlnet_cond_embedding = ConditioningEmbedding()
        self.controlnet_down_blocks = nn.ModuleList([nn.Conv2d(c, c, 1) for c in self.skip_channels])
        self.controlnet_mid_block = nn.Conv2d(BLOCK_CHANNELS[-1], BLOCK_CHANNELS[-1], 1)
        for convolution in [*self.controlnet_down_blocks, self.controlnet_mid_block]:
            nn.init.zeros_(convolution.weight)
            nn.init.zeros_(convolution.bias)

    def forward(
        self,
        x: torch.Tensor,
        timesteps: torch.Tensor,
        context: torch.Tensor,
        pooled: torch.Tensor,
        guidance: torch.Tensor,
        keep: torch.Tensor | None = None,
    ) -> tuple[list[torch.Tensor], torch.Tensor]:
        """Residuals for the UNet; `keep` [B] of 0 or 1 drops the guidance of single samples in training."""
        time = self.embed(timesteps, pooled)
        x = self.conv_in(x) + self.controlnet_cond_embedding(guidance)
        x, skips = self.descend(x, time, context)
        down = [convolution(skip) for convolution, skip in zip(self.controlnet_down_blocks, skips)]
        middle = self.controlnet_mid_block(x)
        if keep is not None:
            keep = keep.view(-1, 1, 1, 1)
            down, middle = [residual * keep for residual in down], middle * keep
        return down, middle


class TextModel(nn.Module):
    def __init__(self, vocabulary: int, length: int):
        super().__init__()
        self.embeddings = nn.Module()
        self.embeddings.token_embedding = nn.Embedding(vocabulary, CONTEXT)
        self.embeddings.position_embedding = nn.Embedding(length, CONTEXT)
        self.final_layer_norm = nn.LayerNorm(CONTEXT)
        nn.init.normal_(self.embeddings.token_embedding.weight)
        nn.init.normal_(self.embeddings.position_embedding.weight, std=0.1)


class TokenTextEncoder(nn.Module):
    """No transformer: layer-normalised token plus position for attention, and the sum of the words for the time path.

    A text transformer trained from scratch beside so small a UNet maps all prompts to one vector; this one cannot.
    """

    def __init__(self, vocabulary: int, length: int, start: int, end: int):
        super().__init__()
        self.text_model = TextModel(vocabulary, length)
        self.start, self.end = start, end

    def forward(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """ids [B, 24] to context [B, 24, 128] and pooled [B, 128]."""
        embeddings = self.text_model.embeddings
        tokens = embeddings.token_embedding(ids)
        context = self.text_model.final_layer_norm(tokens + embeddings.position_embedding.weight)
        content = ((ids != self.start) & (ids != self.end)).to(tokens.dtype)
        count = content.sum(1, keepdim=True).clamp(min=1)
        return context, (tokens * content[..., None]).sum(1) / count.sqrt()


class EmbeddedModel(nn.Module):
    """The three trained parts together."""

    def __init__(self, vocabulary: int, length: int, start: int, end: int):
        super().__init__()
        self.text_encoder = TokenTextEncoder(vocabulary, length, start, end)
        self.unet = UNet()
        self.controlnet = ControlNet()

    def forward(
        self,
        latents: torch.Tensor,
        timesteps: torch.Tensor,
        ids: torch.Tensor,
        guidance: torch.Tensor,
        keep: torch.Tensor | None = None,
    ) -> torch.Tensor:
        context, pooled = self.text_encoder(ids)
        control = self.controlnet(latents, timesteps, context, pooled, guidance, keep)
        return self.unet(latents, timesteps, context, pooled, control)
