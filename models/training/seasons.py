"""Turns a photograph into another season, place, weather or time of day.

Everything works on a picture [H, W, 3] in 0..1 and three soft masks found in it: plants, sky and the lower ground.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from appearance import shade
from guidance import luminance
from palette import mix, ramp, rgb, smooth
from textures import clouds, grain

PLACES = ["summer", "spring", "autumn", "winter", "desert", "mars"]
TIMES = ["day", "sunset", "night", "fog", "rain"]
STYLES = ["black and white", "sepia", "underwater", "cartoon"]


@dataclass
class Regions:
    """Soft masks [H, W] in 0..1, and the vertical position of every pixel."""

    plants: np.ndarray
    sky: np.ndarray
    height: np.ndarray


def regions(photo: np.ndarray) -> Regions:
    """Finds plants by their green excess, and sky as what is smooth, bright or blue and touches the top."""
    light = luminance(photo)
    red, green, blue = photo[..., 0], photo[..., 1], photo[..., 2]
    excess = np.minimum(green - red * 0.98, (green - blue) * 0.6) + 0.015
    plants = smooth(0.0, 0.09, excess) * smooth(0.04, 0.12, light)
    rough = np.abs(cv2.Laplacian(cv2.GaussianBlur(light, (0, 0), 1), cv2.CV_32F))
    flat = cv2.GaussianBlur(rough, (0, 0), 2.5) < 0.02
    rows = photo.shape[0]
    height = np.broadcast_to(np.linspace(0, 1, rows, dtype=np.float32)[:, None], light.shape)
    bright = (light > 0.55) | ((blue > red * 1.08) & (light > 0.3))
    candidates = flat & bright & (blue >= red - 0.03) & (height < 0.7) & (plants < 0.4)
    _, labels = cv2.connectedComponents(candidates.astype(np.uint8))
    sky = np.zeros(light.shape, np.float32)
    for label in np.unique(labels[: max(1, rows // 32)]):
        if label and (labels == label).sum() > 0.02 * light.size:
            sky[labels == label] = 1
    sky = cv2.GaussianBlur(sky, (0, 0), 1.2)
    return Regions(plants * (1 - sky), sky, height)


def _stretched(light: np.ndarray, mask: np.ndarray) -> np.ndarray:
    chosen = light[mask > 0.5]
    low, high = np.percentile(chosen if chosen.size > 60 else light, [3, 97])
    return np.clip((light - low) / max(high - low, 0.12), 0, 1)


def _sky(height: np.ndarray, top: tuple[int, int, int], bottom: tuple[int, int, int]) -> np.ndarray:
    return mix(rgb(*top), rgb(*bottom), np.clip(height * 1.8, 0, 1)[..., None])


def _winter(random, photo, light, ground, found) -> np.ndarray:
    grey = np.repeat(light[..., None], 3, axis=2)
    out = mix(photo, grey * rgb(238, 245, 255) * 1.02, 0.65)
    snow = (0.5 + 0.5 * ground**0.8)[..., None] * rgb(242, 247, 255)
    low = smooth(0.25, 0.75, found.height + 0.08 * clouds(random, *light.shape)) * (1 - found.sky)
    cover = 0.92 * found.plants + 0.8 * low * (1 - found.plants) + 0.28 * (1 - found.sky)
    out = mix(out, snow, np.clip(cover, 0, 0.96) * random.uniform(0.88, 1))
    out = mix(out, _sky(found.height, (196, 210, 228), (232, 238, 245)), 0.78 * found.sky)
    if random.rand() < 0.3:
        flakes = cv2.GaussianBlur((random.rand(*light.shape) > 0.988).astype(np.float32), (0, 0), 0.7)
        out = mix(out, rgb(252, 253, 255), np.clip(flakes * 2.2, 0, 0.9))
    return out


def _autumn(random, photo, light, ground, found) -> np.ndarray:
    hue = np.clip(0.5 + 0.33 * clouds(random, *light.shape), 0, 1)
    stops = [(0, (190, 45, 22)), (0.35, (218, 95, 20)), (0.65, (230, 152, 30)), (1, (208, 178, 58))]
    leaves = shade(ramp(hue, stops), 0.12 + 0.8 * _stretched(light, found.plants))
    out = mix(photo, leaves, 0.94 * found.plants)
    low = smooth(0.25, 0.75, found.height) * (1 - found.sky)
    brown = shade(rgb(172, 108, 50), 0.1 + 0.8 * ground)
    out = mix(out, brown, (0.4 * low + 0.3 * (1 - found.sky)) * (1 - found.plants))
    return mix(out, rgb(216, 214, 203), 0.3 * found.sky)


def _summer(random, photo, light, ground, found) -> np.ndarray:
    hue = np.clip(0.5 + 0.3 * clouds(random, *light.shape), 0, 1)
    leaves = mix(rgb(48, 135, 38), rgb(95, 170, 50), hue[..., None])
    out = mix(photo, shade(leaves, 0.08 + 0.82 * _stretched(light, found.plants)), 0.8 * found.plants)
    out = np.clip(mix(luminance(out)[..., None], out, 1.25), 0, 1)
    out = mix(out, _sky(found.height, (70, 140, 225), (180, 215, 245)), 0.7 * found.sky)
    return out * rgb(255, 250, 238)


def _spring(random, photo, light, ground, found) -> np.ndarray:
    blossom = smooth(0.2, 0.8, clouds(random, *light.shape)) * smooth(0.8, 0.3, found.height)
    leaves = mix(rgb(130, 198, 70), rgb(246, 178, 208), np.clip(blossom, 0, 1)[..., None])
    fresh = shade(leaves, 0.17 + 0.8 * _stretched(light, found.plants))
    out = mix(photo, fresh, 0.9 * found.plants)
    meadow = shade(rgb(125, 190, 75), 0.12 + 0.8 * ground)
    low = smooth(0.3, 0.8, found.height) * (1 - found.sky)
    out = mix(out, meadow, (0.45 * low + 0.2 * (1 - found.sky)) * (1 - found.plants))
    out = mix(out, _sky(found.height, (120, 180, 240), (215, 235, 250)), 0.6 * found.sky)
    return np.clip(out * 1.05, 0, 1)


def _dry(random, photo, light, ground, found, place) -> np.ndarray:
    if place == "desert":
        stops = [(0, (120, 70, 30)), (0.35, (192, 137, 76)), (0.7, (233, 191, 126)), (1, (255, 233, 187))]
        sky = _sky(found.height, (110, 170, 225), (240, 222, 180))
    else:
        stops = [(0, (60, 22, 12)), (0.4, (150, 65, 35)), (0.75, (205, 110, 65)), (1, (240, 170, 120))]
        sky = _sky(found.height, (160, 90, 65), (230, 170, 125))
    low = smooth(0.25, 0.75, found.height) * (1 - found.sky)
    cover = 0.95 * found.plants + 0.9 * low + 0.72 * (1 - found.sky)
    out = mix(photo, ramp(ground, stops), np.clip(cover, 0, 0.94))
    return mix(out, sky, 0.8 * found.sky)


def _sunset(random, photo, light, found) -> np.ndarray:
    height = np.clip(found.height * 1.9 + 0.06 * clouds(random, *light.shape), 0, 1)[..., None]
    if random.rand() < 0.6:
        sky = mix(rgb(95, 55, 125), rgb(255, 150, 60), height)
    else:
        sky = mix(rgb(215, 95, 55), rgb(255, 205, 110), height)
    grey = np.repeat(light[..., None], 3, axis=2)
    glow = mix(grey, photo, 0.75) * rgb(255, 178, 112)
    glow = glow * (0.72 + 0.25 * light[..., None]) + rgb(26, 8, 14) * (1 - light[..., None])
    return mix(glow, sky * (0.75 + 0.25 * light[..., None]), 0.88 * found.sky)


def _night(random, photo, light, found) -> np.ndarray:
    grey = np.repeat(light[..., None], 3, axis=2)
    dark = mix(grey, photo, 0.45) * rgb(92, 118, 190) * random.uniform(0.7, 0.95) + rgb(4, 7, 20)
    sky = mix(rgb(9, 13, 42), rgb(32, 42, 96), np.clip(found.height * 1.6, 0, 1)[..., None])
    out = mix(dark, sky, 0.9 * found.sky)
    if found.sky.mean() > 0.06:
        stars = (random.rand(*light.shape) > 0.993) & (found.sky > 0.8)
        out[stars] = rgb(215, 220, 240)
    if random.rand() < 0.3:
        lamps = smooth(0.9, 1.0, light) * (1 - found.sky) * smooth(0.8, 0.4, found.height)
        out = mix(out, rgb(255, 215, 130), 0.7 * lamps)
    return out


def _fog(random, photo, light, found) -> np.ndarray:
    depth = np.clip(0.85 - 0.65 * found.height + 0.08 * clouds(random, *light.shape), 0.22, 0.85)
    return mix(mix(luminance(photo)[..., None], photo, 0.55), rgb(208, 213, 217), depth)


def _rain(random, photo, light, found) -> np.ndarray:
    out = mix(luminance(photo)[..., None], photo, 0.5) * rgb(170, 182, 200)
    cover = rgb(108, 116, 128) * (0.9 + 0.1 * clouds(random, *light.shape)[..., None])
    out = mix(out, cover, 0.75 * found.sky)
    streaks = cv2.blur(np.ascontiguousarray(grain(random, *light.shape, size=0)), (1, 9))
    return out + np.clip(streaks - 0.5, 0, 1)[..., None] * 0.16


def restyle(random: np.random.RandomState, photo: np.ndarray, place: str, time: str) -> np.ndarray:
    """The photograph at another place or season (or "" for its own) and time of day or weather."""
    found = regions(photo)
    light = luminance(photo)
    ground = _stretched(light, 1 - found.sky)
    out = photo.copy()
    seasons = {"winter": _winter, "autumn": _autumn, "summer": _summer, "spring": _spring}
    if place in seasons:
        out = seasons[place](random, photo, light, ground, found)
    elif place:
        out = _dry(random, photo, light, ground, found, place)
    times = {"sunset": _sunset, "night": _night, "fog": _fog, "rain": _rain}
    if time in times:
        out = times[time](random, out, light, found)
    return np.clip(out, 0, 1).astype(np.float32)


def pave(random: np.random.RandomState, photo: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The photograph with a smooth grey street or square in the foreground, and where that is [H, W]."""
    rows, columns = photo.shape[:2]
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32) / rows
    top, slope = random.uniform(0.4, 0.8), random.uniform(-0.25, 0.25)
    wide = random.uniform(0.2, 2.0)
    bend = 0.03 * np.sin(x * random.uniform(2, 9) + random.uniform(0, 6))
    below = smooth(-0.01, 0.01, y - top - slope * (x - 0.5) - bend)
    across = np.abs(x - random.uniform(0.2, 0.8)) - wide * np.clip(0.3 + (y - top) / (1.01 - top), 0, 1)
    mask = below * smooth(0.015, -0.015, across)
    tone = random.uniform(0.22, 0.8) * (1 + random.uniform(-0.3, 0.3) * (y - 0.7))
    tone = tone * (1 + random.uniform(0.02, 0.14) * clouds(random, rows, columns))
    tone = tone * (1 + random.uniform(0, 0.05) * grain(random, rows, columns))
    if random.rand() < 0.4:
        shadow = smooth(0.0, 0.3, clouds(random, rows, columns) - random.uniform(-0.2, 0.4))
        tone = tone * (1 - random.uniform(0.2, 0.5) * shadow)
    pavement = tone[..., None] * (rgb(128, 128, 130) / 0.503 + random.uniform(-0.03, 0.03, 3).astype(np.float32))
    return np.clip(mix(photo, pavement, mask), 0, 1).astype(np.float32), mask


# What becomes of a grey pavement: a tint, and how much of it.
_PAVEMENTS = {"autumn": ((190, 150, 105), 0.45), "spring": ((150, 160, 135), 0.3), "summer": ((150, 148, 142), 0.3)}


def restyle_paved(
    random: np.random.RandomState, photo: np.ndarray, place: str, time: str, paved: np.ndarray
) -> np.ndarray:
    """As `restyle`, but leaves turn and meadows grow beside the pavement, not on it."""
    if place not in _PAVEMENTS or paved.mean() < 0.02:
        return restyle(random, photo, place, time)
    tint, amount = _PAVEMENTS[place]
    grey = np.repeat(luminance(photo)[..., None], 3, axis=2)
    kept = mix(grey, shade(rgb(*tint), luminance(photo)), amount)
    return restyle(random, mix(restyle(random, photo, place, "day"), kept, paved), "", time)


def stylise(random: np.random.RandomState, photo: np.ndarray, style: str) -> np.ndarray:
    """A few picture styles."""
    light = luminance(photo)
    if style == "black and white":
        return np.repeat(np.clip((light - 0.5) * 1.15 + 0.5, 0, 1)[..., None], 3, axis=2)
    if style == "sepia":
        return ramp(light, [(0, (30, 18, 10)), (0.5, (150, 115, 75)), (1, (250, 232, 200))])
    if style == "underwater":
        height = np.linspace(0, 1, photo.shape[0], dtype=np.float32)[:, None, None]
        mixed = 0.55 * photo + 0.45 * light[..., None]
        return np.clip(mixed * rgb(72, 170, 212) + rgb(0, 25, 45) * (1 - 0.6 * height), 0, 1)
    pixels = (np.clip(photo, 0, 1) * 255).astype(np.uint8)
    for _ in range(2):
        pixels = cv2.bilateralFilter(pixels, 7, 60, 5)
    flat = np.round(pixels.astype(np.float32) / 255 * 5) / 5
    flat = np.clip(mix(luminance(flat)[..., None], flat, 1.5), 0, 1)
    lines = cv2.GaussianBlur(light, (0, 0), 1) - cv2.GaussianBlur(light, (0, 0), 2.2) < -0.025
    flat[lines] *= 0.25
    return flat
