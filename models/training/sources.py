"""Collects the pictures the training pairs are made from: cut-out objects and photographs.

    python3 sources.py --stamps DIR --emoji DIR --photos DIR... --out sources.pkl

Every one has a free licence; the model card lists them. A tenth of the files (by a checksum of the name) is marked
held out: the trainer never sees it, the evaluator uses nothing else.
"""

from __future__ import annotations

import argparse
import pickle
import re
import unicodedata
import zlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

OBJECT_SIDE = 192
PHOTO_SIDE = 288
# Words that get more weight because everyday prompts use them.
_OFTEN = {
    "car": 6.0, "bus": 2.0, "truck": 2.5, "van": 3.0, "duck": 3.0, "bird": 3.0, "swan": 4.0, "goose": 3.0,
    "horse": 2.0, "dog": 2.5, "cat": 2.5, "bear": 2.0, "heron": 2.0, "flower": 1.5, "dress": 4.0, "woman": 4.0,
}  # fmt: skip
_KINDS = {
    "bird": "eagle gull penguin crow lorikeet cuckoo vulture hen pigeon flamingo chicken quetzal peacock ostrich "
    "rooster owl heron lark drake magpie toucan tucan rosella duck seagull gander turkey pelican guineafowl crane "
    "parrot swan goose gosling macaw harrier spoonbill dodo dove rhea peahen",
    "car": "sedan automobile taxi sportscar indycar convertible",
    "animal": "dog cat horse bear lion tiger cow sheep goat pig deer donkey zebra rabbit mouse rat squirrel elephant "
    "giraffe camel gorilla monkey fox wolf koala kangaroo panda hedgehog moose lemur bison",
    "woman": "dancer woman girl lady",
}
_KIND_OF = {member: kind for kind, members in _KINDS.items() for member in members.split()}
# Stamps that say little about colour (letters, coins, signs, portraits) and photos under licences we leave out.
_SKIPPED = re.compile(
    r"symbols/|flags/|roadsigns/|butterfly\.webp|kangaroo\.webp|measuringTape|alphabets\.|numbers\.",
    re.IGNORECASE,
)
_EMOJI_RANGES = [
    (0x1F32D, 0x1F330), (0x1F332, 0x1F37F), (0x1F380, 0x1F393), (0x1F3A8, 0x1F3BF), (0x1F3C6, 0x1F3C6),
    (0x1F3CD, 0x1F3CE), (0x1F3D4, 0x1F3F0), (0x1F400, 0x1F43F), (0x1F451, 0x1F462), (0x1F483, 0x1F483),
    (0x1F48D, 0x1F48E), (0x1F4BA, 0x1F4BD), (0x1F4E6, 0x1F4F7), (0x1F57A, 0x1F57A), (0x1F680, 0x1F6A4),
    (0x1F6B2, 0x1F6B2), (0x1F6B6, 0x1F6B6), (0x1F6CB, 0x1F6CB), (0x1F6E5, 0x1F6FC), (0x1F950, 0x1F96F),
    (0x1F97B, 0x1F97F), (0x1F980, 0x1F9AE), (0x1F9B8, 0x1F9B9), (0x1F9CD, 0x1F9D1), (0x1F9E2, 0x1F9FF),
    (0x1FA70, 0x1FA74), (0x1FA80, 0x1FA95), (0x1FAB0, 0x1FAB7), (0x1FAD0, 0x1FAD6),
]  # fmt: skip


@dataclass
class CutOut:
    """An object with transparency: rgba uint8 [h, w, 4]."""

    name: str
    kinds: list[str]
    rgba: np.ndarray
    weight: float
    held_out: bool
    origin: str


@dataclass
class Photo:
    """A photograph: rgb uint8 [H, W, 3], shorter side 288."""

    name: str
    rgb: np.ndarray
    outdoor: bool
    weight: float
    held_out: bool
    origin: str


def is_held_out(name: str) -> bool:
    return zlib.crc32(name.encode()) % 10 == 0


def _noun(text: str) -> str:
    text = re.split(r"[.!?,(:]", text)[0].lower()
    text = re.sub(r"[^a-z ]", " ", text.replace("_", " ").replace("-", " "))
    words = [word for word in text.split() if word not in ("a", "an", "the", "mirror")]
    return " ".join(words[:3])


def _kinds(noun: str) -> list[str]:
    words = noun.split()
    kinds = {_KIND_OF[word] for word in words if word in _KIND_OF}
    if "bird" in kinds:
        kinds.add("animal")
    if words and words[-1] in _OFTEN:
        kinds.add(words[-1])
    return sorted(kinds)


def _cut_out(name: str, rgba: np.ndarray, origin: str, weight: float = 1.0) -> CutOut | None:
    rows, columns = np.where(rgba[..., 3] > 100)
    if len(rows) < 200:
        return None
    rgba = rgba[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    if min(rgba.shape[:2]) < 24:
        return None
    scale = OBJECT_SIDE / max(rgba.shape[:2])
    if scale < 1:
        premultiplied = rgba.astype(np.float32)
        premultiplied[..., :3] *= premultiplied[..., 3:] / 255
        small = cv2.resize(premultiplied, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        small[..., :3] /= np.maximum(small[..., 3:] / 255, 1e-3)
        rgba = np.clip(small, 0, 255).astype(np.uint8)
    kinds = _kinds(name)
    weight *= max([_OFTEN.get(word, 1.0) for word in name.split() + kinds] or [1.0])
    return CutOut(name, kinds, rgba, weight, is_held_out(origin), origin)


def stamps(root: Path) -> list[CutOut]:
    """Tux Paint stamps with the first line of their captions as names."""
    found = []
    for path in sorted(root.rglob("*.png")):
        origin = "tuxpaint/" + path.relative_to(root).as_posix()
        image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if _SKIPPED.search(origin) or image is None or image.ndim != 3 or image.shape[2] != 4:
            continue
        caption = path.with_suffix(".txt")
        text = caption.read_text(errors="replace").splitlines()[0] if caption.exists() else ""
        name = _noun(text)
        if not name or len(name.split()) > 2:
            name = _noun(path.stem)
        if "/auto/" in origin and "truck" not in name and "car" not in name.split():
            name = (name + " car").replace("vw ", "")
        weight = 0.7 if "cartoon" in origin else 1.2
        item = _cut_out(name, cv2.cvtColor(image, cv2.COLOR_BGRA2RGBA), origin, weight)
        if item is not None:
            found.append(item)
    return found


def emoji(root: Path) -> list[CutOut]:
    """Three-dimensional emoji renders, named by Unicode."""
    found = []
    for path in sorted(root.glob("*.webp")):
        code = path.stem.removesuffix("-fe0f")
        if "-" in code:
            continue
        point = int(code, 16)
        if not any(low <= point <= high for low, high in _EMOJI_RANGES):
            continue
        image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if image is None or image.ndim != 3 or image.shape[2] != 4:
            continue
        name = _noun(unicodedata.name(chr(point), ""))
        name = name.replace("automobile", "car").replace("oncoming ", "").replace("recreational ", "")
        name = " ".join(word for word in name.split() if word not in ("face", "symbol", "of", "with"))
        item = _cut_out(name, cv2.cvtColor(image, cv2.COLOR_BGRA2RGBA), "emoji/" + path.stem, 0.9)
        if item is not None and name:
            found.append(item)
    return found


def _segment(image: np.ndarray) -> np.ndarray | None:
    """Alpha [h, w] uint8 of the main object of a photograph by GrabCut, or nothing where that looks wrong."""
    small = cv2.resize(image, (112, 112), interpolation=cv2.INTER_AREA)
    mask = np.full((112, 112), cv2.GC_PR_BGD, np.uint8)
    mask[:4], mask[:, :4], mask[:, -4:] = cv2.GC_BGD, cv2.GC_BGD, cv2.GC_BGD
    mask[14:98, 14:98] = cv2.GC_PR_FGD
    cv2.grabCut(small, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    front = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    front = cv2.morphologyEx(front, cv2.MORPH_OPEN, np.ones((3, 3)))
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(front)
    if count < 2:
        return None
    front = (labels == 1 + statistics[1:, cv2.CC_STAT_AREA].argmax()).astype(np.uint8)
    front = cv2.morphologyEx(front, cv2.MORPH_CLOSE, np.ones((5, 5)))
    if not 0.1 < front.mean() < 0.6:
        return None
    size = (image.shape[1], image.shape[0])
    alpha = cv2.resize(front.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    alpha = cv2.GaussianBlur(alpha, (0, 0), 1.2)
    return (np.clip((alpha - 0.35) / 0.3, 0, 1) * 255).astype(np.uint8)


def photographs(roots: list[Path]) -> tuple[list[Photo], list[CutOut]]:
    """Photographs, and the objects that can be cut out of those that show a single thing."""
    photos, objects = [], []
    single = re.compile(r"erase/|_animals/|/others/|/tools/|/fishes/")
    abstract = re.compile(
        r"abstract|MATE|Stripes|Mate|Canopee|Cascade|Cluster|ColdRipple|Elarun|/Flow|FlyingKonqui|Honeywave|IceCold|"
        r"/Kay|Kokkini|MilkyWay|Opal|Patak|Volna|umang|screenshot|GreenTraditional|free_by|Fossa|Infinite|Painting"
    )
    seen: set[str] = set()
    for root in roots:
        paths = [p for p in sorted(root.rglob("*")) if p.suffix in (".jpg", ".jpeg", ".png", ".webp")]
        for path in sorted(paths, key=lambda p: p.stat().st_size):
            origin = path.relative_to(root.parent).as_posix()
            key = str(path.parent) if "contents/images" in origin else origin
            if _SKIPPED.search(origin) or abstract.search(origin) or key in seen:
                continue
            image = cv2.imread(str(path), cv2.IMREAD_COLOR)
            if image is None or min(image.shape[:2]) < 150 or image.mean() < 8:
                continue
            seen.add(key)
            scale = PHOTO_SIDE / min(image.shape[:2])
            interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=interpolation)
            height, width = image.shape[:2]
            side = int(PHOTO_SIDE * 1.7)
            top, left = max(0, (height - side) // 2), max(0, (width - side) // 2)
            image = image[top : top + side, left : left + side]
            is_single = bool(single.search(origin))
            wallpaper = origin.startswith("wallpapers/")
            outdoor = not re.search(r"/others/|/tools/|/fishes/|Wine|seeding_by|Picture_|friends|Cups", origin)
            weight = 3.0 if wallpaper else 1.5 if not is_single and outdoor else 0.6
            rgb_image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
            name = _noun(re.sub(r"[0-9]+", "", path.stem)) if is_single else "landscape"
            held_out = is_held_out(origin)
            photos.append(Photo(name, rgb_image, outdoor, weight, held_out, origin))
            alpha = _segment(image) if is_single else None
            if alpha is not None:
                item = _cut_out(name, np.dstack([rgb_image, alpha]), origin, 3.0)
                if item is not None:
                    objects.append(item)
    return photos, objects


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stamps", type=Path, required=True)
    parser.add_argument("--emoji", type=Path, required=True)
    parser.add_argument("--photos", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    photos, objects = photographs(arguments.photos)
    objects += stamps(arguments.stamps) + emoji(arguments.emoji)
    with open(arguments.out, "wb") as file:
        pickle.dump({"objects": [vars(o) for o in objects], "photos": [vars(p) for p in photos]}, file)
    held = sum(o.held_out for o in objects), sum(p.held_out for p in photos)
    print(f"{len(objects)} objects ({held[0]} held out), {len(photos)} photographs ({held[1]} held out)")


def read(path: Path) -> tuple[list[CutOut], list[Photo]]:
    with open(path, "rb") as file:
        data = pickle.load(file)
    return [CutOut(**o) for o in data["objects"]], [Photo(**p) for p in data["photos"]]


if __name__ == "__main__":
    main()
