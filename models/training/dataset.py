"""Shards of rendered pairs on disk, and a growing in-memory set the trainer draws from.

    python3 dataset.py --sources sources.pkl --out DIR --shards 16 --pairs 512 --first 0 --objects 0.5
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import cv2
import numpy as np

from pairs import SIDE, PairMaker


def render(maker: PairMaker, count: int, seed: int) -> dict[str, np.ndarray]:
    """`count` pairs as uint8 arrays: target [n, 128, 128, 3], source and inside [n, 128, 128], and captions."""
    random = np.random.RandomState(seed)
    shard = {
        "target": np.empty((count, SIDE, SIDE, 3), np.uint8),
        "source": np.empty((count, SIDE, SIDE), np.uint8),
        "inside": np.empty((count, SIDE, SIDE), np.uint8),
    }
    texts = []
    for index in range(count):
        pair = maker.pair(random)
        for name in shard:
            shard[name][index] = np.clip(getattr(pair, name) * 255 + 0.5, 0, 255)
        texts.append(" ".join(pair.caption.split()))
    shard["caption"] = np.array(texts)
    return shard


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shards", type=int, default=16)
    parser.add_argument("--pairs", type=int, default=512)
    parser.add_argument("--first", type=int, default=0, help="number of the first shard, which is also its seed")
    parser.add_argument("--objects", type=float, default=0.5, help="share of objects, the others are scenes")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    maker = PairMaker(arguments.sources, share=arguments.objects)
    for number in range(arguments.first, arguments.first + arguments.shards):
        begun = time.time()
        temporary = arguments.out / f".{number:05d}.npz"
        np.savez(temporary, **render(maker, arguments.pairs, number))
        os.replace(temporary, arguments.out / f"{number:05d}.npz")
        print(f"shard {number}: {arguments.pairs} pairs in {time.time() - begun:.1f} s", flush=True)


class ShardSet:
    """All shards of a folder in memory; `refresh` picks up new ones."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.shards: dict[str, dict[str, np.ndarray]] = {}

    def refresh(self) -> int:
        for path in sorted(self.folder.glob("[0-9]*.npz")):
            if path.name not in self.shards:
                with np.load(path) as data:
                    self.shards[path.name] = {key: data[key] for key in data.files}
        return sum(len(shard["caption"]) for shard in self.shards.values())

    def captions(self) -> list[str]:
        return [str(text) for shard in self.shards.values() for text in shard["caption"]]

    def draw(self, random: np.random.RandomState, count: int) -> list[dict[str, np.ndarray]]:
        names = list(self.shards)
        items = []
        for _ in range(count):
            shard = self.shards[names[random.randint(len(names))]]
            index = random.randint(len(shard["caption"]))
            items.append({key: values[index] for key, values in shard.items()})
        return items


if __name__ == "__main__":
    main()
