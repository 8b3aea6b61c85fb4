"""Training pairs: a target picture, the lightness of its source, where the object is, and the target's caption.

A share of the pairs shows an object on black (that is what the engine's keyframes are), the others a whole scene. The
source is often recoloured itself, otherwise the target's lightness would give its colour away.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

import captions
import figures
import scenes
import sources
from appearance import Appearance, other_colour, random_appearance, repaint
from guidance import luminance
from palette import mix, smooth
from seasons import PLACES, STYLES, TIMES, pave, restyle, restyle_paved, stylise
from textures import clouds, grain

SIDE = 128
# Of the scenes, how many are painted ones, and how many photographs get a pavement.
_PAINTED = 0.28
_PAVED = 0.15
_VEHICLES = {"car", "bus", "truck", "van"}


@dataclass
class Pair:
    """target [128, 128, 3] and source (lightness) [128, 128] in 0..1, inside [128, 128] weights the loss."""

    target: np.ndarray
    source: np.ndarray
    inside: np.ndarray
    caption: str


@dataclass
class Thing:
    """An object ready to be painted; rgb [h, w, 3], alpha and paintable [h, w], all in 0..1."""

    rgb: np.ndarray
    alpha: np.ndarray
    paintable: np.ndarray
    name: str
    kinds: list[str]
    garment: str = ""


class PairMaker:
    """Renders random pairs from the collected sources, `share` of them objects."""

    def __init__(self, path: Path, held_out: bool = False, share: float = 0.5):
        self.share = share
        objects, photos = sources.read(path)
        self.objects = [item for item in objects if item.held_out == held_out]
        self.photos = [item for item in photos if item.held_out == held_out]
        self.outdoor = [item for item in self.photos if item.outdoor]
        weights = np.array([item.weight for item in self.objects])
        self.object_weights = weights / weights.sum()
        weights = np.array([item.weight for item in self.outdoor])
        self.photo_weights = weights / weights.sum()

    def pair(self, random: np.random.RandomState) -> Pair:
        if random.rand() < self.share:
            return self.object_pair(random)
        return self.procedural_pair(random) if random.rand() < _PAINTED else self.photo_pair(random)

    # Objects on black.

    def thing(self, random: np.random.RandomState) -> Thing:
        choice = random.rand()
        if choice < 0.13:
            rgba, paintable = figures.car(random)
            return Thing(rgba[..., :3], rgba[..., 3], paintable, "car", ["car"])
        if choice < 0.30:
            garment = ["dress", "dress", "dress", "shirt", "coat"][random.randint(5)]
            rgba, paintable = figures.person(random, garment)
            return Thing(rgba[..., :3], rgba[..., 3], paintable, "person", [], garment)
        if choice < 0.42:
            photo = self.photos[random.randint(len(self.photos))]
            rgba, paintable = figures.blob(random, photo.rgb)
            return Thing(rgba[..., :3], rgba[..., 3], paintable, "", [])
        item = self.objects[random.choice(len(self.objects), p=self.object_weights)]
        rgba = item.rgba.astype(np.float32) / 255
        alpha, paintable = rgba[..., 3], rgba[..., 3]
        if _VEHICLES & {*item.kinds, *item.name.split()}:
            paintable = alpha * _bodywork(rgba[..., :3], alpha > 0.5)
        return Thing(rgba[..., :3], alpha, paintable, item.name, item.kinds)

    def object_pair(self, random: np.random.RandomState) -> Pair:
        thing = _placed(random, self.thing(random))
        appearance = random_appearance(random)
        target, adjective = _painted(random, thing, appearance)
        if random.rand() < 0.5:
            source = thing.rgb
        else:
            source, _ = _painted(random, thing, other_colour(random))
        if thing.garment:
            caption = captions.garment_caption(random, thing.garment, adjective)
        else:
            noun = captions.noun_for(random, thing.name, thing.kinds)
            caption = captions.object_caption(random, noun, adjective, appearance.kind)
        alpha = thing.alpha[..., None]
        source = _weathered(random, source, thing.alpha)
        return Pair(target * alpha, luminance(source * alpha), thing.alpha, captions.with_garbage(random, caption))

    # Scenes.

    def photo(self, random: np.random.RandomState) -> np.ndarray:
        """A random crop [128, 128, 3] of an outdoor photograph."""
        image = self.outdoor[random.choice(len(self.outdoor), p=self.photo_weights)].rgb
        side = int(min(image.shape[:2]) * random.uniform(0.5, 1))
        y = random.randint(0, image.shape[0] - side + 1)
        x = random.randint(0, image.shape[1] - side + 1)
        crop = cv2.resize(image[y : y + side, x : x + side], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        crop = crop[:, ::-1] if random.rand() < 0.5 else crop
        return np.ascontiguousarray(crop).astype(np.float32) / 255

    def photo_pair(self, random: np.random.RandomState) -> Pair:
        photo = self.photo(random)
        paved = np.zeros((SIDE, SIDE), np.float32)
        if random.rand() < _PAVED:
            photo, paved = pave(random, photo)
        choice = random.rand()
        if choice < 0.05:
            target, caption = photo, captions.scene_caption(random, "", "day")
        elif choice < 0.10:
            style = STYLES[random.randint(len(STYLES))]
            target, caption = stylise(random, photo, style), captions.style_caption(random, style)
        else:
            place, time = random_setting(random)
            target = restyle_paved(random, photo, place, time, paved)
            caption = captions.scene_caption(random, place, time)
        source = photo
        if random.rand() < 0.3:
            place, time = random_setting(random)
            source = restyle(random, photo, place, "day" if time == "night" else time)
        everywhere = np.ones((SIDE, SIDE), np.float32)
        return Pair(target, luminance(source), everywhere, captions.with_garbage(random, caption))

    def procedural_pair(self, random: np.random.RandomState) -> Pair:
        scene = scenes.landscape(random)
        place, time = random_setting(random)
        place = place or PLACES[random.randint(4)]
        seed = random.randint(1 << 30)
        target = scenes.paint(np.random.RandomState(seed), scene, place, time)
        source = scenes.paint(np.random.RandomState(seed), scene, PLACES[random.choice([0, 0, 1, 2, 3, 4])], "day")
        caption = captions.scene_caption(random, place, time, scene.forest)
        everywhere = np.ones((SIDE, SIDE), np.float32)
        return Pair(target, luminance(source), everywhere, captions.with_garbage(random, caption))


def random_setting(random: np.random.RandomState) -> tuple[str, str]:
    """A place or season (or "") and a time of day or weather, at least one of them special."""
    if random.rand() < 0.26:
        return "", TIMES[random.choice([1, 2, 3, 4], p=[0.34, 0.34, 0.17, 0.15])]
    place = PLACES[random.choice(6, p=[0.08, 0.26, 0.28, 0.14, 0.21, 0.03])]
    return place, TIMES[random.choice(5, p=[0.74, 0.12, 0.08, 0.03, 0.03])]


def _placed(random: np.random.RandomState, thing: Thing) -> Thing:
    """Flips, stretches and puts an object somewhere in a 128-pixel square."""
    planes = np.dstack([thing.rgb, thing.alpha, thing.paintable])
    if random.rand() < 0.5:
        planes = planes[:, ::-1]
    rows, columns = np.where(planes[..., 3] > 0.3)
    planes = planes[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    scale = random.uniform(0.7, 1.0) * SIDE / max(planes.shape[:2])
    stretch = random.uniform(0.88, 1.14)
    width = int(np.clip(planes.shape[1] * scale * stretch, 8, SIDE))
    height = int(np.clip(planes.shape[0] * scale / stretch, 8, SIDE))
    parts = [np.ascontiguousarray(planes[..., :3]), np.ascontiguousarray(planes[..., 3:])]
    planes = np.dstack([cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA) for part in parts])
    canvas = np.zeros((SIDE, SIDE, 5), np.float32)
    y, x = random.randint(0, SIDE - height + 1), random.randint(0, SIDE - width + 1)
    canvas[y : y + height, x : x + width] = planes
    return Thing(canvas[..., :3], canvas[..., 3], canvas[..., 4], thing.name, thing.kinds, thing.garment)


def _painted(random: np.random.RandomState, thing: Thing, appearance: Appearance) -> tuple[np.ndarray, str]:
    painted, adjective = repaint(random, thing.rgb, thing.paintable, appearance)
    return mix(thing.rgb, painted, thing.paintable), adjective


def _bodywork(rgb_image: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """What of a vehicle gets a new paint: its colourful parts, or the bright ones where it has no colour."""
    chroma = rgb_image.max(-1) - rgb_image.min(-1)
    colour = np.percentile(chroma[inside], 60)
    if colour > 0.2:
        return smooth(0.25, 0.5, chroma / colour)
    light = luminance(rgb_image)
    return smooth(0.25, 0.6, light / max(0.1, np.percentile(light[inside], 75)))


def _weathered(random: np.random.RandomState, image: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Uneven light, grain and reflections on the source only: video frames are not as clean as stamps."""
    if random.rand() < 0.5:
        return image
    uneven = random.uniform(0.03, 0.2) * clouds(random, SIDE, SIDE)
    noisy = random.uniform(0, 0.06) * grain(random, SIDE, SIDE)
    return np.clip(image * (1 + uneven + noisy)[..., None], 0, 1)
