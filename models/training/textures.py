"""Noise fields and material textures."""

from __future__ import annotations

import cv2
import numpy as np

from palette import paint, pick, ramp, word

MATERIALS = ["wood", "stone", "marble", "ice", "brick", "lava", "fur", "grass"]
GROUNDS = ["snow", "sand"]
PATTERNS = ["striped", "checkered", "dotted"]
_FIELD = 256


def _soft_fields(random: np.random.RandomState) -> list[np.ndarray]:
    fields = []
    for _ in range(24):
        field = np.zeros((_FIELD, _FIELD), np.float32)
        for cells, weight in ((4, 1.0), (8, 0.6), (16, 0.4), (32, 0.25), (64, 0.15)):
            grid = random.randn(cells, cells).astype(np.float32)
            field += weight * cv2.resize(grid, (_FIELD, _FIELD), interpolation=cv2.INTER_CUBIC)
        fields.append((field - field.mean()) / field.std())
    return fields


def _grain_fields(random: np.random.RandomState) -> list[np.ndarray]:
    fields = []
    for sigma in (0.7, 1.0, 1.5, 2.0, 3.0):
        field = cv2.GaussianBlur(random.randn(_FIELD, _FIELD).astype(np.float32), (0, 0), sigma)
        fields.append(field / field.std())
    return fields


_SOFT = _soft_fields(np.random.RandomState(0))
_GRAIN = _grain_fields(np.random.RandomState(1))


def _window(random: np.random.RandomState, field: np.ndarray, height: int, width: int) -> np.ndarray:
    if height > _FIELD or width > _FIELD:
        field = cv2.resize(field, (max(width, _FIELD) + 1, max(height, _FIELD) + 1))
    y = random.randint(0, field.shape[0] - height + 1)
    x = random.randint(0, field.shape[1] - width + 1)
    return field[y : y + height, x : x + width]


def clouds(random: np.random.RandomState, height: int, width: int) -> np.ndarray:
    """Soft noise [H, W] of unit deviation."""
    return _window(random, _SOFT[random.randint(len(_SOFT))], height, width)


def grain(random: np.random.RandomState, height: int, width: int, size: int = 1) -> np.ndarray:
    """Fine noise [H, W] of unit deviation; size 0 (finest) to 4."""
    return _window(random, _GRAIN[size], height, width)


def material(random: np.random.RandomState, name: str, height: int, width: int) -> np.ndarray:
    """An evenly lit texture [H, W, 3] of a material."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    soft, fine = clouds(random, height, width), grain(random, height, width)
    if name == "wood":
        angle = random.uniform(-0.3, 0.3) + (np.pi / 2) * random.randint(2)
        rings = (y * np.cos(angle) + x * np.sin(angle)) / random.uniform(4, 9) + soft * 0.8
        value = 0.5 + 0.42 * np.sin(rings * 2.2) + 0.12 * fine
        return ramp(np.clip(value, 0, 1), [(0, (95, 58, 28)), (0.5, (150, 98, 52)), (1, (192, 137, 82))])
    if name == "stone":
        value = np.clip(0.5 + 0.2 * soft + 0.16 * fine, 0, 1)
        return ramp(value, [(0, (66, 64, 62)), (0.5, (128, 125, 120)), (1, (187, 184, 178))])
    if name == "marble":
        value = np.abs(np.sin(soft * 2.2 + x / 25))
        return ramp(value, [(0, (112, 112, 122)), (0.2, (214, 212, 211)), (1, (246, 244, 241))])
    if name == "ice":
        value = np.clip(0.5 + 0.3 * soft + 0.06 * fine, 0, 1)
        return ramp(value, [(0, (110, 180, 225)), (0.6, (186, 226, 245)), (1, (245, 252, 255))])
    if name == "brick":
        tall = random.randint(6, 11)
        row = y // tall
        along = x + (row % 2) * tall
        mortar = ((y % tall) < 1.5) | ((along % (2 * tall)) < 1.5)
        value = 0.5 + 0.25 * np.sin(row * 12.9 + (along // (2 * tall)) * 78.2) + 0.08 * fine
        texture = ramp(np.clip(value, 0, 1), [(0, (130, 45, 32)), (1, (190, 85, 60))])
        texture[mortar] = (0.78, 0.75, 0.70)
        return texture
    if name == "lava":
        value = np.clip(np.abs(soft) * 0.9, 0, 1)
        stops = [(0, (255, 235, 120)), (0.2, (255, 140, 20)), (0.45, (190, 35, 8)), (0.7, (45, 18, 14))]
        return ramp(value, stops + [(1, (25, 14, 14))])
    if name == "fur":
        hair = cv2.blur(np.ascontiguousarray(fine), (2, 9)) * 2
        value = np.clip(0.5 + 0.25 * hair + 0.12 * soft, 0, 1)
        return ramp(value, [(0, (88, 52, 26)), (0.5, (158, 105, 62)), (1, (220, 175, 125))])
    if name == "grass":
        value = np.clip(0.5 + 0.22 * fine + 0.15 * soft, 0, 1)
        return ramp(value, [(0, (24, 74, 18)), (0.5, (66, 140, 42)), (1, (140, 195, 80))])
    if name == "snow":
        value = np.clip(0.6 + 0.15 * soft + 0.05 * fine, 0, 1)
        return ramp(value, [(0, (190, 205, 225)), (1, (255, 255, 255))])
    if name == "sand":
        value = np.clip(0.5 + 0.15 * soft + 0.06 * fine + 0.1 * np.sin(y / 3 + soft), 0, 1)
        return ramp(value, [(0, (190, 140, 80)), (1, (242, 205, 145))])
    raise ValueError(name)


def pattern(
    random: np.random.RandomState, name: str, height: int, width: int
) -> tuple[np.ndarray, str]:
    """A two-coloured pattern [H, W, 3] and the words for it."""
    first, second = pick(random), pick(random)
    while second == first:
        second = pick(random)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    period = random.uniform(9, 18)
    if name == "striped":
        angle = random.choice([0, np.pi / 2, np.pi / 4])
        choose = ((x * np.cos(angle) + y * np.sin(angle)) % period) < period / 2
    elif name == "checkered":
        choose = ((x // (period / 1.5) + y // (period / 1.5)) % 2) < 1
    else:
        centre = period / 2
        choose = ((x % period - centre) ** 2 + (y % period - centre) ** 2) < (period * 0.3) ** 2
    texture = np.where(choose[..., None], paint(random, first), paint(random, second)).astype(np.float32)
    return texture, f"{word(random, first)} and {word(random, second)} {name}"
