"""Unpacks the pictures of Qt resource files (*.rcc): `unpack_resources.py FOLDER_OF_RCC OUT`."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

_COMPRESSED = 1
_DIRECTORY = 2
_PICTURES = (".jpg", ".jpeg", ".webp", ".png")
_KEPT_ACTIVITIES = ("erase", "categorization", "explore_monuments", "explore_farm_animals", "explore_world_animals")
_PREFIX = "gcompris/src/activities/"


class Resources:
    """One resource file: a tree of names over blobs, all big-endian."""

    def __init__(self, data: bytes):
        self.data = data
        version, self.tree, self.blobs, self.names = struct.unpack_from(">IIII", data, 4)
        self.entry_size = 14 if version < 2 else 22

    def _name(self, offset: int) -> str:
        start = self.names + offset
        (length,) = struct.unpack_from(">H", self.data, start)
        return self.data[start + 6 : start + 6 + 2 * length].decode("utf-16-be")

    def pictures(self, index: int = 0, path: str = "") -> list[tuple[str, bytes]]:
        """Every picture below a tree entry as (path, bytes)."""
        offset = self.tree + index * self.entry_size
        name_offset, flags = struct.unpack_from(">IH", self.data, offset)
        name = self._name(name_offset) if index else ""
        path = f"{path}/{name}".lstrip("/")
        if flags & _DIRECTORY:
            count, first = struct.unpack_from(">II", self.data, offset + 6)
            return [found for child in range(first, first + count) for found in self.pictures(child, path)]
        if not path.lower().endswith(_PICTURES):
            return []
        (blob,) = struct.unpack_from(">I", self.data, offset + 10)
        (length,) = struct.unpack_from(">I", self.data, self.blobs + blob)
        start = self.blobs + blob + 4
        content = self.data[start : start + length]
        return [(path, zlib.decompress(content[4:]) if flags & _COMPRESSED else content)]


def main() -> None:
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    for file in sorted(source.glob("*.rcc")):
        for path, content in Resources(file.read_bytes()).pictures():
            relative = path.removeprefix(_PREFIX)
            if relative.split("/")[0] not in _KEPT_ACTIVITIES:
                continue
            target = out / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


if __name__ == "__main__":
    main()
