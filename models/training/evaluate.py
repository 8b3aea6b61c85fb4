"""Measures a checkpoint on held-out objects and photographs, and paints contact sheets.

    python3 evaluate.py --checkpoint DIR/checkpoint.pt --sources sources.pkl --out DIR [--side 128]

Prototypes of colour words and settings are learned from rendered truth of the training half; "truth" in the report is
the same classifier's score on rendered truth of the held-out half, an upper bound.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import cv2
import numpy as np
import torch

import diffusion
from appearance import Appearance, repaint
from autoencoder import Autoencoder
from export import DEFAULTS, load, rounded_coder
from guidance import guidance, luminance
from measures import (
    LinearDiscriminant,
    NearestWord,
    body_colour,
    edge_scores,
    psnr,
    setting_features,
    texture_features,
)
from pairs import PairMaker, Thing
from seasons import restyle
from sources import CutOut

COLOURS = ["red", "blue", "golden", "yellow", "white", "pink", "green", "black"]
SETTINGS = {
    "a snowy winter landscape": ("winter", "day"),
    "an autumn landscape": ("autumn", "day"),
    "a spring landscape": ("spring", "day"),
    "a desert landscape": ("desert", "day"),
    "a landscape at sunset": ("", "sunset"),
    "a landscape at night": ("", "night"),
}
MATERIALS = {"wood": "wooden", "stone": "stone", "brick": "brick", "ice": "ice", "grass": "grass"}


class Editor:
    """Runs the model the way the engine does: guidance of a picture, a prompt, a seed."""

    def __init__(self, checkpoint: Path, steps: int, scale: float):
        self.model, self.tokenizer, factors, self.state = load(checkpoint)
        self.coder: Autoencoder = rounded_coder(factors)
        self.steps, self.scale = steps, scale
        self.seconds: list[float] = []

    def edit(self, pictures: list[np.ndarray], prompts: list[str], seed: int) -> list[np.ndarray]:
        """Pictures [H, W, 3] in 0..1, all of one size, edited with one seed for all."""
        ids = torch.tensor([self.tokenizer.encode(prompt) for prompt in prompts])
        empty = torch.tensor([self.tokenizer.encode("")])
        control = torch.from_numpy(np.stack([guidance(luminance(picture)) for picture in pictures]))
        height, width = control.shape[2] // 4, control.shape[3] // 4
        noise = torch.randn(1, 24, height, width, generator=torch.Generator().manual_seed(seed))
        begun = time.process_time()
        noise = noise.expand(len(pictures), -1, -1, -1)
        latents = diffusion.sample(self.model, ids, empty, control, noise, self.steps, self.scale)
        images = self.coder.decode(latents).clamp(-1, 1).add(1).div(2).permute(0, 2, 3, 1).numpy()
        self.seconds.append((time.process_time() - begun) / len(pictures))
        return list(images)


def centred(item: CutOut, side: int) -> Thing:
    """An object in the middle of a black square."""
    rgba = item.rgba.astype(np.float32) / 255
    scale = 0.92 * side / max(rgba.shape[:2])
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    size = (max(8, int(rgba.shape[1] * scale)), max(8, int(rgba.shape[0] * scale)))
    rgba = np.clip(cv2.resize(rgba, size, interpolation=interpolation), 0, 1)
    canvas = np.zeros((side, side, 4), np.float32)
    y, x = (side - size[1]) // 2, (side - size[0]) // 2
    canvas[y : y + size[1], x : x + size[0]] = rgba
    return Thing(canvas[..., :3], canvas[..., 3], canvas[..., 3], item.name, item.kinds)


def on_black(thing: Thing) -> np.ndarray:
    return thing.rgb * thing.alpha[..., None]


def truth(random: np.random.RandomState, thing: Thing, appearance: Appearance) -> np.ndarray:
    return repaint(random, thing.rgb, thing.alpha, appearance)[0] * thing.alpha[..., None]


def noun_of(thing: Thing) -> str:
    return thing.kinds[0] if thing.kinds else thing.name


def chosen_objects(maker: PairMaker, count: int, side: int) -> list[Thing]:
    """Held-out objects, those of everyday kinds first, solid enough to have a colour."""
    ranked = sorted(maker.objects, key=lambda item: (-item.weight, item.origin))
    things = [centred(item, side) for item in ranked]
    return [thing for thing in things if (thing.alpha > 0.5).mean() > 0.15][:count]


def square(photo: np.ndarray, side: int) -> np.ndarray:
    """The central square of a photograph uint8 as [side, side, 3] in 0..1."""
    small = min(photo.shape[:2])
    y, x = (photo.shape[0] - small) // 2, (photo.shape[1] - small) // 2
    cropped = photo[y : y + small, x : x + small]
    return cv2.resize(cropped, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def sheet(rows: list[list[np.ndarray]], path: Path) -> None:
    """Rows of equally large pictures as one JPEG."""
    tiles = [np.hstack([cv2.resize(tile, (128, 128), interpolation=cv2.INTER_AREA) for tile in row]) for row in rows]
    pixels = (np.clip(np.vstack(tiles), 0, 1) * 255 + 0.5).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])


def colour_words(editor: Editor, train: PairMaker, things: list[Thing], seeds: list[int], out: Path) -> dict:
    random = np.random.RandomState(3)
    samples: dict[str, list[np.ndarray]] = {word: [] for word in COLOURS}
    known = [centred(item, 128) for item in train.objects[:: max(1, len(train.objects) // 80)]]
    for thing in known:
        inside = thing.alpha > 0.6
        if inside.sum() > 500:
            for word in COLOURS:
                painted = truth(random, thing, Appearance("colour", word))
                samples[word].append(body_colour(painted, inside))
    name = NearestWord(samples)
    right: dict[str, list[bool]] = {word: [] for word in COLOURS}
    bound, edges, before, after, confused, rows = [], [], [], [], {}, []
    for thing in things:
        inside = thing.alpha > 0.6
        picture = on_black(thing)
        for word in COLOURS:
            bound.append(name(body_colour(truth(random, thing, Appearance("colour", word)), inside)) == word)
        for seed in seeds:
            outputs = editor.edit([picture] * len(COLOURS), [f"a {word} {noun_of(thing)}" for word in COLOURS], seed)
            for word, output in zip(COLOURS, outputs):
                colour = body_colour(output, inside)
                found = name(colour)
                right[word].append(found == word)
                if found != word:
                    confused[f"{word} -> {found}"] = confused.get(f"{word} -> {found}", 0) + 1
                edges.append(edge_scores(luminance(picture), luminance(output), inside))
                before.append(name.distance(body_colour(picture, inside), word))
                after.append(name.distance(colour, word))
            if seed == seeds[0]:
                rows.append([picture, *outputs])
    sheet(rows[:8], out / "colours.jpg")
    recall, precision = np.mean(edges, axis=0)
    return {
        "accuracy": float(np.mean([hit for hits in right.values() for hit in hits])),
        "by_word": {word: float(np.mean(hits)) for word, hits in right.items()},
        "truth": float(np.mean(bound)),
        "confused": dict(sorted(confused.items(), key=lambda entry: -entry[1])[:10]),
        "distance_before": float(np.mean(before)),
        "distance_after": float(np.mean(after)),
        "edge_recall": float(recall),
        "edge_precision": float(precision),
        "edge_f": float(2 * recall * precision / (recall + precision)),
    }


def settings(editor: Editor, train: PairMaker, photos: list[np.ndarray], seeds: list[int], out: Path) -> dict:
    random = np.random.RandomState(4)
    samples: dict[str, list[np.ndarray]] = {prompt: [] for prompt in SETTINGS}
    for _ in range(150):
        photo = train.photo(random)
        for prompt, (place, when) in SETTINGS.items():
            samples[prompt].append(setting_features(restyle(random, photo, place, when)))
    name = LinearDiscriminant(samples)
    right: dict[str, list[bool]] = {prompt: [] for prompt in SETTINGS}
    bound, edges, rows = [], [], []
    everywhere = np.ones(photos[0].shape[:2], bool)
    for photo in photos:
        for prompt, (place, when) in SETTINGS.items():
            bound.append(name(setting_features(restyle(random, photo, place, when))) == prompt)
        for seed in seeds:
            outputs = editor.edit([photo] * len(SETTINGS), list(SETTINGS), seed)
            for prompt, output in zip(SETTINGS, outputs):
                right[prompt].append(name(setting_features(output)) == prompt)
                edges.append(edge_scores(luminance(photo), luminance(output), everywhere))
            if seed == seeds[0]:
                rows.append([photo, *outputs])
    sheet(rows[:8], out / "settings.jpg")
    recall, precision = np.mean(edges, axis=0)
    return {
        "accuracy": float(np.mean([hit for hits in right.values() for hit in hits])),
        "by_prompt": {prompt: float(np.mean(hits)) for prompt, hits in right.items()},
        "truth": float(np.mean(bound)),
        "edge_recall": float(recall),
        "edge_precision": float(precision),
        "edge_f": float(2 * recall * precision / (recall + precision)),
    }


def materials(editor: Editor, things: list[Thing], seeds: list[int], out: Path) -> dict:
    """Share of outputs whose texture moves, from the plain prompt's, in the direction of the rendered truth."""
    random = np.random.RandomState(5)
    cosines: dict[str, list[float]] = {material: [] for material in MATERIALS}
    rows = []
    for thing in things:
        inside, picture, noun = thing.alpha > 0.6, on_black(thing), noun_of(thing)
        for seed in seeds:
            prompts = [f"a {noun}"] + [f"a {word} {noun}" for word in MATERIALS.values()]
            outputs = editor.edit([picture] * len(prompts), prompts, seed)
            plain = texture_features(outputs[0], inside)
            for material, output in zip(MATERIALS, outputs[1:]):
                wanted = texture_features(truth(random, thing, Appearance("material", material)), inside)
                wanted = wanted - texture_features(picture, inside)
                moved = texture_features(output, inside) - plain
                cosine = wanted @ moved / max(1e-6, np.linalg.norm(wanted) * np.linalg.norm(moved))
                cosines[material].append(float(cosine))
            if seed == seeds[0]:
                rows.append([picture, *outputs])
    sheet(rows[:6], out / "materials.jpg")
    everything = [cosine for values in cosines.values() for cosine in values]
    return {
        "right_direction": float(np.mean([cosine > 0 for cosine in everything])),
        "mean_cosine": float(np.mean(everything)),
        "by_material": {material: float(np.mean(values)) for material, values in cosines.items()},
    }


def steadiness(editor: Editor, things: list[Thing], seed: int) -> dict:
    """Lab difference of outputs for an object moved by two pixels and relit by 4 %, after moving back."""
    differences, chroma = [], []
    for thing in things:
        inside, picture = thing.alpha > 0.6, on_black(thing)
        moved = np.roll(picture, (2, 2), axis=(0, 1)) * 0.96
        prompt = f"a red {noun_of(thing)}"
        first, second = editor.edit([picture, moved], [prompt, prompt], seed)
        second = np.roll(second, (-2, -2), axis=(0, 1))
        a, b = body_colour(first, inside), body_colour(second, inside)
        differences.append(float(np.linalg.norm(a - b)))
        chroma.append(float(np.linalg.norm((a - b)[1:])))
    return {"mean_difference": float(np.mean(differences)), "mean_chroma_difference": float(np.mean(chroma))}


def reconstruction(editor: Editor, photos: list[np.ndarray]) -> dict:
    scores = []
    for photo in photos:
        image = torch.from_numpy(photo).permute(2, 0, 1)[None] * 2 - 1
        decoded = editor.coder.decode(editor.coder.encode(image)).clamp(-1, 1).add(1).div(2)
        scores.append(psnr(decoded[0].permute(1, 2, 0).numpy(), photo))
    return {"mean_psnr": float(np.mean(scores)), "worst_psnr": float(np.min(scores))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--side", type=int, default=128)
    parser.add_argument("--objects", type=int, default=12)
    parser.add_argument("--photos", type=int, default=12)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--steps", type=int, default=DEFAULTS["steps"])
    parser.add_argument("--scale", type=float, default=DEFAULTS["guidance_scale"])
    parser.add_argument("--scene-scale", type=float, default=DEFAULTS["scene_guidance_scale"])
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    editor = Editor(arguments.checkpoint, arguments.steps, arguments.scale)
    scene_editor = Editor(arguments.checkpoint, arguments.steps, arguments.scene_scale)
    train, held = PairMaker(arguments.sources), PairMaker(arguments.sources, held_out=True)
    things = chosen_objects(held, arguments.objects, arguments.side)
    outdoor = sorted(held.outdoor, key=lambda photo: (-photo.weight, photo.origin))
    photos = [square(photo.rgb, arguments.side) for photo in outdoor[: arguments.photos]]
    report = {
        "checkpoint": {"steps": editor.state["step"], "samples": editor.state["seen"]},
        "sampler": {name: getattr(arguments, name) for name in ("side", "steps", "scale", "scene_scale")},
        "colour_words": colour_words(editor, train, things, arguments.seeds, arguments.out),
        "settings": settings(scene_editor, train, photos, arguments.seeds, arguments.out),
        "materials": materials(editor, things[:6], arguments.seeds, arguments.out),
        "steadiness": steadiness(editor, things, arguments.seeds[0]),
        "autoencoder": reconstruction(editor, photos),
    }
    report["processor_seconds_per_picture"] = float(np.median(editor.seconds))
    text = json.dumps(report, indent=2)
    (arguments.out / "report.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
