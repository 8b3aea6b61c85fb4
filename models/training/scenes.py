"""Procedural landscapes: one geometry, painted in any season and time of day."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from palette import mix, rgb
from seasons import restyle
from textures import clouds, grain, material

SIDE = 128
_FIXED_POINT = 4


@dataclass
class Landscape:
    """Masks uint8 [128, 128] from far to near, each with what it is and a random number of its own."""

    horizon: float
    forest: bool
    layers: list[tuple[str, np.ndarray, float]] = field(default_factory=list)


def _polygon(points: list[tuple[float, float]]) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    fixed = np.int32(np.array(points) * (1 << _FIXED_POINT))
    cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, _FIXED_POINT)
    return mask


def _ridge(random: np.random.RandomState, base: float, amplitude: float, knots: int) -> np.ndarray:
    x = np.arange(SIDE)
    line = np.interp(x, np.linspace(0, SIDE - 1, knots), random.uniform(-1, 1, knots))
    line += 0.15 * np.interp(x, np.linspace(0, SIDE - 1, knots * 4), random.uniform(-1, 1, knots * 4))
    top = base + line * amplitude
    return _polygon([(0, SIDE), *zip(x, top), (SIDE - 1, SIDE)])


def _tree(
    random: np.random.RandomState, x: float, y: float, tall: float, conifer: bool
) -> list[tuple[str, np.ndarray]]:
    wide, narrow, top = tall * 0.035, tall * 0.025, y - tall / 2
    trunk = _polygon([(x - wide, y), (x + wide, y), (x + narrow, top), (x - narrow, top)])
    crown = np.zeros((SIDE, SIDE), np.uint8)
    if conifer:
        for tier in range(3):
            base, half = y - tall * (0.15 + 0.24 * tier), tall * (0.27 - 0.06 * tier)
            crown |= _polygon([(x - half, base), (x + half, base), (x, base - tall * 0.4)])
    else:
        for _ in range(7):
            centre = (x + random.uniform(-0.2, 0.2) * tall, y - random.uniform(0.5, 0.85) * tall)
            fixed = (int(centre[0] * 16), int(centre[1] * 16))
            cv2.circle(crown, fixed, int(tall * random.uniform(0.1, 0.19) * 16), 255, -1, cv2.LINE_AA, 4)
    return [("trunk", trunk), ("crown", crown)]


def _house(random: np.random.RandomState, x: float, y: float, half: float) -> list[tuple[str, np.ndarray]]:
    tall = half * random.uniform(0.7, 1.0)
    wall = _polygon([(x - half, y), (x + half, y), (x + half, y - tall), (x - half, y - tall)])
    ridge = half * 0.5 * random.rand()
    roof = _polygon([(x - half * 1.2, y - tall), (x + half * 1.2, y - tall), (x + ridge, y - tall - half * 0.8)])
    parts = [("wall", wall), ("roof", roof)]
    for side in (-1, 1):
        left, right = sorted((x + side * half * 0.75, x + side * half * 0.4))
        top, bottom = y - tall * 0.75, y - tall * 0.45
        parts.append(("window", _polygon([(left, bottom), (right, bottom), (right, top), (left, top)])))
    return parts


def landscape(random: np.random.RandomState) -> Landscape:
    """A random geometry: hills, ground, sometimes water, a road, trees or a house."""
    horizon = random.uniform(0.35, 0.62) * SIDE
    scene = Landscape(horizon, bool(random.rand() < 0.45))

    def add(kind: str, mask: np.ndarray) -> None:
        scene.layers.append((kind, mask, random.rand()))

    for index in range(random.choice([0, 1, 2], p=[0.35, 0.4, 0.25])):
        base = horizon - (1 - index) * random.uniform(8, 18)
        add("mountain", _ridge(random, base, random.uniform(6, 18), random.randint(4, 8)))
    add("ground", _ridge(random, horizon + 2, random.uniform(1, 4), 5))
    choice = random.rand()
    if choice < 0.22:
        add("water", _ridge(random, horizon + random.uniform(8, 25), 3, 5))
    elif choice < 0.55:
        far, near, wide = random.uniform(0.2, 0.8) * SIDE, random.uniform(0.1, 0.9) * SIDE, random.uniform(18, 75)
        road = [(far - 1.5, horizon + 3), (far + 1.5, horizon + 3), (near + wide, SIDE), (near - wide, SIDE)]
        add("road", _polygon(road))
    standing: list[tuple[float, list[tuple[str, np.ndarray]]]] = []
    kind = random.choice(["conifer", "broad", "mixed"])
    for _ in range(random.randint(6, 16) if scene.forest else random.randint(0, 5)):
        y = horizon + random.rand() ** 1.5 * (SIDE * 0.95 - horizon)
        near = (y - horizon) / (SIDE - horizon)
        tall = (0.25 + 0.75 * near) * random.uniform(45, 85)
        conifer = kind == "conifer" or (kind == "mixed" and random.rand() < 0.5)
        standing.append((y, _tree(random, random.uniform(0, SIDE), y, tall, conifer)))
    if random.rand() < 0.3:
        y = random.uniform(horizon + 5, SIDE * 0.85)
        half = random.uniform(9, 24)
        standing.append((y, _house(random, random.uniform(0.15, 0.85) * SIDE, y, half)))
    for _, parts in sorted(standing, key=lambda entry: entry[0]):
        for part, mask in parts:
            add(part, mask)
    return scene


_SKIES = {
    "summer": ((60, 125, 215), (185, 215, 240)),
    "spring": ((95, 160, 230), (215, 235, 248)),
    "autumn": ((130, 165, 200), (225, 220, 205)),
    "winter": ((165, 185, 210), (228, 234, 242)),
    "desert": ((80, 150, 215), (235, 215, 175)),
    "mars": ((150, 80, 60), (225, 165, 120)),
}
_CROWNS = {
    "summer": [(30, 95, 28), (60, 130, 40), (45, 110, 50)],
    "spring": [(235, 160, 190), (250, 200, 215), (120, 190, 70), (150, 210, 90)],
    "autumn": [(205, 80, 22), (225, 140, 25), (180, 40, 22), (215, 175, 45)],
    "winter": [(225, 232, 240), (200, 212, 225), (240, 244, 250)],
    "desert": [(110, 120, 50), (90, 105, 55)],
    "mars": [(95, 45, 35), (70, 40, 40)],
}
_MOUNTAINS = {
    "summer": (85, 115, 110),
    "spring": (110, 140, 130),
    "autumn": (130, 110, 90),
    "winter": (220, 228, 240),
    "desert": (190, 115, 65),
    "mars": (150, 75, 50),
}
_ROADS = {"desert": (150, 120, 90), "winter": (190, 195, 205), "mars": (110, 60, 45)}


def _ground(random: np.random.RandomState, place: str) -> np.ndarray:
    if place == "winter":
        return material(random, "snow", SIDE, SIDE)
    if place == "desert":
        return material(random, "sand", SIDE, SIDE)
    grass = material(random, "grass", SIDE, SIDE)
    if place == "summer":
        return grass
    if place == "spring":
        return mix(grass, rgb(150, 220, 90), 0.3)
    tint = (210, 150, 60) if place == "autumn" else (225, 120, 75)
    return (np.clip(0.45 + 1.1 * grass[..., 1:2], 0, 1.3) * rgb(*tint)).clip(0, 1).astype(np.float32)


def paint(random: np.random.RandomState, scene: Landscape, place: str, time: str) -> np.ndarray:
    """The landscape [128, 128, 3] at a place or season and a time of day. Equal random states keep its textures."""
    top, bottom = _SKIES[place]
    height = np.broadcast_to(np.linspace(0, 1, SIDE, dtype=np.float32)[:, None], (SIDE, SIDE))
    image = mix(rgb(*top), rgb(*bottom), np.clip(height * SIDE / scene.horizon, 0, 1)[..., None])
    soft, fine = clouds(random, SIDE, SIDE), grain(random, SIDE, SIDE, size=2)
    image = mix(image, rgb(250, 250, 250), np.clip(soft * 0.5 - 0.1, 0, 0.7))
    ground = _ground(random, place)
    for kind, mask, own in scene.layers:
        if kind == "mountain":
            texture = rgb(*_MOUNTAINS[place]) * (1 + 0.12 * soft[..., None]) * (0.85 + 0.3 * own)
        elif kind == "ground":
            texture = ground * np.clip(0.85 + 0.3 * (height * SIDE - scene.horizon) / 60, 0.8, 1.1)[..., None]
        elif kind == "water":
            base = rgb(150, 190, 225) if place == "winter" else rgb(*top) * 0.8 + 0.1
            texture = base * (1 + 0.1 * np.sin(height * SIDE / 1.5 + soft * 2)[..., None])
        elif kind == "road":
            texture = rgb(*_ROADS.get(place, (105, 105, 108))) * (1 + 0.05 * fine[..., None])
        elif kind == "trunk":
            texture = rgb(85, 60, 40) * (0.8 + 0.3 * own) * np.ones((SIDE, SIDE, 1), np.float32)
        elif kind == "crown":
            crown = rgb(*_CROWNS[place][int(own * len(_CROWNS[place]))])
            texture = crown * (1 + 0.2 * fine[..., None])
        elif kind == "wall":
            texture = rgb(225, 205, 175) * (0.75 + 0.25 * own + 0.03 * soft[..., None])
        elif kind == "roof":
            texture = (rgb(245, 248, 252) if place == "winter" else rgb(150, 60, 45)) * (1 + 0.05 * fine[..., None])
        else:
            texture = rgb(90, 110, 135) * np.ones((SIDE, SIDE, 1), np.float32)
        image = mix(image, np.clip(texture, 0, 1), mask.astype(np.float32) / 255)
    return restyle(random, np.clip(image, 0, 1), "", time)
