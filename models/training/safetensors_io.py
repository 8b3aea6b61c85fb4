"""Reading and writing the safetensors file format with nothing but the standard library and numpy."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

_TO_NAME = {
    np.dtype(np.float16): "F16",
    np.dtype(np.float32): "F32",
    np.dtype(np.int64): "I64",
}
_TO_DTYPE = {name: dtype for dtype, name in _TO_NAME.items()}
_ALIGNMENT = 64


def save(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    """Writes tensors in the order of their names; the data starts on a 64-byte boundary."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    arrays = {name: np.ascontiguousarray(tensors[name].detach().cpu().numpy()) for name in sorted(tensors)}
    position = 0
    for name, array in arrays.items():
        header[name] = {
            "dtype": _TO_NAME[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [position, position + array.nbytes],
        }
        position += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % _ALIGNMENT)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        for array in arrays.values():
            file.write(array.tobytes())


def load(path: Path) -> dict[str, torch.Tensor]:
    """Reads every tensor of a file."""
    data = Path(path).read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        array = np.frombuffer(data[start:end], _TO_DTYPE[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(array.copy())
    return tensors
