"""The luminance guidance image: what the ControlNet sees of the source picture.

The engine computes the same three channels at inference, so every constant here is part of the model
(it is written into controlnet/config.json by export.py).
"""

from __future__ import annotations

import cv2
import numpy as np

CANNY_LOW = 60
CANNY_HIGH = 132
HIGHPASS_SIGMA = 3.0
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def luminance(rgb: np.ndarray) -> np.ndarray:
    """Rec. 601 luma of an [H, W, 3] picture, in the picture's own range."""
    return (rgb @ _LUMA).astype(np.float32)


def edges(light: np.ndarray, low: float = CANNY_LOW, high: float = CANNY_HIGH) -> np.ndarray:
    """Canny edges (0 or 1) of a luminance image [H, W] in 0..1."""
    return cv2.Canny(np.clip(light * 255, 0, 255).astype(np.uint8), low, high).astype(np.float32) / 255


def highpass(light: np.ndarray) -> np.ndarray:
    """Contrast-normalised detail [H, W] in 0..1, one half where the picture is flat."""
    detail = light - cv2.GaussianBlur(light, (0, 0), HIGHPASS_SIGMA)
    spread = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), HIGHPASS_SIGMA)) + 0.05
    return np.clip(detail / spread, -2, 2) / 4 + 0.5


def guidance(light: np.ndarray) -> np.ndarray:
    """Guidance [3, H, W] of a luminance image [H, W] in 0..1, exactly as at inference."""
    light = light.astype(np.float32)
    return np.stack([light, edges(light), highpass(light)]).astype(np.float32)


def jittered(light: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    """Guidance for training: other tones and softness, so that the absolute lightness says little about the target."""
    light = light.astype(np.float32)
    low = random.uniform(35, 95)
    outline, detail = edges(light, low, low * 2.2), highpass(light)
    tone = np.clip(light, 0, 1) ** np.exp(random.uniform(-0.5, 0.5))
    offset = random.uniform(-0.06, 0.06) * (tone > 0.02)
    tone = np.clip((tone - 0.5) * random.uniform(0.75, 1.15) + 0.5, 0, 1) * (light > 0.004) + offset
    if random.rand() < 0.25:
        tone = cv2.GaussianBlur(tone, (0, 0), random.uniform(0.4, 1.1))
    if random.rand() < 0.3:
        tone = tone + random.randn(*tone.shape) * random.uniform(0, 0.03)
    return np.stack([np.clip(tone, 0, 1), outline, detail]).astype(np.float32)
