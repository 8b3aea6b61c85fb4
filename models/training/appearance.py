"""Gives an object another colour or material while its shading stays.

The lightness of the source, stretched so that the object's body lies at one half, shades the new paint; what was dark
(tyres, windows, outlines) stays dark and highlights stay bright.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from guidance import luminance
from palette import COLOURS, mix, paint, pick, ramp, rgb, smooth, word
from textures import MATERIALS, PATTERNS, clouds, material, pattern


@dataclass
class Appearance:
    """What an object is to look like: kind is `original`, `colour`, `metal`, `material` or `pattern`."""

    kind: str
    name: str = ""


def random_appearance(random: np.random.RandomState) -> Appearance:
    choice = random.rand()
    if choice < 0.10:
        return Appearance("original")
    if choice < 0.78:
        return Appearance("colour", pick(random))
    if choice < 0.95:
        return Appearance("material", MATERIALS[random.randint(len(MATERIALS))])
    return Appearance("pattern", PATTERNS[random.randint(len(PATTERNS))])


def other_colour(random: np.random.RandomState) -> Appearance:
    """A source appearance: any colour, black and white more often since they contradict the target's lightness."""
    return Appearance("colour", ["black", "white", *COLOURS][random.randint(len(COLOURS) + 2)])


def _body(rgb_image: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, float]:
    """Lightness [H, W] stretched to the object's range with its median at one half; and the median before that."""
    light = luminance(rgb_image)
    chosen = light[inside] if inside.sum() > 20 else light.ravel()
    low, high = np.percentile(chosen, [2, 98])
    stretched = np.clip((light - low) / max(high - low, 0.10), 0, 1)
    if inside.sum() > 20:
        median = float(np.median(stretched[inside]))
    else:
        median = float(np.median(stretched))
    gamma = np.clip(np.log(0.5) / np.log(np.clip(median, 0.08, 0.92)), 0.4, 2.4)
    return stretched**gamma, median


def shade(texture: np.ndarray, light: np.ndarray) -> np.ndarray:
    """Shades a paint: below one half towards black, above towards a highlight."""
    light = light[..., None]
    texture = np.broadcast_to(texture, light.shape[:2] + (3,))
    dark = texture * np.clip(light / 0.5, 0, 1)
    bright = texture + (1 - texture) * np.clip((light - 0.5) / 0.5, 0, 1) * 0.6
    return np.where(light < 0.5, dark, bright).astype(np.float32)


def _coloured(random: np.random.RandomState, name: str, light: np.ndarray) -> np.ndarray:
    if name == "white":
        return (0.36 + 0.63 * light**0.8)[..., None] * paint(random, "white")
    if name == "black":
        value = 0.03 + 0.32 * light**1.3 + 0.25 * smooth(0.85, 1.0, light)
        return value[..., None] * rgb(236, 238, 246)
    if name == "gray":
        return (0.08 + 0.76 * light)[..., None] * rgb(205, 206, 210)
    if name == "golden":
        stops = [(0, (45, 25, 3)), (0.3, (142, 92, 14)), (0.5, (212, 160, 35)), (0.72, (250, 214, 90))]
        return ramp(light, stops + [(1, (255, 249, 205))])
    if name == "silver":
        stops = [(0, (27, 29, 34)), (0.3, (98, 103, 110)), (0.5, (168, 172, 180)), (0.65, (132, 137, 145))]
        return ramp(light, stops + [(0.8, (215, 218, 224)), (1, (255, 255, 255))])
    return shade(paint(random, name), 0.07 + 0.9 * light)


def repaint(
    random: np.random.RandomState, rgb_image: np.ndarray, alpha: np.ndarray, appearance: Appearance
) -> tuple[np.ndarray, str]:
    """The object [h, w, 3] in its new appearance, and the adjective for it (empty for the original)."""
    if appearance.kind == "original":
        return rgb_image, ""
    height, width = alpha.shape
    light, median = _body(rgb_image, alpha > 0.5)
    if appearance.kind == "colour":
        adjective = word(random, appearance.name)
        light = np.clip(light + 0.03 * clouds(random, height, width), 0, 1)
        painted = _coloured(random, appearance.name, light)
        keep = 1 - smooth(0.05, 0.22, light)
        if appearance.name == "white" and median < 0.3:
            keep = keep * 0.4
        painted = mix(painted, np.repeat((light * 0.9)[..., None], 3, axis=2), keep)
        return np.clip(painted, 0, 1), adjective
    if appearance.kind == "material":
        texture, adjective = material(random, appearance.name, height, width), appearance.name
    else:
        texture, adjective = pattern(random, appearance.name, height, width)
    return np.clip(shade(texture, 0.15 + 0.85 * (0.5 + (light - 0.5) * 0.85)), 0, 1), adjective
