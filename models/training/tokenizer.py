"""A small tokenizer in CLIP's file format (byte-level BPE with `</w>` word ends).

Every training word gets merges that lead to one token; any other word splits into pieces. The engine reads vocab.json
and merges.txt with its ordinary CLIP tokenizer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

LENGTH = 24
START = "<|startoftext|>"
END = "<|endoftext|>"
_PIECES = re.compile(r"[a-z]+|[0-9]|[^\sa-z0-9]+")


def _byte_characters() -> list[str]:
    """CLIP's printable stand-ins for the 256 byte values, in the order of its vocabulary."""
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [value for value in range(256) if value not in visible]
    table = {value: chr(value) for value in visible}
    table.update({value: chr(256 + index) for index, value in enumerate(hidden)})
    return [table[value] for value in visible + hidden]


class Tokenizer:
    """Greedy BPE over a fixed list of merges."""

    def __init__(self, merges: list[tuple[str, str]]):
        self.merges = merges
        self.ranks = {pair: rank for rank, pair in enumerate(merges)}
        characters = _byte_characters()
        tokens = characters + [c + "</w>" for c in characters] + [a + b for a, b in merges] + [START, END]
        self.vocabulary = {token: index for index, token in enumerate(tokens)}
        self.start, self.end = self.vocabulary[START], self.vocabulary[END]
        self._cache: dict[str, list[str]] = {}

    @classmethod
    def for_words(cls, words: Iterable[str]) -> "Tokenizer":
        """Builds merges so that every word of `words` becomes a single token."""
        return cls([]).extended(words)

    def extended(self, words: Iterable[str]) -> "Tokenizer":
        """With more merges after its own, so that every word of `words` becomes a single token as well."""
        merges, ranks = list(self.merges), dict(self.ranks)
        for word in sorted(set(words), key=lambda w: (len(w), w)):
            pieces = _merge(word, ranks)
            while len(pieces) > 1:
                ranks[(pieces[0], pieces[1])] = len(merges)
                merges.append((pieces[0], pieces[1]))
                pieces = _merge(word, ranks)
        return Tokenizer(merges)

    def pieces(self, word: str) -> list[str]:
        """The tokens of one word."""
        if word not in self._cache:
            self._cache[word] = _merge(word, self.ranks)
        return self._cache[word]

    def knows(self, word: str) -> bool:
        return len(self.pieces(word)) == 1

    def encode(self, text: str) -> list[int]:
        """Exactly 24 ids: start, content, end, and end again as padding."""
        ids = [self.start]
        for word in _PIECES.findall(text.lower()):
            ids += [self.vocabulary[piece] for piece in self.pieces(word) if piece in self.vocabulary]
        ids = ids[: LENGTH - 1]
        return ids + [self.end] * (LENGTH - len(ids))

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        vocabulary = json.dumps(self.vocabulary, ensure_ascii=False, indent=0)
        (folder / "vocab.json").write_text(vocabulary + "\n", encoding="utf-8")
        lines = ["#version: 0.2"] + [f"{a} {b}" for a, b in self.merges]
        (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        config = {"model_max_length": LENGTH, "pad_token": END}
        (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Tokenizer":
        lines = (folder / "merges.txt").read_text(encoding="utf-8").splitlines()[1:]
        return cls([tuple(line.split(" ")) for line in lines if line])


def _merge(word: str, ranks: dict[tuple[str, str], int]) -> list[str]:
    pieces = list(word[:-1]) + [word[-1] + "</w>"]
    while len(pieces) > 1:
        pairs = list(zip(pieces, pieces[1:]))
        best = min(pairs, key=lambda pair: ranks.get(pair, len(ranks)))
        if best not in ranks:
            break
        merged: list[str] = []
        index = 0
        while index < len(pieces):
            if index + 1 < len(pieces) and (pieces[index], pieces[index + 1]) == best:
                merged.append(pieces[index] + pieces[index + 1])
                index += 2
            else:
                merged.append(pieces[index])
                index += 1
        pieces = merged
    return pieces
