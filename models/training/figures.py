"""Procedural objects that free picture sets lack: cars, people in dresses, and shapes cut out of photographs.

Each returns rgba float [h, w, 4] in 0..1 and a paintable mask [h, w]: a dress changes colour, its wearer does not.
"""

from __future__ import annotations

import cv2
import numpy as np

from palette import mix, paint, pick, rgb
from textures import clouds, grain

SIDE = 160


def _polygon(points: np.ndarray | list) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(mask, [np.int32(np.array(points) * SIDE * 16)], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / 255


def _ellipse(x: float, y: float, wide: float, tall: float, angle: float = 0) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    centre, axes = (int(x * SIDE), int(y * SIDE)), (max(1, int(wide * SIDE)), max(1, int(tall * SIDE)))
    cv2.ellipse(mask, centre, axes, angle, 0, 360, 255, -1, cv2.LINE_AA)
    return mask.astype(np.float32) / 255


def _limb(start: tuple[float, float], end: tuple[float, float], wide: float, taper: float = 1.0) -> np.ndarray:
    """A leg or an arm: a quadrilateral between two points."""
    (x0, y0), (x1, y1) = start, end
    narrow = wide * taper
    return _polygon([(x0 - wide, y0), (x0 + wide, y0), (x1 + narrow, y1), (x1 - narrow, y1)])


def _curve(points: list[tuple[float, float]]) -> np.ndarray:
    """A closed outline through the points, with its corners cut twice."""
    outline = np.array(points, np.float32)
    for _ in range(2):
        following = np.roll(outline, -1, axis=0)
        outline = np.stack([0.8 * outline + 0.2 * following, 0.2 * outline + 0.8 * following], axis=1).reshape(-1, 2)
    return outline


def _warp(random: np.random.RandomState, image: np.ndarray) -> np.ndarray:
    """A random perspective, so that side views become oblique ones."""
    corners = np.float32([[0, 0], [SIDE, 0], [SIDE, SIDE], [0, SIDE]])
    moved = corners + random.uniform(-0.13, 0.13, (4, 2)).astype(np.float32) * SIDE
    matrix = cv2.getPerspectiveTransform(corners, moved)
    parts = [np.ascontiguousarray(image[..., :3]), np.ascontiguousarray(image[..., 3:])]
    return np.dstack([cv2.warpPerspective(part, matrix, (SIDE, SIDE)) for part in parts])


def _layered(layers: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    colour = np.zeros((SIDE, SIDE, 3), np.float32)
    alpha = np.zeros((SIDE, SIDE), np.float32)
    for texture, mask in layers:
        colour = mix(colour, np.broadcast_to(texture, colour.shape), mask)
        alpha = np.maximum(alpha, mask)
    return colour, alpha


def _lighting(random: np.random.RandomState) -> np.ndarray:
    """Soft shading [H, W, 1] with a direction, folds and grain."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / SIDE
    angle = random.uniform(0, 2 * np.pi)
    slope = random.uniform(0.0, 0.7) * ((x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle))
    folds = random.uniform(0.02, 0.14) * clouds(random, SIDE, SIDE)
    fine = random.uniform(0.0, 0.05) * grain(random, SIDE, SIDE)
    return (1 + slope + folds + fine)[..., None]


def car(random: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
    """A car from the side or, after warping, from an angle."""
    roof, belt, floor = random.uniform(0.28, 0.38), random.uniform(0.48, 0.54), random.uniform(0.68, 0.73)
    front, back = random.uniform(0.24, 0.34), random.uniform(0.72, 0.9)
    hood = belt + random.uniform(-0.02, 0.04)
    body = _polygon(
        _curve(
            [(0.04, floor), (0.04, hood + 0.04), (0.1, hood), (front, belt), (front + 0.1, roof), (back - 0.12, roof)]
            + [(back, belt), (0.95, belt + 0.01), (0.97, floor - 0.05), (0.95, floor)]
        )
    )
    inset = 0.022
    windows = _polygon(
        [(front + 0.035, belt), (front + 0.11, roof + inset), (back - 0.13, roof + inset), (back - 0.035, belt)]
    )
    pillar = random.uniform(0.48, 0.6)
    windows *= 1 - _polygon([(pillar, 0), (pillar + 0.02, 0), (pillar + 0.02, 1), (pillar, 1)])
    radius, wheels = random.uniform(0.085, 0.11), (random.uniform(0.19, 0.25), random.uniform(0.74, 0.8))
    lighting = _lighting(random)
    y = np.linspace(0, 1, SIDE, dtype=np.float32)[:, None]
    shape = 0.75 + 0.55 * np.exp(-(((y - belt - 0.02) / 0.05) ** 2)) - 0.45 * np.clip((y - belt) / (floor - belt), 0, 1)
    shape = np.clip(shape, 0.2, 1.3)[..., None] * lighting
    lines = _polygon([(pillar, belt), (pillar + 0.008, belt), (pillar + 0.008, floor - 0.03), (pillar, floor - 0.03)])
    handle = _polygon([(pillar + 0.03, belt + 0.04), (pillar + 0.08, belt + 0.04), (pillar + 0.08, belt + 0.055)])
    base = paint(random, pick(random))
    glass = rgb(*[random.randint(20, 90)] * 3) * (1 + 0.5 * clouds(random, SIDE, SIDE)[..., None] * 0.4)
    layers = [(np.clip(base * shape, 0, 1), body), (np.clip(glass, 0, 1), windows)]
    layers += [(base * 0.35, lines), (base * 0.5, handle)]
    lamp = rgb(240, 235, 215) if random.rand() < 0.7 else rgb(190, 30, 25)
    layers.append((lamp, _ellipse(0.075, hood + 0.06, 0.025, 0.02)))
    for wheel in wheels:
        rim = random.uniform(0.4, 0.7)
        layers.append((rgb(22, 22, 24), _ellipse(wheel, floor, radius, radius)))
        layers.append((rgb(*[random.randint(90, 200)] * 3), _ellipse(wheel, floor, radius * rim, radius * rim)))
        layers.append((rgb(50, 50, 54), _ellipse(wheel, floor, radius * 0.15, radius * 0.15)))
    colour, alpha = _layered(layers)
    paintable = body * (1 - windows) * (1 - lines)
    for wheel in wheels:
        paintable = paintable * (1 - _ellipse(wheel, floor, radius, radius))
    image = np.dstack([colour, alpha, paintable])
    image = _warp(random, image) if random.rand() < 0.75 else image
    return np.ascontiguousarray(image[..., :4]), np.ascontiguousarray(image[..., 4])


def person(random: np.random.RandomState, garment: str) -> tuple[np.ndarray, np.ndarray]:
    """A standing or walking person; the garment (`dress`, `shirt`, `coat`) is the paintable part."""
    centre = 0.5 + random.uniform(-0.05, 0.05)
    head_y, head = random.uniform(0.09, 0.13), random.uniform(0.042, 0.06)
    neck, waist = head_y + head * 1.35, random.uniform(0.38, 0.44)
    shoulder, slim = random.uniform(0.075, 0.11), random.uniform(0.05, 0.08)
    hem = {"dress": random.uniform(0.58, 0.85), "coat": random.uniform(0.6, 0.75), "shirt": waist + 0.08}[garment]
    flare = random.uniform(0.09, 0.2) if garment == "dress" else slim + random.uniform(0.02, 0.06)
    sway = random.uniform(-0.04, 0.04)
    cloth = _polygon(
        [(centre - shoulder * 0.6, neck), (centre + shoulder * 0.6, neck), (centre + shoulder, neck + 0.03)]
        + [(centre + slim, waist), (centre + flare + sway, hem), (centre - flare + sway, hem)]
        + [(centre - slim, waist), (centre - shoulder, neck + 0.03)]
    )
    skin = mix(rgb(120, 78, 52), rgb(240, 200, 172), random.rand())
    hair = mix(rgb(28, 20, 16), rgb(200, 150, 80), random.rand() ** 2)
    lighting = _lighting(random)
    trousers = paint(random, ["black", "blue", "gray", "brown", "white"][random.randint(5)])
    layers: list[tuple[np.ndarray, np.ndarray]] = []
    if random.rand() < 0.6:
        falling = _ellipse(centre, head_y + head * 0.6, head * 1.15, head * random.uniform(1.2, 2.6))
        layers.append((hair * lighting, falling))
    stride = random.uniform(0.01, 0.08)
    for side in (-1, 1):
        top, foot = (centre + side * slim * 0.5, waist), (centre + side * stride + sway, 0.96)
        leg = _limb(top, foot, random.uniform(0.02, 0.035), 0.6)
        layers.append(((skin if garment == "dress" else trousers) * lighting, leg))
        layers.append((rgb(40, 34, 30), _ellipse(foot[0] + 0.01, 0.965, 0.034, 0.016)))
    layers.append((np.ones(3, np.float32) * 0.6 * lighting, cloth))
    sleeves = np.zeros((SIDE, SIDE), np.float32)
    for side in (-1, 1):
        start = (centre + side * shoulder * 0.9, neck + 0.03)
        hand = (centre + side * (shoulder + random.uniform(0.0, 0.1)), waist + random.uniform(-0.05, 0.1))
        arm = _limb(start, hand, random.uniform(0.015, 0.024))
        covered = garment != "dress" or random.rand() < 0.3
        sleeves = np.maximum(sleeves, arm * covered)
        layers.append(((np.ones(3, np.float32) * 0.55 if covered else skin) * lighting, arm))
    layers.append((skin * lighting, _limb((centre, head_y), (centre, neck + 0.02), 0.018, 1.2)))
    layers.append((skin * lighting, _ellipse(centre, head_y, head * 0.78, head)))
    layers.append((hair * lighting, _ellipse(centre, head_y - head * 0.5, head * 0.9, head * 0.62)))
    colour, alpha = _layered(layers)
    paintable = np.maximum(cloth, sleeves)
    image = np.dstack([np.clip(colour, 0, 1), alpha, paintable])
    return np.ascontiguousarray(image[..., :4]), np.ascontiguousarray(image[..., 4])


def blob(random: np.random.RandomState, photo: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A smooth random shape cut out of a photograph [H, W, 3] uint8, so that real texture occurs inside objects."""
    y = random.randint(0, photo.shape[0] - SIDE + 1)
    x = random.randint(0, photo.shape[1] - SIDE + 1)
    patch = photo[y : y + SIDE, x : x + SIDE].astype(np.float32) / 255
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    radius = np.full(72, random.uniform(0.28, 0.4))
    for harmonic in range(2, 7):
        radius += random.randn() * 0.13 / harmonic * np.cos(harmonic * angles + random.uniform(0, 6.3))
    radius = np.clip(radius, 0.08, 0.5)
    stretch = random.uniform(0.6, 1.0)
    points = np.stack([0.5 + radius * np.cos(angles), 0.5 + stretch * radius * np.sin(angles)], axis=1)
    alpha = _polygon(points)
    return np.dstack([patch, alpha]), alpha
