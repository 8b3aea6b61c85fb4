"""Colour words and the paints they stand for (sRGB, 0..1)."""

from __future__ import annotations

import numpy as np

_PAINTS = {
    "red": [(205, 22, 28), (225, 35, 35), (170, 15, 25)],
    "orange": [(240, 125, 20), (250, 140, 40), (225, 105, 15)],
    "yellow": [(248, 220, 40), (255, 230, 70), (235, 205, 30)],
    "green": [(35, 150, 50), (25, 120, 45), (75, 175, 60)],
    "turquoise": [(40, 195, 200), (30, 175, 180)],
    "blue": [(28, 70, 205), (20, 90, 220), (38, 55, 160)],
    "purple": [(125, 40, 165), (105, 45, 150)],
    "pink": [(245, 130, 180), (250, 155, 195), (235, 105, 165)],
    "brown": [(115, 70, 35), (135, 85, 45)],
    "black": [(24, 24, 27)],
    "white": [(246, 246, 248)],
    "gray": [(128, 128, 131)],
    "golden": [(212, 160, 35)],
    "silver": [(172, 176, 184)],
}
COLOURS = list(_PAINTS)
# How often each word is asked for: the eight of the evaluation and those of everyday prompts come more often.
FREQUENCY = np.array([1.6, 1.1, 1.5, 1.2, 0.6, 1.6, 0.9, 1.1, 0.6, 1.4, 1.6, 0.5, 1.5, 0.6])
FREQUENCY = FREQUENCY / FREQUENCY.sum()
SYNONYMS = {
    "red": ["red", "red", "red", "crimson", "scarlet"],
    "turquoise": ["turquoise", "cyan", "teal"],
    "purple": ["purple", "violet"],
    "gray": ["gray", "grey"],
    "golden": ["golden", "golden", "gold"],
    "silver": ["silver", "chrome"],
}


def rgb(red: float, green: float, blue: float) -> np.ndarray:
    """A colour from 0..255 components."""
    return np.array([red, green, blue], np.float32) / 255


def pick(random: np.random.RandomState) -> str:
    return COLOURS[random.choice(len(COLOURS), p=FREQUENCY)]


def paint(random: np.random.RandomState, name: str) -> np.ndarray:
    """One of the paints of a colour word, slightly varied."""
    paints = _PAINTS[name]
    base = rgb(*paints[random.randint(len(paints))])
    return np.clip(base + random.uniform(-0.03, 0.03, 3).astype(np.float32), 0, 1)


def word(random: np.random.RandomState, name: str) -> str:
    names = SYNONYMS.get(name, [name])
    return names[random.randint(len(names))]


def ramp(values: np.ndarray, stops: list[tuple[float, tuple[int, int, int]]]) -> np.ndarray:
    """Maps values [H, W] in 0..1 through colour stops to [H, W, 3]."""
    positions = [stop[0] for stop in stops]
    colours = np.array([stop[1] for stop in stops], np.float32) / 255
    return np.dstack([np.interp(values, positions, colours[:, c]) for c in range(3)]).astype(np.float32)


def mix(a: np.ndarray, b: np.ndarray, amount: np.ndarray | float) -> np.ndarray:
    """Linear blend; a mask [H, W] applies to all three channels."""
    if isinstance(amount, np.ndarray) and amount.ndim == 2:
        amount = amount[..., None]
    return (a + (b - a) * amount).astype(np.float32)


def smooth(low: float, high: float, values: np.ndarray) -> np.ndarray:
    """Smoothstep between two values."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)
