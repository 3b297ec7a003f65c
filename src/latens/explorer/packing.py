"""An exploration as one sequence of bytes, which the page reads without parsing numbers.

Four bytes say how long the head is; the head is JSON; the blocks of numbers follow, each at a multiple of
eight bytes. Where the head stands for a block it has ``{"type", "at", "length"}``.
"""

import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from latens.explorer.exploration import Codes, Column, Decoder, Exploration, Images, Opening
from latens.explorer.layers import Layer
from latens.explorer.thumbnails import thumbnails
from latens.explorer.weights import GROUP, Precision, pack

__all__ = ["pack_exploration"]

_FORMAT, _VERSION = "latens explorer", 1
_ALIGNMENT = 8
# Longer texts would only fill the file; the page cuts them further where it shows them.
_LONGEST = 1_000
_STEPS = 65_535

_TYPES = {
    np.dtype(np.int8): "i8",
    np.dtype(np.uint8): "u8",
    np.dtype(np.uint16): "u16",
    np.dtype(np.int32): "i32",
    np.dtype(np.float16): "f16",
    np.dtype(np.float32): "f32",
    np.dtype(np.float64): "f64",
}


def pack_exploration(exploration: Exploration, *, most_pixels: int) -> bytes:
    """Return everything that a page needs, as bytes.

    Parameters
    ----------
    exploration : Exploration
    most_pixels : int
        Of all thumbnails together.
    """
    blocks = _Blocks()
    head = {
        "format": _FORMAT,
        "version": _VERSION,
        "name": exploration.name[:_LONGEST],
        "rows": blocks.add(exploration.rows.astype(np.int32)),
        "maps": [
            {"name": one.name[:_LONGEST], "places": _steps(blocks, one.places)}
            for one in exploration.maps
        ],
        "columns": [_column(blocks, column) for column in exploration.columns],
        "codes": [_codes(blocks, codes) for codes in exploration.codes],
        "thumbnails": _thumbnails(blocks, exploration.images, most_pixels),
        "sample_shape": list(exploration.sample_shape),
        "feature_names": _texts(exploration.feature_names),
        "table_columns": exploration.table_columns,
        "n_samples": exploration.n_samples or len(exploration.rows),
        "fingerprint": exploration.fingerprint[:_LONGEST],
        "kept": exploration.kept,
        "opening": _opening(exploration.opening),
    }
    return blocks.behind(head)


class _Blocks:
    """Numbers one behind the other."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, array: np.ndarray) -> dict[str, Any]:
        """Take an array; return what stands for it in the head."""
        content = np.ascontiguousarray(array)
        return self._add(content.tobytes(), _TYPES[content.dtype], content.size)

    def add_file(self, content: bytes) -> dict[str, Any]:
        """Take the content of a file."""
        return self._add(content, "u8", len(content))

    def _add(self, content: bytes, kind: str, length: int) -> dict[str, Any]:
        block = {"type": kind, "at": self._size, "length": length}
        padded = content + bytes(-len(content) % _ALIGNMENT)
        self._parts.append(padded)
        self._size += len(padded)
        return block

    def behind(self, head: dict[str, Any]) -> bytes:
        """Return the head with all blocks behind it."""
        # Halves of surrogate pairs, as damaged names have them, are escaped like all that is not ASCII.
        text = json.dumps(head, allow_nan=False, separators=(",", ":")).encode("ascii")
        text += b" " * (-(len(text) + 4) % _ALIGNMENT)
        return b"".join([struct.pack("<I", len(text)), text, *self._parts])


def _steps(blocks: _Blocks, values: np.ndarray) -> dict[str, Any]:
    """Columns of numbers in 65,536 steps each, from their smallest value to their largest."""
    values = np.nan_to_num(np.asarray(values, dtype=np.float64))
    low, high = values.min(axis=0), values.max(axis=0)
    step = np.where(high > low, (high - low) / _STEPS, 1.0)
    steps = np.round((values - low) / step).astype(np.uint16)
    return {"low": low.tolist(), "step": step.tolist(), "block": blocks.add(steps)}


def _column(blocks: _Blocks, column: Column) -> dict[str, Any]:
    # Single precision does not tell row numbers from 16,777,216 on apart.
    is_whole = column.names is not None or column.role == "row"
    packed: dict[str, Any] = {
        "name": column.name[:_LONGEST],
        "role": column.role,
        "names": _texts(column.names),
        "values": blocks.add(column.values.astype(np.int32) if is_whole else _floats(column)),
    }
    if column.role == "own":
        means = column.meanings
        packed["kind"] = column.kind
        packed["meanings"] = None if means is None else blocks.add(means.astype(np.float64))
    return packed


def _floats(column: Column) -> np.ndarray:
    """Numbers in single precision, or as the user wrote them: 7.35 is a price, 7.349999904 is none."""
    with np.errstate(over="ignore"):
        single = column.values.astype(np.float32)
    if column.role != "own" or np.array_equal(single, column.values, equal_nan=True):
        return single
    return column.values.astype(np.float64)


def _codes(blocks: _Blocks, codes: Codes) -> dict[str, Any]:
    return {
        "name": codes.name[:_LONGEST],
        "values": _steps(blocks, codes.values),
        "numbers": codes.values.shape[1],
        "decoder": _decoder(blocks, codes.decoder) if codes.decoder else None,
        "why_not": codes.why_not[:_LONGEST],
    }


def _decoder(blocks: _Blocks, decoder: Decoder) -> dict[str, Any]:
    return {
        "layers": [_layer(blocks, layer, decoder.precision) for layer in decoder.layers],
        "precision": decoder.precision,
        "error": decoder.error,
        "bounded": decoder.bounded,
        "offset": blocks.add(np.atleast_1d(decoder.offset).astype(np.float32)),
        "scale": blocks.add(np.atleast_1d(decoder.scale).astype(np.float32)),
        "tail": None if decoder.tail is None else blocks.add(_finite(decoder.tail)),
    }


def _finite(tail: np.ndarray) -> np.ndarray:
    """Tails in single precision, as JSON and the page have no infinity."""
    return np.minimum(tail, np.finfo(np.float32).max).astype(np.float32)


def _layer(blocks: _Blocks, layer: Layer, precision: Precision) -> dict[str, Any]:
    tensors = {
        name: {"numbers": blocks.add(tensor.astype(np.float32))}
        for name, tensor in layer.tensors.items()
        if name != "weight"
    }
    if "weight" in layer.tensors:
        tensors["weight"] = _weight(blocks, layer.tensors["weight"], precision)
    branches = [[_layer(blocks, one, precision) for one in branch] for branch in layer.branches]
    return {"op": layer.op, **layer.settings, "tensors": tensors, "branches": branches}


def _weight(blocks: _Blocks, weight: np.ndarray, precision: Precision) -> dict[str, Any]:
    packed = pack(weight, precision)
    return {
        "shape": list(weight.shape),
        "numbers": blocks.add(packed.numbers),
        "scales": None if packed.scales is None else blocks.add(packed.scales),
        "group": GROUP,
    }


def _thumbnails(blocks: _Blocks, images: Images | None, most_pixels: int) -> dict[str, Any] | None:
    if images is None:
        return None
    sheets = thumbnails(images, most_pixels=most_pixels)
    return {
        "width": sheets.width,
        "height": sheets.height,
        "per_row": sheets.per_row,
        "per_sheet": sheets.per_sheet,
        "type": sheets.type,
        "files": [blocks.add_file(file) for file in sheets.files],
    }


def _opening(opening: Opening | None) -> dict[str, Any] | None:
    if opening is None:
        return None
    maps, selected = list(opening.maps), list(opening.selected)
    return {"maps": maps, "column": opening.column, "selected": selected}


def _texts(texts: Sequence[str] | None) -> list[str] | None:
    return None if texts is None else [one[:_LONGEST] for one in texts]
